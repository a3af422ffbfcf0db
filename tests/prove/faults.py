"""The breaker on faulty files, as JSON lines: a city's feeds with a fault in tonight's file, through loading, changes and detection.

Every fault adds at least four times the expected events to the ordinary ones, and at least 50. It must be held; whether the cause
names the column that was broken is told beside it. `tests.prove.breaker` has the false holds of a year and the power curve.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from engine.changes.derive import derive_changes
from engine.core.settings import Settings
from engine.core.yaml_text import load_yaml
from engine.records.load import load_records
from events.causes import signs_of
from events.detect import STAGE, Events, detect_events
from events.volume import RATES, days_covered
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.faults import FAULTS, Fault, Feeds, deliver
from tests.support.truth import night_of, opened

ORDINARY = (BASELINE + timedelta(days=1),)
NIGHT = BASELINE + timedelta(days=2)
#: times the expected count that a fault adds: every one between the first two must be held; the others tell the power of smaller ones
MUST, SMALLER = (4.0, 12.0), (0.5, 1.0, 2.0, 3.0)
_AT_LEAST = 50


@contextmanager
def city(residents: int, seed: int) -> Iterator[tuple[Settings, Feeds]]:
    """A city whose baseline and ordinary night are done, and its feeds."""
    folder = Path(tempfile.mkdtemp(prefix="todoke-faults-"))
    try:
        settings = settings_in(folder)
        build_town(residents=residents, seed=seed, baseline=BASELINE, nights=2, folder=folder, plant_traps=False)
        for path in (folder / "feeds").rglob("manifest.json"):
            path.unlink()
        for on in (BASELINE, *ORDINARY):
            scan(settings, on)
        yield settings, Feeds(folder / "feeds", BASELINE, NIGHT, (*ORDINARY, NIGHT))
    finally:
        shutil.rmtree(folder)


def scan(settings: Settings, on: date, fault: Fault | None = None) -> tuple[Events, bool]:
    """Loads, derives and detects one night; and whether the signs of the fault's hold name the column it broke."""
    with opened(settings) as warehouse:
        night = night_of(settings, warehouse, on)
        load_records(night)
        derive_changes(night)
        report = detect_events(night)
        warehouse.mark(STAGE, night.municipality, on, {})
        named = (
            fault is not None
            and fault.code in report.held
            and fault.column in [s.column for s in signs_of(night, fault.code)]
        )
    return report, named


def with_fault(
    settings: Settings, feeds: Feeds, fault: Fault, size: int, rng: np.random.Generator
) -> tuple[Events, bool]:
    """Tonight with so much of a fault in its files, on a copy of the records."""
    folder = Path(tempfile.mkdtemp(prefix="todoke-fault-"))
    try:
        deliver(feeds, fault, size, rng, folder / "feeds")
        shutil.copy(settings.paths.records, folder / "records.duckdb")
        moved = {"feeds": str(folder / "feeds"), "records": folder / "records.duckdb", "landing": folder / "landing"}
        return scan(settings.model_copy(update={"paths": settings.paths.model_copy(update=moved)}), feeds.night, fault)
    finally:
        shutil.rmtree(folder)


def prove(seed: int, residents: int, faults: int, smaller: int) -> bool:
    """One city. Prints; True when at least 99 % of the faults that must be are held, and no ordinary night is."""
    rng = np.random.default_rng(seed)
    told: Counter[tuple[str, str]] = Counter()
    expected = expectations(residents)
    with city(residents, seed) as (settings, feeds):
        ordinary = with_fault(settings, feeds, FAULTS["ward moved"], 0, rng)[0]
        for number in range(faults + smaller):
            fault, must = list(FAULTS.values())[number % len(FAULTS)], number < faults
            times = float(rng.uniform(*MUST)) if must else SMALLER[(number - faults) // len(FAULTS) % len(SMALLER)]
            size = int(np.ceil(max(times * expected[fault.code], _AT_LEAST if must else 1)))
            report, named = with_fault(settings, feeds, fault, size, rng)
            group = fault.name if must else f"{times:g} times the expected count added"
            print(
                json.dumps({"fault": group, "added": size, "held": fault.code in report.held, "cause_named": named}),
                flush=True,
            )
            told[group, "tried"] += 1
            told[group, "held"] += fault.code in report.held
            told[group, "cause_named"] += named
    for group in dict.fromkeys(group for group, _ in told):
        figures = {what: told[group, what] for what in ("tried", "held", "cause_named")}
        print(json.dumps({"seed": seed, "residents": residents, "fault": group} | figures), flush=True)
    print(json.dumps({"seed": seed, "ordinary_night_held": sorted(ordinary.held)}), flush=True)
    tried, held = (sum(told[name, what] for name in FAULTS) for what in ("tried", "held"))
    return held >= 0.99 * tried and not ordinary.held


def expectations(residents: int) -> dict[str, float]:
    """Events a night of each code that a fault floods, from the settings' yearly rates."""
    covered = days_covered(NIGHT, every_day=False)
    rates = load_yaml(RATES.read_text(encoding="utf-8"))
    return {
        fault.code: rates["yearly"][fault.code] * residents / rates["residents"] / 365 * covered
        for fault in FAULTS.values()
    }


def main() -> None:
    """Every seed; exit 1 when one falls short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=350_000)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--smaller", type=int, default=48)
    parser.add_argument("--seeds", type=int, default=1)
    asked = parser.parse_args()
    results = [prove(seed, asked.residents, asked.faults, asked.smaller) for seed in range(1, asked.seeds + 1)]
    if not all(results):
        sys.exit(1)


if __name__ == "__main__":
    main()
