"""Our side of `tests.benchmarks.openfisca`, in a process of its own: FOLDER DAY PERSONS. Prints one JSON line.

Reads the snapshot's tables in FOLDER. What is timed answers what the other side answers, and why. The other side holds yen for each
household, 0 for who gets nothing. Here whom a programme lets in is found, with each criterion, exclusion and amount in three values;
whoever is not found is let in by none. Then OTHERS people more, spread over everybody, are explained in the same way, as staff ask
for them: so the explanation is there for each of the people judged, and is paid for in the time told. The columns that the
comparison needs of everybody are made after the clock and the memory were read.
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
from eligibility.population import judge_everybody, population  # noqa: E402
from eligibility.programme import read_programme  # noqa: E402
from engine.records.reader import SnapshotReader  # noqa: E402

SLUGS = ("child_allowance", "child_rearing_allowance", "special_child_allowance")
OTHERS = 1_000


def peak_mb() -> float:
    """The most memory this process held. Not `ru_maxrss`: that begins with what the process that started this one held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """One process: load and all three in one pass, then each alone, then the columns the comparison needs."""
    folder, on = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
    others = [f"p{number}" for number in range(0, int(sys.argv[3]), int(sys.argv[3]) // OTHERS)]
    programmes = [read_programme(FOLDER / f"{slug}.yaml") for slug in SLUGS]
    seconds: dict[str, float] = {}
    with population(SnapshotReader(folder), programmes) as who:
        loaded = time.perf_counter()
        let_in = judge_everybody(who, programmes, on, explained=True, let_in=True)
        judge_everybody(who, programmes, on, explained=True, of=others)
        end = time.perf_counter()
        for programme in programmes:
            begin = time.perf_counter()
            judge_everybody(who, [programme], on, explained=True, let_in=True)
            judge_everybody(who, [programme], on, explained=True, of=others)
            seconds[programme.slug] = time.perf_counter() - begin
        usage, peak = resource.getrusage(resource.RUSAGE_SELF), peak_mb()
        everybody = judge_everybody(who, programmes, on, explained=True, about=("birth_date", "rel1"))
    said = {"load_s": loaded - BEGIN, "seconds": seconds, "total_s": end - BEGIN}
    said |= {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": peak}
    for slug in SLUGS:
        _of_programme(slug, everybody, let_in).write_parquet(folder / f"ours-{slug}.parquet")
    print(json.dumps(said))


def _of_programme(slug: str, everybody: pl.DataFrame, let_in: pl.DataFrame) -> pl.DataFrame:
    """What a programme says of everybody, the verdict as it was timed."""
    mine = pl.col("^" + slug + r"\|.*$").name.replace(slug + r"\|", "")
    frame = everybody.select("subject_id", "household_id", "rel1", "birth_date", mine)
    said = pl.col(slug)
    verdict = pl.when(said == 2).then(pl.lit("eligible")).when(said == 1).then(pl.lit("possible"))
    timed = let_in.select("subject_id", verdict.alias("verdict"))
    return frame.join(timed, on="subject_id", how="left").with_columns(pl.col("verdict").fill_null("ineligible"))


if __name__ == "__main__":
    main()
