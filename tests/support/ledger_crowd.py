"""Work for a program on a real queue store (`in_program`): many processes that want the same dates of one ledger."""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from django.db import connections

from engine.core.clock import TOKYO, FixedClock
from engine.core.dates import days
from engine.core.jobs import Claim
from engine.schedule import Job, Runner
from notices.approval.ledger import DjangoJobLedger
from notices.approval.models import JobRun

CODE = "292010"
FIRST, LAST = date(2026, 11, 10), date(2026, 11, 21)
CLOCK = FixedClock(datetime(2026, 11, 22, 3, 0, tzinfo=TOKYO))
PROCESSES = 4


def together(count: int, work: Callable[[], None]) -> list[int]:
    """Runs the work in several processes that begin at the same moment; returns how they ended."""
    connections.close_all()
    ready, go = os.pipe()
    children = []
    for _ in range(count):
        child = os.fork()
        if not child:
            os.close(go)
            os.read(ready, 1)  # ends when the parent closes its side
            code = 1
            try:
                work()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    os.close(go)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def claims(log: Path) -> None:
    """Every process asks for every date and stays alive while the others ask."""
    ledger = DjangoJobLedger(CLOCK)
    for on in days(FIRST, LAST):
        if ledger.start("night", CODE, on) is Claim.TAKEN:
            _note(log, on)
    time.sleep(2)


def schedulers(log: Path) -> None:
    """Ticks of a scheduler until nothing is due, as its retry after a busy one would."""
    ledger = DjangoJobLedger(CLOCK)

    def run(on: date) -> None:
        _note(log, on)
        time.sleep(0.02)

    job = Job(name="scan", run=run, at=(time_of_day(2, 0),), lag=timedelta(days=1))
    runner = Runner(municipality=CODE, ledger=ledger, clock=CLOCK, say=lambda line: None)
    while not runner.tick(job):
        time.sleep(0.01)


def _note(log: Path, on: date) -> None:
    with log.open("a") as stream:
        stream.write(f"{on}\n")


def main() -> None:
    """`claims` or `schedulers` in the folder given; prints what came of it as JSON."""
    log, what = Path(sys.argv[1]) / "log", sys.argv[2]
    log.touch()
    found: dict[str, object] = {"processes": PROCESSES, "dates": (LAST - FIRST).days + 1}
    if what == "claims":
        found |= {"ended": together(PROCESSES, lambda: claims(log)), "taken": sorted(log.read_text().split())}
    else:
        ledger = DjangoJobLedger(CLOCK)
        before = FIRST - timedelta(days=1)
        ledger.start("scan", CODE, before)
        ledger.finish("scan", CODE, before, outcome="done", summary={})
        found |= {"ended": together(2, lambda: schedulers(log)), "runs": sorted(log.read_text().split())}
        found["states"] = list(JobRun.objects.filter(job="scan", on__gte=FIRST).values_list("state", flat=True))
    print(json.dumps(found))
