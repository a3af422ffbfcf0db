"""Three allowances beside OpenFisca-Japan 2.2 on the same invented households, as JSON lines with the ratios.

Each side runs in a process of its own: loading included, then each calculation alone, then the most memory it held. OpenFisca-Japan
(AGPL) is installed by name into an environment of its own and run beside todoke; nothing of it is part of todoke.
"""

import argparse
import compileall
import json
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from eligibility import catalogue
from eligibility.programme import read_programme
from engine.core.clock import TOKYO
from tests.benchmarks.openfisca_ours import SLUGS
from tests.support.snapshots import publish

ON = date(2025, 11, 20)  #: both know the law and the yen of this day
PACKAGE = "OpenFisca-Japan==2.2.*"
_HERE = Path(__file__).parent
_EPOCH = date(1970, 1, 1)
HEAD, SPOUSE, CHILD = 0, 1, 2
_PACKAGES = ("engine", "eligibility", "tests")
FIRST_FULL, FIRST_GRADE = 46690, 56800
_RATES = (15000, 10000, 30000)
#: income in the register against which the programmes are held; nobody's consent is missing
_CONSENTED = ("child_rearing_allowance", "special_child_allowance")


def main() -> None:
    """Measures with --persons people, --runs times each, in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--venv", type=Path, help="Where its environment stands or is to be made; else a throw-away folder."
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todoke-openfisca-") as folder:
        home = Path(folder)
        theirs_python = environment(asked.venv or home / "venv")
        compiled()
        people = households(asked.persons)
        write(people, home)
        publish_programmes(home)
        sides: dict[str, list[dict[str, Any]]] = {"openfisca": [], "todoke": []}
        for _ in range(asked.runs):
            sides["openfisca"].append(run([str(theirs_python), str(_HERE / "openfisca_theirs.py"), folder, str(ON)]))
            sides["todoke"].append(run([sys.executable, "-m", "tests.benchmarks.openfisca_ours", folder, str(ON)]))
        for name, runs in sides.items():
            tell(what=name, persons=asked.persons, runs=asked.runs, **middle(runs))
        ratios(sides)
        compare(people, home)


def environment(folder: Path) -> Path:
    """The Python of an environment with OpenFisca-Japan, made if it is not there yet."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    return python


def compiled() -> None:
    """Python's files are compiled as pip compiled theirs when it installed it: an environment of ours may be made without."""
    for folder in (Path(sysconfig.get_path("purelib")), *(_HERE.parents[1] / name for name in _PACKAGES)):
        compileall.compile_dir(folder, quiet=2, workers=0)


def households(persons: int) -> dict[str, np.ndarray[Any, Any]]:
    """Invented households: one or two grown-ups and none to five children of 0 to 25. One person per place of the arrays."""
    draw = np.random.default_rng(1)
    homes = persons * 2 // 5
    couple = draw.random(homes) < 0.55
    children = draw.choice(6, size=homes, p=[0.45, 0.2, 0.2, 0.1, 0.04, 0.01])
    sizes = 1 + couple + children
    household = np.repeat(np.arange(homes), sizes)[:persons]
    place = np.arange(household.size) - np.searchsorted(household, household)
    role = np.where(place == 0, HEAD, np.where((place == 1) & couple[household], SPOUSE, CHILD))
    today = (ON - _EPOCH).days
    age_days = np.where(
        role == CHILD, draw.integers(0, 25 * 365, household.size), draw.integers(26 * 365, 60 * 365, household.size)
    )
    income = np.where(
        role == CHILD,
        0,
        np.where(role == HEAD, draw.integers(0, 800, household.size), draw.integers(0, 300, household.size)) * 10_000,
    )
    grade = np.where((role == CHILD) & (draw.random(household.size) < 0.03), draw.integers(1, 5, household.size), 0)
    dependants = np.bincount(household, weights=(role == CHILD)).astype(int)
    born = today - age_days
    return {
        "household": household,
        "role": role,
        "born": born,
        "income": income,
        "grade": grade,
        "dependants": dependants,
    }


