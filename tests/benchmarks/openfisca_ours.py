"""Our side of `tests.benchmarks.openfisca`, in a process of its own: FOLDER DAY. Prints one JSON line.

Reads the snapshot's tables in FOLDER; every criterion's own result is a column of what is found, for the explanation.
"""

import time

BEGIN = time.perf_counter()

import json  # noqa: E402 - the clock starts before the imports: loading them is part of what is measured
import resource  # noqa: E402
import sys  # noqa: E402
from datetime import date  # noqa: E402
from pathlib import Path  # noqa: E402

import polars as pl  # noqa: E402

from eligibility.catalogue import FOLDER  # noqa: E402
from eligibility.population import population, verdicts  # noqa: E402
from eligibility.programme import read_programme  # noqa: E402
from engine.records.snapshot import SnapshotReader  # noqa: E402

SLUGS = ("child_allowance", "child_rearing_allowance", "special_child_allowance")


def main() -> None:
    """One process: load, three calculations, then the columns the comparison needs."""
    folder, on = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
    programmes = [read_programme(FOLDER / f"{slug}.yaml") for slug in SLUGS]
    seconds: dict[str, float] = {}
    found: dict[str, pl.DataFrame] = {}
    with population(SnapshotReader(folder), programmes) as who:
        loaded = time.perf_counter()
        for programme in programmes:
            begin = time.perf_counter()
            found[programme.slug] = verdicts(who, programme, on)
            seconds[programme.slug] = time.perf_counter() - begin
    end = time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    said = {"load_s": loaded - BEGIN, "seconds": seconds, "total_s": end - BEGIN}
    said |= {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}
    for slug, frame in found.items():
        kept = [name for name in frame.columns if name.startswith(("criterion:", "amount:"))]
        columns = ["subject_id", "household_id", "rel1", "birth_date", "verdict", *kept]
        frame.select(columns).write_parquet(folder / f"ours-{slug}.parquet")
    print(json.dumps(said))


if __name__ == "__main__":
    main()
