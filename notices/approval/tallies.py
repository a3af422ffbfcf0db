"""The queue's numbers, counted once for all colleagues of an office and kept for a few seconds: counting reads every open item.

What an officer did is in that officer's numbers at once: what was approved is taken off them, after anything else they are counted
anew. What colleagues and the night did is in them within `desk.counts_seconds`. Each process of the desk keeps its own, and counts
what is asked for again before it is too old: while an office works, none of its pages waits for a count.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from django.db import close_old_connections
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from engine.core.clock import TOKYO
from notices.approval.models import AuditRow, Decision, Item, ItemState, JobRun, Notice, NoticeState, StaffTask
from notices.approval.officer import Officer
from notices.approval.waiting import FEW, Filters, Tally, more_than_few, narrowed, open_items, tally, waiting
from notices.site import installed

_MOST = 500  #: kept at once; then all are counted anew
_APPROVED = "items_approved"  #: in the audit chain


class _Key(NamedTuple):
    municipality: str
    offices: frozenset[str]
    filters: Filters
    today: date
    officer: str  #: empty: the numbers colleagues share


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What was counted at one moment. offered: (office, programme) of what is open; held: notices held, and events by the last night.

    tasks: open ones of these offices but for the restricted ones, which are of all offices, for the named role.
    """

    counted_at: datetime
    waits: Tally
    tasks: int
    restricted_tasks: int
    offered: tuple[tuple[str, str], ...]
    held: int
    #: who has approved something of these offices that waits for a second officer: their own numbers are smaller
    halfway: frozenset[str]


_kept: dict[_Key, Numbers] = {}
_counting: dict[_Key, Lock] = {}
#: counts ahead of need, one at a time; its thread begins with the first, so none is forked
_ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="counts")
_coming: dict[_Key, Future[None]] = {}


def numbers_of(
    officer: Officer, *, at: datetime, acted_at: datetime | None = None, filters: Filters | None = None
) -> Numbers:
    """What waits for this officer; of the filters only office and programme count, `Tally.fitting` does the others.

    acted_at: when this officer last changed something, if that is known.
    """
    asked = Filters(office=filters.office, programme=filters.programme) if filters else Filters()
    key = _key(officer, at.astimezone(TOKYO).date(), asked)
    found = _own(key, officer, at, acted_at)
    return _own(key._replace(officer=officer.name), officer, at, acted_at) if officer.name in found.halfway else found


def many_wait(officer: Officer, today: date) -> bool:
    """Whether so much waits that a page of it is quicker read along the index of its order: as last counted, however long ago."""
    kept = _kept.get(_key(officer, today, Filters()))
    return more_than_few(officer) if kept is None else kept.waits.total > FEW


def _key(officer: Officer, today: date, asked: Filters) -> _Key:
    return _Key(officer.municipality, officer.offices, asked, today, "")


def _own(key: _Key, officer: Officer, at: datetime, acted_at: datetime | None) -> Numbers:
    """The numbers of a key without what this officer approved since they were counted; counted anew after anything else."""
    found = _numbers(key, at)
    if acted_at is None or acted_at < found.counted_at:
        return found
    if not found.waits.groups:  # nothing waited, so nothing can be taken off
        return _numbers(key, at, after=acted_at)
    rows = AuditRow.objects.filter(municipality_code=key.municipality, sequence__gt=found.waits.sequence)
    acts = list(rows.filter(actor=officer.name).values_list("action", "subject"))
    if any(action != _APPROVED for action, _ in acts):
        return _numbers(key, at, after=acted_at)
    return replace(found, waits=found.waits.without(_gone(key, officer, [subject for _, subject in acts])))


def _gone(key: _Key, officer: Officer, subjects: Sequence[str]) -> Tally:
    """Of these notices («notice:17»), those that wait for the officer no more."""
    if not subjects:
        return Tally()
    rows = Notice.objects.filter(pk__in=[int(subject.partition(":")[2]) for subject in subjects])
    rows = rows.exclude(Exists(open_items(officer).filter(notice=OuterRef("pk"))), waits=1)
    return tally(narrowed(rows, officer, key.filters, key.today), key.today, key.municipality)


def _numbers(key: _Key, at: datetime, *, after: datetime | None = None) -> Numbers:
    """As kept, or counted anew. after: what was counted until then is not good enough."""
    if len(_kept) > _MOST:
        _kept.clear()
        _coming.clear()
    found = _fresh(key, at, after)
    if found is not None and at - found.counted_at >= timedelta(seconds=installed().desk.counts_seconds) / 2:
        _count_ahead(key, at)
    if found is None:
        with _counting.setdefault(key, Lock()):  # who asks meanwhile waits for this count instead of counting too
            found = _fresh(key, at, after) or _count(key, at)
    return found


def _fresh(key: _Key, at: datetime, after: datetime | None) -> Numbers | None:
    kept = _kept.get(key)
    if kept is None or at - kept.counted_at >= timedelta(seconds=installed().desk.counts_seconds):
        return None
    return kept if after is None or kept.counted_at > after else None


def _count_ahead(key: _Key, at: datetime) -> None:
    """Counts anew beside the pages, unless that is under way."""
    coming = _coming.get(key)
    if coming is None or coming.done():
        _coming[key] = _ahead.submit(_renew, key, at)


def _renew(key: _Key, at: datetime) -> None:
    """A count on this thread's own connection. What goes wrong here is met again by the next page that has to count itself."""
    close_old_connections()
    try:
        with _counting.setdefault(key, Lock()):
            _count(key, at)
    finally:
        close_old_connections()


def _count(key: _Key, at: datetime) -> Numbers:
    who = Officer(
        name=key.officer, display_name="", municipality=key.municipality, offices=key.offices, roles=frozenset()
    )
    today = at.astimezone(TOKYO).date()
    items = Item.objects.filter(municipality_code=key.municipality, office__in=sorted(key.offices))
    opened = items.filter(state=ItemState.OPEN)
    halves = Decision.objects.filter(item__in=opened, verdict="approve", voided=False)
    tasks = StaffTask.objects.filter(municipality_code=key.municipality, state=StaffTask.State.OPEN)
    made = Numbers(
        counted_at=at,
        waits=tally(narrowed(waiting(who), who, key.filters, today), today, key.municipality),
        **tasks.aggregate(
            tasks=Count("pk", filter=Q(restricted=False, office__in=sorted(key.offices))),
            restricted_tasks=Count("pk", filter=Q(restricted=True)),
        ),
        offered=tuple(sorted(opened.values_list("office", "programme").distinct())),
        held=_held(key.municipality, items),
        halfway=frozenset(halves.values_list("officer", flat=True).distinct()),
    )
    kept = _kept.get(key)
    if kept is None or kept.counted_at <= at:
        _kept[key] = made
    return made


def _held(municipality: str, items: QuerySet[Item]) -> int:
    """Held notices with an item among these, and the kinds of event the last night held."""
    newest = JobRun.objects.filter(job="night", municipality_code=municipality).order_by("-on").first()
    held = Notice.objects.filter(municipality_code=municipality, state=NoticeState.HELD)
    mine = held.filter(Exists(items.filter(notice=OuterRef("pk"))))
    return mine.count() + (len(newest.summary.get("held", {})) if newest else 0)
