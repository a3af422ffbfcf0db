"""One request at a time on a large store, in the process: CPU and queries of each page. What the load test adds up.

`python -m tests.benchmarks.desk_requests --store sqlite --notices 100000`; prints JSON lines. `--profile PAGE` prints where a
page's time goes, `--queries PAGE` its SQL; `--folder` keeps the store for the next run.
"""

import argparse
import cProfile
import json
import pstats
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from notices import site
from tests.support.desk_copy import copy_from
from tests.support.desk_crowd import FILLED, crowd_settings
from tests.support.postgres import postgres

STAFF = 50
#: page → address; {notice} is one of the clerk's own
PAGES = {
    "queue": "/queue/",
    "filtered queue": "/queue/?language=en&urgency=1",
    "deep page": "/queue/?after=2027-01-12.50000.0",
    "review": "/notices/{notice}/",
}


class Asker:
    """A signed-in clerk without a socket between."""

    def __init__(self, number: int) -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        from notices.accounts.backend import PATH

        self.client = Client(HTTP_HOST="127.0.0.1")
        user = User.objects.get(username=f"staff{number}")
        self.client.force_login(user, backend=PATH)

    def get(self, address: str) -> None:
        """The page, whole."""
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)


@contextmanager
def counted() -> Iterator[list[tuple[str, float]]]:
    """The SQL of what runs inside, with its milliseconds."""
    from django.db import connection

    found: list[tuple[str, float]] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        begin = perf_counter()
        done = execute(sql, *rest)
        found.append((sql, 1000 * (perf_counter() - begin)))
        return done

    with connection.execute_wrapper(note):
        yield found


def measure(ask: Callable[[], None], times: int) -> dict[str, float]:
    """Median milliseconds of CPU and of the clock over some repetitions, the first left out."""
    ask()
    cpu, clock = [], []
    for _ in range(times):
        begin, began = process_time(), perf_counter()
        ask()
        cpu.append(process_time() - begin)
        clock.append(perf_counter() - began)
    with counted() as queries:
        ask()
    return {
        "cpu_ms": round(1000 * median(cpu), 1),
        "clock_ms": round(1000 * median(clock), 1),
        "queries": len(queries),
        "sql_ms": round(sum(spent for _, spent in queries), 1),
    }


def main() -> None:
    """Fills the store unless it is there, then every page of two clerks: one of a large office, one of a small."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--notices", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--profile", default="")
    parser.add_argument("--queries", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todoke-load-") as made:
        folder = asked.folder or Path(made)
        subprocess.run(
            [sys.executable, "-m", "tests.support.desk_crowd", "fill", str(folder), str(asked.notices), str(STAFF)],
            check=True,
        )
        other = postgres() if asked.store == "postgres" else nullcontext(f"sqlite:///{folder / FILLED}")
        with other as url:
            site.configure(crowd_settings(folder, 8300, url))
            if asked.store == "postgres":
                site.migrate()
                copy_from(folder / FILLED)
            report(asked)


def report(asked: argparse.Namespace) -> None:
    """The lines."""
    from django.db.models import Q

    from notices.approval.models import Notice

    for number, event in ((0, "E01"), (4, "E26")):
        clerk = Asker(number)
        notice = Notice.objects.filter(Q(event=event), waits=1).values_list("pk", flat=True)[300]
        for name, address in PAGES.items():

            def ask(path: str = address.format(notice=notice)) -> None:
                clerk.get(path)  # noqa: B023 - called inside this turn

            if asked.profile == name:
                ask()
                with cProfile.Profile() as profile:
                    for _ in range(asked.times):
                        ask()
                pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
            if asked.queries == name:
                with counted() as queries:
                    ask()
                for sql, spent in queries:
                    print(f"{spent:7.2f} ms  {sql}")
            line = {"page": name, "event": event, "store": asked.store, "notices": asked.notices}
            print(json.dumps(line | measure(ask, asked.times)), flush=True)


if __name__ == "__main__":
    main()
