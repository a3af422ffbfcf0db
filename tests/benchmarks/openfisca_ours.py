"""Our side of `tests.benchmarks.openfisca`, in a process of its own: FOLDER DAY PERSONS. Prints one JSON line.

Reads the snapshot's tables in FOLDER and answers what the other side answers, and why: of everybody each programme's verdict, each
criterion and exclusion and whether each amount counts, in three values, by their place in the register. What was found is written to
FOLDER/ours.npz after the clock and the memory were read.
"""

import time

BEGIN = time.perf_counter()

import json  # noqa: E402 - the clock starts before the imports: loading them is part of what is measured
import resource  # noqa: E402
import sys  # noqa: E402
from collections.abc import Mapping  # noqa: E402
from datetime import date  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy  # noqa: E402

from eligibility.columnar.expressions import Expressions  # noqa: E402
from eligibility.columnar.plan import Plan  # noqa: E402
from eligibility.columnar.reading import of_files, read_register  # noqa: E402
from eligibility.columnar.vectors import Array  # noqa: E402
from eligibility.compiled import Compiled  # noqa: E402
from eligibility.everybody import columns_read, judged  # noqa: E402
from eligibility.versions import compiled  # noqa: E402

SLUGS = ("child_allowance", "child_rearing_allowance", "special_child_allowance")


def peak_mb() -> float:
    """The most memory this process held. Not `ru_maxrss`: that begins with what the process that started this one held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """One process: load and all three in one pass, then each alone."""
    folder, on = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
    programmes = compiled(folder / "catalogue", SLUGS, on)
    register = read_register(of_files(lambda name: folder / f"{name}.parquet"), columns_read(programmes))

    def of_everybody(*asked: Compiled) -> Mapping[str, Array]:
        rules = Expressions(plan=Plan(register=register), as_of=on, occurred_on=on)
        return judged(rules, asked, explained=True)

    loaded = time.perf_counter()
    found = of_everybody(*programmes)
    end = time.perf_counter()
    seconds: dict[str, float] = {}
    for programme in programmes:
        begin = time.perf_counter()
        of_everybody(programme)
        seconds[programme.slug] = time.perf_counter() - begin
    usage, peak = resource.getrusage(resource.RUSAGE_SELF), peak_mb()
    said = {"load_s": loaded - BEGIN, "seconds": seconds, "total_s": end - BEGIN}
    said |= {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": peak}
    numpy.savez(folder / "ours.npz", **found)  # type: ignore[arg-type]
    print(json.dumps(said))


if __name__ == "__main__":
    main()
