"""`make prove`: the truth run over many nights and seeds. Prints one JSON line a seed; exit 1 when any differs from the truth."""

import argparse
import json
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from engine.changes.derive import derive_changes
from engine.core.settings import Settings
from engine.night import Stage
from engine.records.asof import bind_night
from engine.records.load import load_records
from engine.warehouse.duck import Warehouse
from events.detect import STAGE, detect_events, known_events
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from fixtures.truth import read_truth
from tests.django_settings import settings_in
from tests.support.truth import AUTOMATIC, compare, night_of, opened


def night_passes(settings: Settings, warehouse: Warehouse, on: date) -> int:
    """Loads, derives and detects one night; returns how many kinds of event were held."""
    night = night_of(settings, warehouse, on)
    for stage in (Stage(name="load_records", run=load_records), Stage(name="derive_changes", run=derive_changes)):
        warehouse.mark(stage.name, night.municipality, on, dict(stage.run(night).summary()))
    bind_night(warehouse, night.municipality, on)
    held = len(detect_events(night).held)
    warehouse.mark(STAGE, night.municipality, on, {})
    return held


def prove(seed: int, residents: int, count: int) -> bool:
    """One town, its nights, its truth. Says what differs; True when nothing does."""
    nights = [BASELINE + timedelta(days=offset) for offset in range(count + 1)]
    with tempfile.TemporaryDirectory(prefix="todoke-prove-") as folder:
        settings = settings_in(Path(folder))
        build_town(residents=residents, seed=seed, baseline=BASELINE, nights=count, folder=Path(folder))
        held = 0
        begin = perf_counter()
        with opened(settings) as warehouse:
            for on in nights:
                held += night_passes(settings, warehouse, on)
                if not (on - BASELINE).days % 10:
                    print(f"  {on}: {perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
            found = known_events(warehouse, settings.municipality.code, nights[-1])
        seconds = perf_counter() - begin
        result = compare(read_truth(Path(folder) / "truth.jsonl"), found, AUTOMATIC)
    line: dict[str, float] = {
        "seed": seed,
        "residents": residents,
        "nights": count,
        "events": result.found,
        "held": held,
    }
    line |= {"seconds_a_night": round(seconds / len(nights), 3)}
    line |= {"missed": len(result.missed), "mistaken": len(result.mistaken), "wrong_outcome": len(result.wrong_outcome)}
    print(json.dumps(line), flush=True)
    for code in sorted(AUTOMATIC):
        right, lost, false = (of.get(code, 0) for of in (result.right, result.lost, result.false))
        of_code = {
            "seed": seed,
            "event": code,
            "expected": right + lost,
            "found": right,
            "missed": lost,
            "mistaken": false,
        }
        of_code |= {"recall": round(result.recall(code), 4), "precision": round(result.precision(code), 4)}
        print(json.dumps(of_code), flush=True)
    for difference in [*result.missed, *result.mistaken, *result.wrong_outcome]:
        print(f"  {difference}", flush=True)
    return result.exact and not held


def main() -> None:
    """Every seed; exit 1 when one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    asked = parser.parse_args()
    results = [prove(seed, asked.residents, asked.nights) for seed in asked.seeds]  # every seed is told
    if not all(results):
        sys.exit(1)


if __name__ == "__main__":
    main()
