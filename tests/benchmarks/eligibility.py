"""Rules at the size of a city, as JSON lines: one person, one programme, the whole catalogue beside the floor of reading its columns.

The people are a small invented town repeated under other numbers, so that every household keeps its members and records.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import pyarrow.parquet as parquet

from eligibility.assess import assess, example_facts
from eligibility.catalogue import files
from eligibility.population import let_in, population
from eligibility.preview import preview
from eligibility.programme import Programme, read_programme
from engine.records.asof import bind_night
from engine.records.contract import load_contracts
from engine.records.load import load_records
from engine.records.snapshot import SnapshotReader
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.truth import night_of, opened

TOWN = 5_000
RUNS = 3


def main() -> None:
    """Measures with --residents people, several runs each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=50_000)
    residents = parser.parse_args().residents
    programmes = [read_programme(path) for path in files()]
    by_slug = {one.slug: one for one in programmes}
    for slug in ("child_allowance", "child_rearing_allowance"):
        one_person(by_slug[slug])
    with tempfile.TemporaryDirectory(prefix="todoke-bench-") as folder:
        reader = repeated_town(Path(folder), residents // TOWN)
        for slug in ("child_allowance", "child_rearing_allowance", "special_child_allowance"):
            one = by_slug[slug]
            tell(f"preview {slug}, load included", residents, runs(lambda one=one: _preview(reader, one)))  # type: ignore[misc]
        floor = runs(lambda: scan(reader, programmes))
        tell("floor: the catalogue's columns into Arrow", residents, floor)
        whole = runs(lambda: sweep(reader, programmes))
        tell("the whole catalogue, load included", residents, whole, programmes=len(programmes))
        print(json.dumps({"what": "whole catalogue over floor", "ratio": round(median(whole) / median(floor), 1)}))


def runs(work: Callable[[], Any]) -> list[float]:
    """Seconds of each of a few runs."""
    spent = []
    for _ in range(RUNS):
        begin = perf_counter()
        work()
        spent.append(perf_counter() - begin)
    return spent


def one_person(programme: Programme) -> None:
    """`assess` in this process, its rules read before."""
    facts = example_facts(programme.examples[0])
    on = programme.examples[0].as_of
    assess(programme, facts, on)
    spent = []
    for _ in range(200):
        begin = perf_counter()
        assess(programme, facts, on)
        spent.append(perf_counter() - begin)
    print(
        json.dumps({"what": f"assess {programme.slug}, warm", "median_ms": round(median(spent) * 1000, 3), "runs": 200})
    )


def repeated_town(folder: Path, times: int) -> SnapshotReader:
    """A snapshot's `now` tables of a town, each record once per number from 0 to `times`."""
    settings = settings_in(folder)
    build_town(residents=TOWN, seed=1, baseline=BASELINE, nights=1, folder=folder)
    home = folder / "repeated"
    home.mkdir()
    with opened(settings) as warehouse:
        night = night_of(settings, warehouse, BASELINE)
        load_records(night)
        bind_night(warehouse, night.municipality, BASELINE)
        for table in load_contracts():
            warehouse.export(f"now.{table}", folder / f"{table}.parquet")
    for table, contract in load_contracts().items():
        numbers = [name for name, column in contract.columns.items() if column.type == "id"]
        repeat(folder / f"{table}.parquet", home / f"now.{table}.parquet", numbers, times)
    return SnapshotReader(home)


def repeat(source: Path, target: Path, numbers: list[str], times: int) -> None:
    """The records of a file so many times, with a mark on each number of theirs."""
    with duckdb.connect() as connection:
        rows = connection.read_parquet(str(source))
        marked = ", ".join(
            f"{name} || '-' || CAST(n AS VARCHAR) AS {name}" if name in numbers else name for name in rows.columns
        )
        connection.sql(f"SELECT {marked} FROM rows CROSS JOIN range({times:d}) AS t (n)").write_parquet(str(target))


def _preview(reader: SnapshotReader, programme: Programme) -> None:
    with population(reader, [programme]) as who:
        preview(who, programme, BASELINE)


def scan(reader: SnapshotReader, programmes: list[Programme]) -> None:
    """Only reads, into Arrow, what the catalogue's rules read."""
    read: dict[str, set[str]] = {}
    for programme in programmes:
        for table, column in programme.compiled(BASELINE).reads:
            read.setdefault(table, set()).add(column)
    for table, columns in read.items():
        parquet.read_table(reader.folder / f"now.{table}.parquet", columns=sorted(columns))


def sweep(reader: SnapshotReader, programmes: list[Programme]) -> None:
    """Every programme over everybody."""
    with population(reader, programmes) as who:
        for _ in let_in(who, programmes, BASELINE):
            pass


def tell(what: str, residents: int, seconds: list[float], **more: int) -> None:
    """One JSON line: median and extremes, and the most memory held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures = {"median_s": median(seconds), "min_s": min(seconds), "max_s": max(seconds)}
    line = {"what": what, "residents": residents, "runs": len(seconds), "peak_mb": peak} | more
    print(json.dumps(line | {name: round(value, 3) for name, value in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
