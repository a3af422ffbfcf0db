"""Rules at the size of a city, as JSON lines: one person, one programme, the whole catalogue beside the floor of reading its columns, a night.

Everything but the one person is measured in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import pyarrow.parquet as parquet

import events
from eligibility.assess import assess, example_facts
from eligibility.catalogue import files, publish
from eligibility.everybody import columns_read
from eligibility.match import match_programmes
from eligibility.population import judge_everybody, population
from eligibility.preview import preview
from eligibility.programme import Programme, read_programme
from engine.core.sql import Query, load_queries
from engine.records.asof import bind_night
from engine.records.contract import load_contracts, told_by
from engine.records.reader import SnapshotReader
from fixtures.demo_settings import BASELINE
from tests.benchmarks.records import peak_mb
from tests.benchmarks.repeated import TONIGHT, events_of, fill_history, repeated_town
from tests.django_settings import settings_in
from tests.support.truth import night_of, opened

PREVIEWED = ("child_allowance", "child_rearing_allowance", "special_child_allowance")
EVENTS = 300
#: what one measurement says: its name, seconds, CPU seconds, and what it counted
Figures = dict[str, Any]


def main() -> None:
    """Measures with --residents people, --runs times each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument(
        "--without-a-night", action="store_true", help="Leave out the night, which needs a records file of that size."
    )
    asked = parser.parse_args()
    for slug in PREVIEWED[:2]:
        one_person(read_programme(_path(slug)))
    with tempfile.TemporaryDirectory(prefix="todoke-bench-") as name:
        folder = Path(name)
        begin = perf_counter()
        whole_night = not asked.without_a_night
        tables = sorted(load_contracts() if whole_night else _columns())
        repeated_town(folder, asked.residents, tables)
        say(what="the town, repeated", residents=asked.residents, seconds=round(perf_counter() - begin, 1))
        floor = measured(scan, folder, asked.runs)
        tell("floor: the catalogue's columns into Arrow", asked.residents, floor)
        rules_alone = measured(scan_rules, folder, asked.runs)
        tell("the same without the numbers that rows are found by", asked.residents, rules_alone)
        whole = measured(sweep, folder, asked.runs)
        tell("the whole catalogue, load included", asked.residents, whole)
        say(what="whole catalogue over floor", **over(whole, floor), without_numbers=over(whole, rules_alone)["ratio"])
        for slug in PREVIEWED:
            tell(f"preview {slug}, load included", asked.residents, measured(previewed, folder, asked.runs, slug))
        if whole_night:
            nightly = measured(matched, folder, asked.runs, str(asked.events))
            tell(f"a night's matching, {asked.events} events", asked.residents, nightly)
            say(what="a night over the whole catalogue", **over(nightly, whole))


def _path(slug: str) -> Path:
    return next(path for path in files() if path.stem == slug)


def _catalogue() -> list[Programme]:
    return [read_programme(path) for path in files()]


def _columns() -> dict[str, set[str]]:
    return columns_read(one.compiled(BASELINE) for one in _catalogue())


def one_person(programme: Programme) -> None:
    """`assess` in this process, its rules read before."""
    facts, on, spent = example_facts(programme.examples[0]), programme.examples[0].as_of, []
    assess(programme, facts, on)
    for _ in range(200):
        begin = perf_counter()
        assess(programme, facts, on)
        spent.append(perf_counter() - begin)
    say(what=f"assess {programme.slug}, warm", median_ms=round(median(spent) * 1000, 3), runs=200)


def scan(folder: Path, runs: int, _: str) -> list[Figures]:
    """Only reads, into Arrow, the columns that judging the catalogue reads: numbers in place of ids."""
    read = {table: {told_by(table, name) for name in names} for table, names in _columns().items()}
    return timed(lambda: _read(folder, read), runs)


def scan_rules(folder: Path, runs: int, _: str) -> list[Figures]:
    """The same, without the numbers by which a person's and a household's rows are found."""
    read: dict[str, set[str]] = {}
    for programme in _catalogue():
        for table, column in programme.compiled(BASELINE).reads:
            read.setdefault(table, set()).add(column)
    return timed(lambda: _read(folder, read), runs)


def _read(folder: Path, columns: dict[str, set[str]]) -> Figures:
    for table, names in columns.items():
        parquet.read_table(_snapshot(folder).folder / f"now.{table}.parquet", columns=sorted(names))
    return {"columns": sum(map(len, columns.values()))}


