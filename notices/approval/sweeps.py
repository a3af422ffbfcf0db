"""Sweeps an officer released: a RunRequest that the nights carry out, a portion each, until nobody is left or an officer stops it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from eligibility import parts
from eligibility.sweep import Released, Sweep, release
from engine.core.errors import InputError
from engine.core.requests import SWEEP
from engine.night import JOB, Night
from notices.approval import requests
from notices.approval.hashing import identity
from notices.approval.models import JobRun, RunRequest
from notices.approval.officer import Officer
from notices.approval.task_making import About, make_task
from notices.recipients.checks import read_safety
from notices.recipients.models import Block


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a night released, by programme."""

    portions: Sequence[Released]

    def summary(self) -> Mapping[str, Any]:
        """sweeps: programme → released, left, left_out; nothing on a night without any."""
        told = {one.sweep.programme: one.as_json() for one in self.portions}
        return {"sweeps": told} if told else {}


def release_sweeps(night: Night) -> Swept:
    """Stage of the night between matching and preparing. Nobody who may not be written to is ever in a portion: theirs is a task."""
    sweeps = [_sweep(row) for row in _rows(night.municipality) if _includes(row, night.on)]
    portions = release(night, sweeps, held=held(night.municipality) if sweeps else ())
    for one in portions:
        give_to_staff(night, one)
        row = _row(one.sweep.request)
        if one.done and row.done_at is None:
            with transaction.atomic():
                _close(row, last=night.on, state="done")
                requests.done(row.pk, f"nobody is left after the night of {night.on}", at=night.clock.now())
    return Swept(portions=portions)


def give_to_staff(night: Night, one: Released) -> None:
    """A task for each home with a support measure, once a sweep: the named role tells it what it is entitled to.

    A row that cannot be read or a call only puts a home off: it comes into a portion when that is over.
    """
    concerned = {who for home in one.protected for who in home["held_ids"]}
    blocks = read_safety(night.municipality, concerned, households=())
    for home in one.protected:
        if any(stop.restricted for stop in blocks.blocked(home["held_ids"])):
            about = About(
                municipality=night.municipality,
                night=night.on,
                event=parts.SWEEP,
                event_id=identity("sweep", night.municipality, one.sweep.request, home["household_id"]),
                subject_id=home["subject_ids"][0],
                programme=one.sweep.programme,
                details={"subjects": home["subject_ids"]},
            )
            make_task("support_measure", about, at=night.clock.now(), key="sweep")


def held(municipality: str) -> set[str]:
    """Everybody nobody may write to or about, by the newest safety facts and by calls."""
    return set(Block.objects.filter(municipality_code=municipality).values_list("resident_id", flat=True))


def ask(*, programme: str, version: str, a_day: int, officer: Officer, reason: str, at: datetime) -> RunRequest:
    """Asks for a sweep to be released from the next night on. Raises InputError while one of the programme is going on, NotAllowed."""
    with transaction.atomic():
        if going_on(officer.municipality, programme):
            raise InputError(f"a sweep of {programme} is being released already; `--stop` ends it")
        payload = {
            "programme": programme,
            "version": version,
            "a_day": a_day,
            "from_night": (_last_night(officer.municipality) + timedelta(days=1)).isoformat(),
            "until_night": None,
            "state": "releasing",
        }
        return requests.ask(SWEEP, payload, officer=officer, reason=reason, at=at)


def stop(*, programme: str, officer: Officer, reason: str, at: datetime) -> None:
    """Ends a sweep: no later night releases anybody of it. What is in the queue stays there.

    Raises InputError when none is going on or nobody answers for it, NotAllowed.
    """
    reason, municipality = requests.answered_for(SWEEP, officer, reason), officer.municipality
    with transaction.atomic():
        row = going_on(municipality, programme)
        if row is None:
            raise InputError(f"no sweep of {programme} is being released")
        _close(row, last=_last_night(municipality), state="stopped")
        requests.done(row.pk, reason, stopped_by=officer.name, at=at)


def going_on(municipality: str, programme: str) -> RunRequest | None:
    """The sweep of a programme that nights still release from."""
    rows = _rows(municipality).filter(done_at=None)
    return next((row for row in rows if row.payload["programme"] == programme), None)


def asked(municipality: str) -> list[dict[str, Any]]:
    """Every sweep that was ever released, oldest first, as plain values."""
    return [
        {
            "id": row.pk,
            "municipality_code": municipality,
            "programme": row.payload["programme"],
            "version": row.payload["version"],
            "state": row.payload["state"],
            "a_day": row.payload["a_day"],
            "from_night": row.payload["from_night"],
            "until_night": row.payload["until_night"],
            "asked_by": row.asked_by,
            "reason": row.reason,
        }
        for row in _rows(municipality)
    ]


def _rows(municipality: str) -> Any:
    return RunRequest.objects.filter(municipality_code=municipality, kind=SWEEP).order_by("id")


def _row(request: str) -> RunRequest:
    return RunRequest.objects.get(pk=int(request))


def _sweep(row: RunRequest) -> Sweep:
    return Sweep(request=str(row.pk), programme=row.payload["programme"], a_day=row.payload["a_day"])


def _includes(row: RunRequest, on: date) -> bool:
    """Whether a night releases from a sweep: the same answer however often the night is run."""
    until = row.payload["until_night"]
    return row.payload["from_night"] <= on.isoformat() and (until is None or on.isoformat() <= until)


def _close(row: RunRequest, *, last: date, state: str) -> None:
    row.payload = row.payload | {"until_night": last.isoformat(), "state": state}
    row.save(update_fields=["payload"])


def _last_night(municipality: str) -> date:
    rows = JobRun.objects.filter(job=JOB, municipality_code=municipality).exclude(first_done_at=None).order_by("-on")
    newest = rows.first()
    if newest is None:
        raise InputError("no night has run yet; a sweep is released by the nights")
    return newest.on
