"""The job ledger on the queue store: a date is claimed by inserting its row, or by comparing and setting it."""

import os
import secrets
import socket
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from engine.core.clock import Clock
from engine.core.errors import StateError
from engine.core.jobs import Claim
from notices.approval.models import JobRun

#: longer than any stage of a night: a holder elsewhere that has been silent this long is taken for dead
LEASE_SECONDS = 3 * 3600
RUNNING, DONE = "running", "done"
#: tells this process from an earlier one with the same number, as in a container that was started again
_PROCESS = secrets.token_hex(4)


def this_holder() -> str:
    """Host, process number and the process's own token."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{_PROCESS}"


class DjangoJobLedger:
    """`engine.core.jobs.JobLedger`, one row of JobRun per (job, municipality, date)."""

    def __init__(self, clock: Clock, *, holder: str | None = None, lease_seconds: int = LEASE_SECONDS) -> None:
        """`holder` names who claims; the process itself unless given."""
        self._clock = clock
        self._holder = holder or this_holder()
        self._lease = timedelta(seconds=lease_seconds)

    def start(self, job: str, municipality: str, on: date, *, again: bool = False) -> Claim:
        """Claims the date: by a new row, or by taking over one that failed, halted, is done (`again`) or whose holder is dead."""
        now = self._clock.now()
        row = _rows(job, municipality).filter(on=on).first()
        if row is None:
            return Claim.TAKEN if self._insert(job, municipality, on, now) else Claim.HELD
        if row.state == DONE and not again:
            return Claim.DONE
        if row.state == RUNNING and self._alive(row, now):
            return Claim.HELD
        seen = {"pk": row.pk, "state": row.state, "holder": row.holder, "heartbeat_at": row.heartbeat_at}
        taken = JobRun.objects.filter(**seen).update(
            state=RUNNING, holder=self._holder, heartbeat_at=now, started_at=now, ended_at=None
        )
        return Claim.TAKEN if taken else Claim.HELD

    def beat(self, job: str, municipality: str, on: date, *, doing: Mapping[str, Any] | None = None) -> None:
        """Renews the lease; what it is doing stands in the row's summary until it ends. Raises StateError when the date is not ours."""
        told = {"summary": {"doing": dict(doing)}} if doing else {}
        self._own(job, municipality, on, heartbeat_at=self._clock.now(), **told)

    def finish(self, job: str, municipality: str, on: date, *, outcome: str, summary: Mapping[str, Any]) -> None:
        """Ends our run of the date. Raises StateError when it is not ours any more."""
        now = self._clock.now()
        with transaction.atomic():
            if outcome == DONE:
                _rows(job, municipality).filter(on=on, holder=self._holder, first_done_at=None).update(
                    first_done_at=now
                )
            self._own(job, municipality, on, state=outcome, ended_at=now, heartbeat_at=now, summary=dict(summary))

    def last_done(self, job: str, municipality: str) -> date | None:
        """The newest date the job was ever done for."""
        newest: date | None = _rows(job, municipality).exclude(first_done_at=None).aggregate(on=Max("on"))["on"]
        return newest

    def is_done(self, job: str, municipality: str, on: date, *, ever: bool = False) -> bool:
        """Whether the date is done now, or (`ever`) once was."""
        rows = _rows(job, municipality).filter(on=on)
        return (rows.exclude(first_done_at=None) if ever else rows.filter(state=DONE)).exists()

    def _insert(self, job: str, municipality: str, on: date, now: datetime) -> bool:
        try:
            with transaction.atomic():
                JobRun.objects.create(
                    job=job,
                    municipality_code=municipality,
                    on=on,
                    state=RUNNING,
                    holder=self._holder,
                    heartbeat_at=now,
                    started_at=now,
                )
        except IntegrityError:
            return False  # another process inserted it between our look and our insert
        return True

    def _own(self, job: str, municipality: str, on: date, **values: Any) -> None:
        rows = _rows(job, municipality).filter(on=on, state=RUNNING, holder=self._holder)
        if not rows.update(**values):
            raise StateError(f"{job} of {on} is not held by this process any more; another one has taken it over")

    def _alive(self, row: JobRun, now: datetime) -> bool:
        """On this host the process is asked for; elsewhere the lease must do."""
        host, process, token = row.holder.rsplit(":", 2) if row.holder.count(":") >= 2 else ("", "", "")
        if host != socket.gethostname()[:50] or not process.isdigit():
            return row.heartbeat_at + self._lease > now
        if int(process) == os.getpid():
            return token == _PROCESS
        return _process_exists(int(process)) and row.heartbeat_at + self._lease > now


def _rows(job: str, municipality: str) -> QuerySet[JobRun]:
    return JobRun.objects.filter(job=job, municipality_code=municipality)


def _process_exists(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