def sweep(folder: Path, runs: int, _: str) -> list[Figures]:
    """Every programme over everybody: who is let in by any, with each verdict."""
    programmes = _catalogue()

    def work() -> Figures:
        who = population(_snapshot(folder), programmes)
        found = judge_everybody(who, programmes, BASELINE, let_in=True)
        let_in = sum(int((found[one.slug] > 0).sum()) for one in programmes)
        return {"programmes": len(programmes), "people": found.height, "let_in": let_in}

    return timed(work, runs)


def previewed(folder: Path, runs: int, slug: str) -> list[Figures]:
    """One programme over everybody, counted as staff see it."""
    programme = read_programme(_path(slug))

    def work() -> Figures:
        who = population(_snapshot(folder), [programme])
        return {"let_in": sum(preview(who, programme, BASELINE).by_area.values())}

    return timed(work, runs)


def matched(folder: Path, runs: int, count: str) -> list[Figures]:
    """The night's matching: events that settled tonight, on a records file of everybody's history, whole catalogue published."""
    home = folder / "night"
    settings, programmes = settings_in(home), _catalogue()
    for one in programmes:
        at = datetime(2026, 11, 1, tzinfo=UTC)
        publish(one, signed_off_by=[one.office], at=at, folder=settings.paths.catalogue, demonstration=True)
    with opened(settings) as warehouse:
        fill_history(warehouse, _snapshot(folder))
        made = load_queries(Path(events.__file__).with_name("tables.sql"))
        for name in ("create_schema", "create_events", "create_states"):
            warehouse.define(made[name].text)
        triggers = {code for one in programmes for code in one.triggers}
        for table, rows in zip(("events", "states"), events_of(_snapshot(folder), triggers, int(count)), strict=True):
            with warehouse.frame("incoming", rows):
                insert = Query(name="insert", text="INSERT INTO <table> BY NAME SELECT * FROM incoming")
                warehouse.define(insert.about(table=f"events.{table}").text)
        night = night_of(settings, warehouse, TONIGHT)
        bind_night(warehouse, night.municipality, TONIGHT)
        return timed(lambda: dict(match_programmes(night).verdicts), runs)


def _snapshot(folder: Path) -> SnapshotReader:
    return SnapshotReader(folder / "repeated")


def timed(work: Callable[[], Figures], runs: int) -> list[Figures]:
    """Seconds and CPU seconds of each of a few runs, and what it counted."""
    found = []
    for _ in range(runs):
        begin, used = perf_counter(), process_time()
        counted = work()
        found.append({"seconds": perf_counter() - begin, "cpu_seconds": process_time() - used, **counted})
    return found


def measured(
    work: Callable[[Path, int, str], list[Figures]], folder: Path, runs: int, about: str = ""
) -> list[Figures]:
    """Its figures from a fresh process, the last of them with the most memory that process held."""
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_answered, args=(work, folder, runs, about, answers))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{work.__name__} ended with {process.exitcode}")
    found: list[Figures] = answers.get()
    return found


def _answered(
    work: Callable[[Path, int, str], list[Figures]], folder: Path, runs: int, about: str, answers: Any
) -> None:
    found = work(folder, runs, about)
    answers.put([*found[:-1], found[-1] | {"peak_mb": round(peak_mb())}])


def over(ours: list[Figures], floor: list[Figures]) -> Figures:
    """How many times the floor: by the clock, and by the CPU, which a busy machine disturbs less."""
    wall, cpu = (
        round(median(one[name] for one in ours) / median(one[name] for one in floor), 2)
        for name in ("seconds", "cpu_seconds")
    )
    return {"ratio": wall, "cpu_ratio": cpu}


def tell(what: str, residents: int, found: list[Figures]) -> None:
    """One JSON line: median and extremes, the most memory held, and what was counted."""
    seconds = [one["seconds"] for one in found]
    figures = {"median_s": median(seconds), "min_s": min(seconds), "max_s": max(seconds)}
    figures["cpu_s"] = median(one["cpu_seconds"] for one in found)
    counted = {name: value for name, value in found[-1].items() if name not in {"seconds", "cpu_seconds"}}
    rounded = {name: round(value, 3) for name, value in figures.items()}
    say(what=what, residents=residents, runs=len(found), **rounded, **counted)


def say(**figures: Any) -> None:
    """One JSON line."""
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
