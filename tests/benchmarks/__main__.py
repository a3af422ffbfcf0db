"""`make bench`: how long a town takes to build, to load and to scan, in one run on one machine, as JSON lines."""

import argparse
import json
import resource
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from engine.changes.derive import derive_changes
from engine.night import Night
from engine.records.asof import bind_night
from engine.records.load import load_records
from events.detect import detect_events
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.truth import night_of, opened

NIGHTS = 4


def timed(work: Callable[[], Any]) -> float:
    """Seconds one call takes."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def main() -> None:
    """Builds a town of --residents, loads its baseline and scans a few nights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=20_000)
    residents = parser.parse_args().residents
    with tempfile.TemporaryDirectory(prefix="todoke-bench-") as folder:
        root = Path(folder)
        settings = settings_in(root)
        seconds = timed(lambda: build_town(residents=residents, seed=1, baseline=BASELINE, nights=NIGHTS, folder=root))
        tell("build the town", residents, [seconds])
        stages: dict[str, list[float]] = {}
        for offset in range(NIGHTS + 1):
            with opened(settings) as warehouse:
                night = night_of(settings, warehouse, BASELINE + timedelta(days=offset))
                scan(night, stages, baseline=offset == 0)
        for name, spent in stages.items():
            tell(name, residents, spent)


def scan(night: Night, stages: dict[str, list[float]], *, baseline: bool) -> None:
    """The stages on the records file, timed one by one."""
    for stage in (load_records, derive_changes, detect_events):
        name = f"{stage.__name__} (baseline)" if baseline else stage.__name__
        stages.setdefault(name, []).append(timed(lambda stage=stage: stage(night)))  # type: ignore[misc]
        night.warehouse.mark(stage.__name__, night.municipality, night.on, {})
    bind_night(night.warehouse, night.municipality, night.on)


def tell(what: str, residents: int, seconds: list[float]) -> None:
    """One JSON line: median and extremes of the runs, and the most memory this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures = {"median_s": median(seconds), "min_s": min(seconds), "max_s": max(seconds)}
    line = {"what": what, "residents": residents, "runs": len(seconds), "peak_mb": peak}
    print(json.dumps(line | {name: round(value, 3) for name, value in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
