"""The queue's numbers, counted once for all colleagues of an office and kept for a few seconds: counting reads every open item.

What an officer did is in that officer's numbers at once; what colleagues and the night did, within `desk.counts_seconds`. Each
process of the desk keeps its own.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from engine.core.clock import TOKYO
from notices.approval.models import Decision, Item, ItemState, JobRun, Notice, NoticeState
from notices.approval.officer import Officer
from notices.approval.waiting import Filters, Tally, narrowed, tally, waiting
from notices.site import installed

_MOST = 500  #: kept at once; then all are counted anew


class _Key(NamedTuple):
    municipality: str
    offices: frozenset[str]
    filters: Filters
    today: date
    officer: str  #: empty: the numbers colleagues share


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What was counted at one moment. offered: (office, programme) of what is open; held: notices held, and events by the last night."""

    counted_at: datetime
    waits: Tally
    offered: tuple[tuple[str, str], ...]
    held: int
    #: who has approved something of these offices that waits for a second officer: their own numbers are smaller
    halfway: frozenset[str]


_kept: dict[_Key, Numbers] = {}
_counting: dict[_Key, Lock] = {}


def numbers_of(
    officer: Officer, *, at: datetime, acted_at: datetime | None = None, filters: Filters | None = None
) -> Numbers:
    """What waits for this officer; of the filters only office and programme count, `Tally.fitting` does the others.

    acted_at: when this officer last changed something; numbers counted before that are counted anew.
    """
    asked = Filters(office=filters.office, programme=filters.programme) if filters else Filters()
    key = _Key(officer.municipality, officer.offices, asked, at.astimezone(TOKYO).date(), "")
    found = _numbers(key, at, acted_at)
    return _numbers(key._replace(officer=officer.name), at, acted_at) if officer.name in found.halfway else found


def _numbers(key: _Key, at: datetime, acted_at: datetime | None) -> Numbers:
    if len(_kept) > _MOST:
        _kept.clear()
    found = _fresh(key, at, acted_at)
    if found is None:
        with _counting.setdefault(key, Lock()):  # who asks meanwhile waits for this count instead of counting too
            found = _fresh(key, at, acted_at) or _count(key, at)
    return found


def _fresh(key: _Key, at: datetime, acted_at: datetime | None) -> Numbers | None:
    kept = _kept.get(key)
    if kept is None or at - kept.counted_at >= timedelta(seconds=installed().desk.counts_seconds):
        return None
    return kept if acted_at is None or kept.counted_at > acted_at else None


def _count(key: _Key, at: datetime) -> Numbers:
    who = Officer(
        name=key.officer, display_name="", municipality=key.municipality, offices=key.offices, roles=frozenset()
    )
    today = at.astimezone(TOKYO).date()
    items = Item.objects.filter(municipality_code=key.municipality, office__in=sorted(key.offices))
    opened = items.filter(state=ItemState.OPEN)
    halves = Decision.objects.filter(item__in=opened, verdict="approve", voided=False)
    made = Numbers(
        counted_at=at,
        waits=tally(narrowed(waiting(who), who, key.filters, today), today),
        offered=tuple(sorted(opened.values_list("office", "programme").distinct())),
        held=_held(key.municipality, items),
        halfway=frozenset(halves.values_list("officer", flat=True).distinct()),
    )
    _kept[key] = made
    return made


def _held(municipality: str, items: QuerySet[Item]) -> int:
    """Held notices with an item among these, and the kinds of event the last night held."""
    newest = JobRun.objects.filter(job="night", municipality_code=municipality).order_by("-on").first()
    held = Notice.objects.filter(municipality_code=municipality, state=NoticeState.HELD)
    mine = held.filter(Exists(items.filter(notice=OuterRef("pk"))))
    return mine.count() + (len(newest.summary.get("held", {})) if newest else 0)
