"""`make prove`: the truth run over many nights and seeds. Prints one JSON line a seed; exit 1 when any differs from the truth."""

import argparse
import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from engine.records.asof import bind_night
from events.detect import STAGE, detect_events, known_events
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from fixtures.truth import read_truth
from tests.django_settings import settings_in
from tests.support.truth import AUTOMATIC, compare, history_of, night_of, opened


def prove(seed: int, residents: int, count: int) -> bool:
    """One town, its nights, its truth. Says what differs; True when nothing does."""
    nights = [BASELINE + timedelta(days=offset) for offset in range(count + 1)]
    with tempfile.TemporaryDirectory(prefix="todoke-prove-") as folder:
        settings = settings_in(Path(folder))
        build_town(residents=residents, seed=seed, baseline=BASELINE, nights=count, folder=Path(folder))
        history_of(settings, nights)
        held = 0
        with opened(settings) as warehouse:
            for on in nights:
                night = night_of(settings, warehouse, on)
                bind_night(warehouse, night.municipality, on)
                held += len(detect_events(night).held)
                warehouse.mark(STAGE, night.municipality, on, {})
            found = known_events(warehouse, settings.municipality.code, nights[-1])
        result = compare(read_truth(Path(folder) / "truth.jsonl"), found, AUTOMATIC)
    line = {"seed": seed, "residents": residents, "nights": count, "events": result.found, "held": held}
    line |= {"missed": len(result.missed), "mistaken": len(result.mistaken), "wrong_outcome": len(result.wrong_outcome)}
    print(json.dumps(line), flush=True)
    for code in sorted(AUTOMATIC):
        of_code = {"seed": seed, "event": code, "real": result.right.get(code, 0) + result.lost.get(code, 0)}
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
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    results = [prove(seed, asked.residents, asked.nights) for seed in range(1, asked.seeds + 1)]  # every seed is told
    if not all(results):
        sys.exit(1)


if __name__ == "__main__":
    main()
