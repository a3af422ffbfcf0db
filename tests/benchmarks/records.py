"""Records: a full-feed night and a 0.1 % delta night over every table, beside the floor in the same run.

The floor is DuckDB reading the same files into typed temporary tables and hashing every row: what no loader can do without.
Every measurement runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import multiprocessing
import resource
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import polars as pl

from engine.changes.derive import derive_changes
from engine.core.settings import Settings
from engine.core.sql import quoted
from engine.records.contract import TableContract, load_contracts
from engine.records.load import load_records
from engine.warehouse.duck import open_warehouse
from fixtures.demo_settings import BASELINE
from fixtures.feeds import FeedWriter
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.truth import night_of

EVERY = 1_000  #: one row in so many brings news
FULL, DELTA_NIGHT = BASELINE + timedelta(days=1), BASELINE + timedelta(days=2)


def main() -> None:
    """Builds a town of --residents, and measures --runs times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todoke-bench-") as folder:
        root = Path(folder)
        build_town(residents=asked.residents, seed=1, baseline=BASELINE, nights=0, folder=root)
        settings = settings_in(root)
        write_nights(root / "feeds", settings.municipality.code)
        tell("baseline", asked.residents, [apart(load_and_derive, root, BASELINE)])
        records, before = settings.paths.records, root / "before.duckdb"
        for what, on in (("full night", FULL), ("delta night", DELTA_NIGHT)):
            shutil.copyfile(records, before)  # the night before is done
            floor, ours = [], []
            for _ in range(asked.runs):
                shutil.copyfile(before, records)
                floor.append(apart(read_floor, root, on))
                ours.append(apart(load_and_derive, root, on))
            tell(f"{what}: floor", asked.residents, floor)
            tell(what, asked.residents, ours)
            ratio = median(one["seconds"] for one in ours) / median(one["seconds"] for one in floor)
            print(json.dumps({"what": f"{what}: times the floor", "ratio": round(ratio, 2)}), flush=True)


def write_nights(feeds: Path, municipality: str) -> None:
    """A night that sends every table whole again and one that sends a thousandth of it; every thousandth row brings news in both."""
    for on, full in ((FULL, True), (DELTA_NIGHT, False)):
        writer = FeedWriter(feeds / on.isoformat(), "canonical", municipality, full=full)
        for name, contract in load_contracts().items():
            path = feeds / BASELINE.isoformat() / f"{name}.csv"
            rows = pl.read_csv(path, schema_overrides=_types(name), null_values="")
            news = with_news(contract, rows.gather_every(EVERY, offset=0 if full else 1), nights=1 if full else 2)
            rows = news if not full else pl.concat([rows, news]) if contract.sequence else with_news_in(rows, news)
            for part in rows.iter_slices(50_000):
                writer.add(name, part.to_dicts())
        writer.close()


def with_news(contract: TableContract, rows: pl.DataFrame, *, nights: int) -> pl.DataFrame:
    """The next row of each one's history; of a state, the same row with its last date a few days on, or its last code gone."""
    if contract.sequence:
        return rows.with_columns(pl.col(contract.sequence[0]) + 100 * nights)
    open_columns = [name for name in contract.columns if name not in contract.key and contract.columns[name].nullable]
    dates = [name for name in open_columns if contract.columns[name].type == "date"]
    if dates:
        return rows.with_columns(pl.col(dates[-1]).fill_null(FULL) + timedelta(days=nights))
    return (
        rows.with_columns(pl.lit(None, rows.schema[open_columns[-1]]).alias(open_columns[-1])) if open_columns else rows
    )


def with_news_in(rows: pl.DataFrame, news: pl.DataFrame) -> pl.DataFrame:
    """All rows, every thousandth of them as the news has it."""
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    old = rows.with_columns(place=place)
    return (
        pl.concat([old.filter(pl.col("place") % EVERY != 0), news.with_columns(place=place * EVERY)])
        .sort("place")
        .drop("place")
    )


_POLARS = {"VARCHAR": pl.String, "DATE": pl.Date, "INTEGER": pl.Int32, "BIGINT": pl.Int64, "BOOLEAN": pl.Boolean}


def _types(table: str) -> dict[str, Any]:
    return {name: _POLARS[kind] for name, kind in load_contracts()[table].physical_columns().items()}


def load_and_derive(root: Path, on: date) -> None:
    """The first and third stage of a night."""
    settings = _settings(root)
    paths = settings.paths
    with open_warehouse(paths.records, memory_limit_mb=settings.memory_limit_mb, scratch=paths.scratch) as warehouse:
        night = night_of(settings, warehouse, on)
        load_records(night)
        derive_changes(night)
        for stage in ("load_records", "derive_changes"):
            warehouse.mark(stage, night.municipality, on, {})


def read_floor(root: Path, on: date) -> None:
    """Every file of the night as a typed temporary table, every row hashed."""
    connection = duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(root / "scratch")})
    connection.execute("SET enable_progress_bar = false")
    for name, contract in load_contracts().items():
        columns = contract.physical_columns()
        types = ", ".join(f"{quoted(column)[1:-1]!r}: {kind!r}" for column, kind in columns.items())
        path = root / "feeds" / on.isoformat() / f"{name}.csv"
        named = ", ".join(quoted(column) for column in columns)
        connection.execute(
            f"CREATE TEMP TABLE {quoted(name)} AS SELECT *, hash({named}) AS row_hash FROM read_csv(?, header = true, columns = {{{types}}})",
            [str(path)],
        )


def _settings(root: Path) -> Settings:
    return settings_in(root)


def apart(work: Callable[[Path, date], None], root: Path, on: date) -> dict[str, float]:
    """Seconds and peak memory of one call in a fresh process."""
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_timed, args=(work, root, on, answers))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{work.__name__} of {on} ended with {process.exitcode}")
    found: dict[str, float] = answers.get()
    return found


def _timed(work: Callable[[Path, date], None], root: Path, on: date, answers: Any) -> None:
    begin = perf_counter()
    work(root, on)
    answers.put({"seconds": perf_counter() - begin, "peak_mb": peak_mb()})


def peak_mb() -> float:
    """The most memory this process held. Linux's own count first: the other is handed down from the parent."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tell(what: str, residents: int, runs: list[dict[str, float]]) -> None:
    """One JSON line: the median of the runs and the most memory one of them held."""
    seconds = [run["seconds"] for run in runs]
    line = {"what": what, "residents": residents, "runs": len(runs), "median_s": round(median(seconds), 2)}
    print(json.dumps(line | {"peak_mb": round(max(run["peak_mb"] for run in runs))}), flush=True)


if __name__ == "__main__":
    main()