def write(people: Mapping[str, np.ndarray[Any, Any]], folder: Path) -> None:
    """The same people for both: arrays, and a snapshot's tables."""
    np.savez(folder / "people.npz", **people)  # type: ignore[arg-type]
    person = pl.DataFrame({name: people[name] for name in ("household", "role", "born", "income", "grade")})
    person = person.with_row_index("n").select(
        pl.format("p{}", "n").alias("resident_id"),
        pl.format("h{}", "household").alias("household_id"),
        pl.col("born").cast(pl.Int32).cast(pl.Date).alias("birth_date"),
        pl.col("role").replace_strict({HEAD: "HEAD", SPOUSE: "WIFE", CHILD: "CHILD"}, return_dtype=pl.String).alias("rel1"),
        pl.col("income").alias("income_yen"),
        pl.col("grade").cast(pl.String).alias("grade"),
        pl.Series("dependants", people["dependants"])[people["household"]],
        pl.lit("RESIDENT").alias("status"),
    )  # fmt: skip
    grown = person.filter(pl.col("rel1") != "CHILD")
    tables = {
        "residents": person,
        "resident_tax": grown.with_columns(fiscal_year=pl.lit(2025)),
        "disability": person.filter(pl.col("grade") != "0").with_columns(
            handbook_kind=pl.lit("PHYSICAL"), holder_status=pl.lit("ACTIVE")
        ),
        "consents": pl.concat(
            [
                grown.select("resident_id", data_group=pl.lit("TAX"), programme=pl.lit(slug), given_on=date(2024, 4, 1))
                for slug in _CONSENTED
            ]
        ),
    }
    unwritten = ("child_allowance", "child_rearing_allowance", "programme_status")
    publish(tables | dict.fromkeys(unwritten, pl.DataFrame()), folder)


def publish_programmes(folder: Path) -> None:
    """Our three programmes, published: what a night, a preview or a sweep finds."""
    for slug in SLUGS:
        programme = read_programme(catalogue.FOLDER / f"{slug}.yaml")
        at = datetime.combine(ON, time(), tzinfo=TOKYO)
        catalogue.publish(
            programme, signed_off_by=[programme.office], at=at, folder=folder / "catalogue", demonstration=False
        )


def run(command: Sequence[str]) -> dict[str, Any]:
    """What one side says of itself."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def middle(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The median of each figure."""
    figures: dict[str, Any] = {
        name: round(median(one[name] for one in runs), 3) for name in ("total_s", "load_s", "cpu_s", "peak_mb")
    }
    return figures | {slug: round(median(one["seconds"][slug] for one in runs), 3) for slug in runs[0]["seconds"]}


