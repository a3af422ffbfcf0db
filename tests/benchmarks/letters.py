"""`python -m tests.benchmarks.letters`: how long 500 letters take, every language in turn, and how large they are."""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from time import perf_counter, process_time

from notices.wording.language import languages
from notices.wording.letter import LetterPress
from tests.support.wordings import written

PROCESSES = 2
ADDRESS = ("〒630-8580", "奈良市二条大路南一丁目1番1号")


def set_some(numbers: Sequence[int]) -> tuple[float, list[int]]:
    """Sets these letters in a process of its own; CPU seconds and sizes."""
    press = LetterPress()
    texts = [written(language=code).text for code in languages()]
    begun = process_time()
    sizes = [
        len(press.pdf(texts[number % len(texts)], name=f"奈良 花子{number}", address=ADDRESS)) for number in numbers
    ]
    return process_time() - begun, sizes


def main() -> None:
    """Three runs, the median. Two processes, as on a machine of two cores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=500)
    count = parser.parse_args().letters
    seconds, cpu, sizes = [], [], []
    for _ in range(3):
        begun = perf_counter()
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            done = list(pool.map(set_some, [range(start, count, PROCESSES) for start in range(PROCESSES)]))
        seconds.append(perf_counter() - begun)
        cpu.append(sum(spent for spent, _ in done))
        sizes += [size for _, some in done for size in some]
    told = {"benchmark": "letters", "letters": count, "processes": PROCESSES, "seconds": round(median(seconds), 2)}
    told |= {"cpu_seconds": round(median(cpu), 2), "runs": [round(run, 2) for run in seconds]}
    print(json.dumps({**told, "median_bytes": median(sizes)}))


if __name__ == "__main__":
    main()
