"""Stage 6 of the night: matches in, notices and staff tasks out; and what is not sent yet held to the newest records."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from engine.alert import alert
from engine.core.errors import InputError, SafetyStop
from engine.night import Night
from notices.approval import audit
from notices.approval.bundle import numbers_of, prepare_bundle
from notices.approval.composing import Shelf
from notices.approval.looking.scoring import score
from notices.approval.models import Notice, NoticeState, StaffTask, Suppression
from notices.approval.probable import probable_tasks
from notices.approval.recheck import recheck
from notices.approval.sift import Bundle, sift, staff_events
from notices.approval.tonight import read_tonight
from notices.approval.withdraw import void_events, yield_to_events
from notices.recipients.models import SafetyPublication


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What the night left in the queue, counted from its rows: a repeated night says the same."""

    prepared: int
    withdrawn: int
    tasks: Mapping[str, int]
    suppressed: Mapping[str, int]

    def summary(self) -> Mapping[str, Any]:
        """notices, tasks and suppressed of the contract."""
        return {
            "notices": {"prepared": self.prepared, "withdrawn": self.withdrawn},
            "tasks": dict(self.tasks),
            "suppressed": dict(self.suppressed),
        }


def prepare_notices(night: Night) -> Prepared:
    """Withdraws, then prepares, in one transaction; everything by key, so that a night run again adds nothing.

    Raises SafetyStop when this night's safety facts are not published, or the newest ones are not complete. An older night that is
    run again is held to the newest safety facts, never to its own.
    """
    at = night.clock.now()
    newest = SafetyPublication.objects.filter(municipality_code=night.municipality).order_by("-night").first()
    if newest is None or newest.night < night.on or not newest.complete:
        raise SafetyStop("nothing is prepared: this night's safety facts are not published")
    with transaction.atomic():
        _prepare(night, at=at, newest=newest.night == night.on)
    audit.anchor(night.settings, at=at)
    _look_first(night)
    return _report(night)


def _look_first(night: Night) -> None:
    """Scores what was prepared tonight. An order of the queue is not worth a night: without its model the queue stands as ever."""
    tonight = Notice.objects.filter(municipality_code=night.municipality, night=night.on, waits=1)
    try:
        score(night.settings, tonight)
    except InputError as error:
        alert(night.settings.alert, f"todoke: no notice of {night.on} is marked to look at first: {error}")


def _prepare(night: Night, *, at: datetime, newest: bool) -> None:
    tonight = read_tonight(night)
    void_events(tonight, municipality=night.municipality, night=night.on, at=at)
    if newest:
        recheck(night.municipality, night=night.on, at=at)
    staff_events(night, tonight, at=at)
    probable_tasks(night, at=at)
    bundles, safety = sift(night, tonight, at=at)
    numbers, shelf = numbers_of(night.municipality, night.on.year), Shelf()
    for bundle in sorted(bundles, key=lambda one: (_due_on(one), one.key)):
        contact = safety.contacts[bundle.addressee.resident_id]
        prepare_bundle(night, bundle, contact, numbers=numbers, shelf=shelf, at=at)
    yield_to_events(municipality=night.municipality, night=night.on, at=at)


def _due_on(bundle: Bundle) -> date:
    return min((match.deadline_on for match in bundle.matches if match.deadline_on), default=date.max)


def _report(night: Night) -> Prepared:
    mine = {"municipality_code": night.municipality, "night": night.on}
    withdrawn = Notice.objects.filter(municipality_code=night.municipality, ended_night=night.on)
    return Prepared(
        prepared=Notice.objects.filter(**mine).count(),
        withdrawn=withdrawn.filter(state=NoticeState.WITHDRAWN).count(),
        tasks=_counted(StaffTask.objects.filter(**mine).values_list("kind", flat=True)),
        suppressed=_counted(Suppression.objects.filter(**mine).values_list("reason", flat=True)),
    )


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
