"""`make prove`: the truth run over many nights and seeds. Prints a table and JSON lines a seed; exit 1 when any differs from the truth.

Says every twenty nights what it cost and what differs so far, so that a run need not end to be learned from. With `--keep` a run that
was cut off goes on where it stopped.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import polars as pl

from engine.changes.derive import derive_changes
from engine.core.settings import Settings
from engine.night import Stage
from engine.records.asof import bind_night
from engine.records.load import load_records
from engine.warehouse.duck import Warehouse
from events.detect import STAGE, detect_events, known_events
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from fixtures.truth import TruthRow, read_truth
from tests.django_settings import settings_in
from tests.support.truth import AUTOMATIC, Comparison, compare, night_of, opened

_TOLD_EVERY = 20  #: nights
#: whatever takes an event back comes within so many days of it, the new year's holidays included
_SETTLED_AFTER = timedelta(days=21)


_HISTORY = (Stage(name="load_records", run=load_records), Stage(name="derive_changes", run=derive_changes))


@dataclass
class Spent:
    """What the nights cost so far: nights run, and CPU seconds by stage."""

    nights: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Counts the CPU time of a block (all threads) for a stage."""
        begin = process_time()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + process_time() - begin

    def a_night(self) -> dict[str, float]:
        """CPU seconds a night, by stage and altogether."""
        every = {stage: round(seconds / max(self.nights, 1), 3) for stage, seconds in self.seconds.items()}
        return every | {"all": round(sum(self.seconds.values()) / max(self.nights, 1), 3)}


def night_passes(settings: Settings, warehouse: Warehouse, on: date, spent: Spent) -> dict[str, int]:
    """Loads, derives and detects one night; returns which kinds of event were held and how many were seen of each."""
    night = night_of(settings, warehouse, on)
    for stage in _HISTORY:
        if warehouse.marked(stage.name, night.municipality, on) is None:
            with spent.of(stage.name):
                warehouse.mark(stage.name, night.municipality, on, dict(stage.run(night).summary()))
    bind_night(warehouse, night.municipality, on)
    with spent.of(STAGE):
        held = {code: int(numbers["seen"]) for code, numbers in detect_events(night).held.items()}
    warehouse.mark(STAGE, night.municipality, on, {"held": held})
    spent.nights += 1
    return held


def prove(seed: int, residents: int, nights: list[date], folder: Path, *, again: bool) -> bool:
    """One town, its nights (the baseline's first), its truth. Says what differs; True when nothing does."""
    settings = settings_in(folder)
    if not (folder / "truth.jsonl").exists():
        build_town(residents=residents, seed=seed, baseline=nights[0], nights=len(nights) - 1, folder=folder)
    truth = read_truth(folder / "truth.jsonl")
    held: dict[str, dict[str, int]] = {}
    spent, told = Spent(), set[str]()
    with opened(settings) as warehouse:
        for on in nights if again else []:
            warehouse.unmark(settings.municipality.code, on, stages=(STAGE,))
        for number, on in enumerate(nights):
            before = warehouse.marked(STAGE, settings.municipality.code, on)
            seen = night_passes(settings, warehouse, on, spent) if before is None else before["held"]
            if seen:
                held[on.isoformat()] = seen
                print(f"  seed {seed}: {on} holds {seen}", flush=True)
            if number and not number % _TOLD_EVERY and before is None:
                print(f"  seed {seed}: {on}, CPU seconds a night {spent.a_night()}", flush=True)
                _tell_more(_until(warehouse, settings, truth, on), told)
        found = known_events(warehouse, settings.municipality.code, nights[-1])
    result = compare(truth, found, AUTOMATIC)
    run = {"seed": seed, "residents": residents, "nights": len(nights) - 1, "held": len(held)}
    _report(result, truth, run, spent)
    _tell_more(result, set())
    return result.exact and not held


def _until(warehouse: Warehouse, settings: Settings, truth: list[TruthRow], on: date) -> Comparison:
    """What can be compared already: everything old enough to have been taken back if it ever is."""
    settled = on - _SETTLED_AFTER
    found = known_events(warehouse, settings.municipality.code, on).filter(pl.col("detected_on") <= settled)
    return compare([row for row in truth if row.night <= settled], found, AUTOMATIC)


def _tell_more(result: Comparison, told: set[str]) -> None:
    """Prints the differences that were not told yet."""
    for kind, lines in (
        ("missed", result.missed),
        ("mistaken", result.mistaken),
        ("wrong outcome", result.wrong_outcome),
    ):
        for line in lines:
            if line not in told:
                told.add(line)
                print(f"  {kind}: {line}", flush=True)


def _report(result: Comparison, truth: list[TruthRow], run: dict[str, int], spent: Spent) -> None:
    """One JSON line for the run, one for every event, and the same as a table."""
    wrong = {"missed": len(result.missed), "mistaken": len(result.mistaken), "wrong_outcome": len(result.wrong_outcome)}
    traps = len({row.trap for row in truth if row.trap})
    line = run | {"events": result.found, "traps": traps, "cpu_seconds_a_night": spent.a_night()["all"]} | wrong
    print(json.dumps(line), flush=True)
    of_codes = {code: _numbers(result, code) for code in sorted(AUTOMATIC)}
    for code, numbers in of_codes.items():
        print(json.dumps({"seed": run["seed"], "event": code} | numbers), flush=True)
    print("  event" + "".join(f"{name:>15}" for name in next(iter(of_codes.values()))))
    for code, numbers in of_codes.items():
        print(f"  {code:5}" + "".join(f"{number:>15}" for number in numbers.values()))


def _numbers(result: Comparison, code: str) -> dict[str, float]:
    """What the comparison says of one event."""
    right, wrong, missed = (of[code] for of in (result.right, result.wrong_of, result.missed_of))
    return {
        "real": right + wrong + missed,
        "found": right + wrong,
        "missed": missed,
        "mistaken": result.false[code],
        "wrong outcome": wrong,
        "recall": round(result.recall(code), 4),
        "precision": round(result.precision(code), 4),
    }


def main() -> None:
    """Every seed; exit 1 when one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=350)
    parser.add_argument("--since", type=date.fromisoformat, default=BASELINE, help="the day of the baseline")
    parser.add_argument("--residents", type=int, default=30_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--keep", type=Path, help="keep towns and records in this folder, and go on from what is there")
    parser.add_argument("--again", action="store_true", help="detect every kept night anew")
    asked = parser.parse_args()
    nights = [asked.since + timedelta(days=offset) for offset in range(asked.nights + 1)]
    results = []
    for seed in asked.seeds:  # every seed is told
        with tempfile.TemporaryDirectory(prefix="todoke-prove-") as folder:
            place = asked.keep / f"seed-{seed}" if asked.keep else Path(folder)
            place.mkdir(parents=True, exist_ok=True)
            results.append(prove(seed, asked.residents, nights, place, again=asked.again))
    if not all(results):
        sys.exit(1)


if __name__ == "__main__":
    main()