def ratios(sides: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """How many times faster we are: all three with loading, each alone; and our memory as a share of theirs."""
    theirs, ours = middle(sides["openfisca"]), middle(sides["todoke"])
    names = [name for name in theirs if name not in {"peak_mb", "load_s"}]
    faster = {name: round(theirs[name] / ours[name], 2) for name in names}
    tell(what="times faster", **faster, memory_share=round(ours["peak_mb"] / theirs["peak_mb"], 2))


def compare(people: Mapping[str, np.ndarray[Any, Any]], folder: Path) -> None:
    """In how many households the two say the same, and why they do not in the others."""
    theirs = np.load(folder / "theirs.npz")
    size = np.bincount(people["household"])
    homes = pl.DataFrame({name: theirs[name] for name in theirs.files}).with_row_index("home").with_columns(
        pl.format("h{}", "home").alias("household_id"), pl.Series("size", size)
    )  # fmt: skip
    for slug, differs in (
        ("child_allowance", _child_allowance),
        ("child_rearing_allowance", _child_rearing),
        ("special_child_allowance", _special),
    ):
        rows = differs(_ours(slug, folder), homes)
        counted = rows.group_by("why").agg(pl.len().alias("households"), pl.col("size").sum().alias("persons"))
        told = {
            why: {"households": count, "persons": persons} for why, count, persons in counted.sort("why").iter_rows()
        }
        tell(what=f"agreement on {slug}", households=homes.height, differ=rows.height, why=told)


def _ours(slug: str, folder: Path) -> pl.DataFrame:
    """What our side said of everybody, beside who they are: verdict, and each criterion and amount as true, false or null."""
    people = pl.read_parquet(folder / "now.residents.parquet", columns=["household_id", "rel1", "birth_date"])
    found = np.load(folder / "ours.npz")
    verdict = pl.Series(found[slug]).replace_strict({2: "eligible", 1: "possible", 0: "ineligible"})
    answers = {
        name.partition("|")[2]: pl.Series(found[name]).replace_strict({2: True, 1: None, 0: False})
        for name in found.files
        if name.startswith(f"{slug}|")
    }
    return people.with_columns(verdict=verdict, **answers)


def _child_allowance(ours: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """Yen a month of a household: theirs must lie between the least and the most of ours."""
    rates = [pl.when(pl.col(f"amount:{place}").fill_null(value=True)).then(yen) for place, yen in enumerate(_RATES)]
    paid = ours.filter(pl.col("verdict") != "ineligible")
    of_home = paid.group_by("household_id").agg(
        pl.min_horizontal(rates).sum().alias("least"), pl.max_horizontal(rates).sum().alias("most")
    )
    child = pl.col("rel1") == "CHILD"
    born = pl.col("birth_date")
    past_22 = born.is_between(date(ON.year - 23, ON.month, ON.day), date(ON.year - 22, 4, 1)) & (
        born > date(ON.year - 23, ON.month, ON.day)
    )
    turned_3 = born.is_between(date(ON.year - 3, ON.month, 1), date(ON.year - 3, ON.month, 30))
    months = (
        (ON.year * 12 + ON.month) - (born.dt.year().cast(pl.Int32) * 12 + born.dt.month()) - (born.dt.day() > ON.day)
    )
    age = (months // 12).filter(child)
    traits = ours.group_by("household_id").agg(
        (child & past_22).any().alias("past_22"),
        (child & turned_3).any().alias("turned_3"),
        (age.n_unique() < age.len()).alias("same_age"),
    )
    rows = homes.join(of_home, on="household_id", how="left").join(traits, on="household_id")
    rows = rows.with_columns(pl.col("least", "most").fill_null(0))
    why = pl.when("past_22").then(
        pl.lit("they count a child of 22 to the 23rd birthday, the law to the end of the fiscal year")
    )
    why = why.when("turned_3").then(pl.lit("their under-three rate ends on the birthday, the law's with that month"))  # type: ignore[assignment]
    why = why.when("same_age").then(
        pl.lit("they rank children of the same age in years by their place in the file, we by the date of birth")
    )  # type: ignore[assignment]
    outside = ~pl.col("child_allowance").is_between("least", "most")
    return rows.filter(outside).with_columns(why=why.otherwise(pl.lit("other")))


def _child_rearing(ours: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """Whether a single parent's household gets it, and whether in full."""
    head = ours.filter(pl.col("rel1") == "HEAD").with_columns(gets=pl.col("verdict") != "ineligible")
    rows = homes.join(head, on="household_id").with_columns(theirs=pl.col("child_rearing_allowance") > 0)
    in_full = pl.col("gets") & pl.col("theirs") & ((pl.col("full_income") > 0) != pl.col("amount:0"))
    income = ((pl.col("full_income") > 0) | (pl.col("partial_income") > 0)) != pl.col("criterion:own_income")
    why = pl.when(income | in_full).then(
        pl.lit("income: they take off fixed deductions themselves, the register's income is after them")
    )
    return rows.filter((pl.col("gets") != pl.col("theirs")) | in_full).with_columns(why=why.otherwise(pl.lit("other")))


def _special(ours: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """How many children of a household may get it."""
    of_home = ours.group_by("household_id").agg(
        ((pl.col("verdict") != "ineligible") & (pl.col("rel1") == "CHILD")).sum().alias("children"),
        pl.col("criterion:income").any().alias("income"),
    )
    rows = homes.join(of_home, on="household_id").with_columns(theirs=pl.col("special_child_allowance") // FIRST_GRADE)
    income = (pl.col("special_income") > 0) != pl.col("income")
    why = pl.when(income).then(
        pl.lit("income: they take off fixed deductions and ask the highest earner, we the claimant")
    )
    why = why.when(pl.col("children") > pl.col("theirs")).then(
        pl.lit("grade 4: we leave it to the doctor's certificate")
    )  # type: ignore[assignment]
    return rows.filter(pl.col("children") != pl.col("theirs")).with_columns(why=why.otherwise(pl.lit("other")))


def tell(**line: Any) -> None:
    """One JSON line."""
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
