"""Work for a program on a real queue store (`in_program`): dispatchers killed at a place, and several at the same time.

Each dispatcher is a process of its own, killed by
itself with SIGKILL through what it was handed: a channel, or a clock that dies when it is asked for the n-th time.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connections

from engine.core.clock import Clock, FixedClock
from engine.core.settings import Settings
from notices.approval.audit import verify
from notices.approval.models import Attempt, Notice
from notices.dispatch.channel import Channel, Parcel
from notices.dispatch.reconcile import reconcile
from notices.dispatch.run import dispatch
from tests.support.morning import publish_safety
from tests.support.outbox import AFTER_LEASE, LATER, CountingFolder, approved, outbox_settings

NOTICES = 3
CROWD_NOTICES = 40


def die() -> None:
    """As a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingClock:
    """Dies when it is asked for the `last`-th time."""

    def __init__(self, instant: datetime, last: int) -> None:
        self._instant = instant
        self._left = last

    def now(self) -> datetime:
        """The instant, while it lives."""
        self._left -= 1
        if self._left == 0:
            die()
        return self._instant


class DyingFolder(CountingFolder):
    """Dies at a place of its second notice."""

    def __init__(self, folder: Path, calls: Path, place: str) -> None:
        super().__init__(folder, calls)
        self._place = place
        self._sent = 0

    def send(self, parcel: Parcel) -> str:
        """Dies before or after, or leaves the rest to the writing."""
        self._sent += 1
        if self._place == "before the channel" and self._sent == 2:
            die()
        receipt = super().send(parcel)
        if self._place == "after the channel" and self._sent == 2:
            die()
        return receipt

    def _write(self, name: str, text: str) -> None:
        second = self._sent == 2
        if second and self._place == "a file half written":
            (self._folder / f".{name}.0.part").write_text(text[:100])
            die()
        super()._write(name, text)
        if second and self._place == "between the two files":
            die()


def in_child(work: Callable[[], object]) -> int:
    """Runs the work in a process of its own; returns how it ended (negative: the signal)."""
    connections.close_all()
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        finally:
            if code:
                traceback.print_exc()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(settings: Settings, *, clock: Clock, channel: Channel) -> None:
    """One dispatch run."""
    dispatch(settings=settings, clock=clock, channel=channel)


def deaths(settings: Settings, folder: Path) -> list[dict[str, Any]]:
    """For each place: a dispatcher dies there, the next one runs after the lease, a third finds nothing to do."""
    places = ["a file half written", "between the two files", "before the channel", "after the channel"]
    found = [_death(settings, folder, place, FixedClock(LATER)) for place in places]
    for number in range(1, 100):
        one = _death(settings, folder, f"clock {number}", DyingClock(LATER, number))
        found.append(one)
        if one["killed"] == 0:
            return found
    return found


def _death(settings: Settings, folder: Path, place: str, clock: Clock) -> dict[str, Any]:
    connections.close_all()
    for left in folder.glob("queue.sqlite3*"):
        left.unlink()
    shutil.copy(folder / "template.sqlite3", folder / "queue.sqlite3")
    shutil.rmtree(settings.paths.outbox, ignore_errors=True)
    settings.paths.anchor.unlink(missing_ok=True)
    calls = folder / "calls"
    calls.write_text("")
    killed = in_child(lambda: run(settings, clock=clock, channel=DyingFolder(settings.paths.outbox, calls, place)))
    rerun = [
        in_child(
            lambda: run(settings, clock=FixedClock(AFTER_LEASE), channel=CountingFolder(settings.paths.outbox, calls))
        )
        for _ in range(2)
    ]
    return {
        "place": place,
        "killed": killed,
        "rerun": rerun,
        "files": sorted(path.name for path in settings.paths.outbox.iterdir()),
        "states": sorted(Notice.objects.values_list("state", flat=True)),
        "faults": list(reconcile(settings.municipality.code).faults),
        "audit": _audit(settings),
    }


def _audit(settings: Settings) -> bool:
    return verify(settings.municipality.code, settings.paths.anchor).intact


def crowd(settings: Settings, folder: Path) -> dict[str, Any]:
    """Three dispatchers at the same time over one outbox."""
    calls = folder / "calls"
    connections.close_all()
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            run(settings, clock=FixedClock(LATER), channel=CountingFolder(settings.paths.outbox, calls))
            os._exit(0)
        children.append(child)
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return {
        "ended": ended,
        "calls": sorted(calls.read_text().split()),
        "files": len(list(settings.paths.outbox.glob("*.json"))),
        "states": sorted(set(Notice.objects.values_list("state", flat=True))),
        "attempts": Attempt.objects.count(),
        "faults": list(reconcile(settings.municipality.code).faults),
        "audit": _audit(settings),
    }


def prepare(settings: Settings, folder: Path, notices: int) -> None:
    """Approved notices in the queue store, and a copy of it to begin from."""
    publish_safety()
    for number in range(1, 1 + notices):
        approved(number)
    connections.close_all()
    shutil.copy(folder / "queue.sqlite3", folder / "template.sqlite3")


def main() -> None:
    """`deaths` or `crowd` in the folder given; prints what came of it as JSON."""
    folder, what = Path(sys.argv[1]), sys.argv[2]
    settings = outbox_settings(folder)
    prepare(settings, folder, NOTICES if what == "deaths" else CROWD_NOTICES)
    print(json.dumps(deaths(settings, folder) if what == "deaths" else crowd(settings, folder), ensure_ascii=False))
