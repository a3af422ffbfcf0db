"""Our side of `tests.benchmarks.openfisca`, in a process of its own: FOLDER DAY. Prints one JSON line.

Reads the snapshot's tables in FOLDER; every criterion's own result is a column of what is found, for the explanation.
"""

import time

BEGIN = time.perf_counter()

import json  # noqa: E402 - the clock starts before the imports: loading them is part of what is measured
import resource  # noqa: E402
import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from datetime import date  # noqa: E402
from pathlib import Path  # noqa: E402

import polars as pl  # noqa: E402

from eligibility.catalogue import FOLDER  # noqa: E402
from eligibility.population import Population, amounts, judge_everybody, population  # noqa: E402
from eligibility.programme import Programme, read_programme  # noqa: E402
from engine.records.snapshot import SnapshotReader  # noqa: E402

SLUGS = ("child_allowance", "child_rearing_allowance", "special_child_allowance")


def main() -> None:
    """One process: load and all three in one pass, then each alone, then the columns the comparison needs."""
    folder, on = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
    programmes = [read_programme(FOLDER / f"{slug}.yaml") for slug in SLUGS]
    seconds: dict[str, float] = {}
    with population(SnapshotReader(folder), programmes) as who:
        loaded = time.perf_counter()
        found = calculated(who, programmes, on)
        end = time.perf_counter()
        for programme in programmes:
            begin = time.perf_counter()
            calculated(who, [programme], on)
            seconds[programme.slug] = time.perf_counter() - begin
    usage = resource.getrusage(resource.RUSAGE_SELF)
    said = {"load_s": loaded - BEGIN, "seconds": seconds, "total_s": end - BEGIN}
    said |= {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}
    for slug, frame in found.items():
        frame.write_parquet(folder / f"ours-{slug}.parquet")
    print(json.dumps(said))


def calculated(who: Population, programmes: Sequence[Programme], on: date) -> dict[str, pl.DataFrame]:
    """Each programme's verdict for everybody with every criterion's own result, and for whom it lets in which amounts count."""
    everybody = judge_everybody(who, programmes, on, explained=True, about=("birth_date", "rel1"))
    found = {}
    for one in programmes:
        mine = pl.col("^" + one.slug + r"\|.*$").name.replace(one.slug + r"\|", "")
        frame = everybody.select(
            "subject_id", "household_id", "rel1", "birth_date", pl.col(one.slug).alias("said"), mine
        )
        let_in = frame.filter(pl.col("said") > 0).select("subject_id", "household_id")
        counted = amounts(who, one, on, let_in).select("subject_id", pl.col("^amount:.*$"))
        verdict = (
            pl.when(pl.col("said") == 2).then(pl.lit("eligible")).when(pl.col("said") == 1).then(pl.lit("possible"))
        )
        found[one.slug] = frame.join(counted, on="subject_id", how="left").with_columns(
            verdict=verdict.otherwise(pl.lit("ineligible"))
        )
    return found


if __name__ == "__main__":
    main()
