"""The queue's numbers, counted once for all colleagues of an office and kept for a few seconds: counting reads every open item.

What an officer did in this process is in that officer's numbers at once; what colleagues and the night did, within `KEPT_SECONDS`.
"""

from dataclasses import dataclass
from datetime import date
from threading import Lock
from time import monotonic

from notices.approval.audit import last_written
from notices.approval.models import Decision, Item, ItemState
from notices.approval.officer import Officer
from notices.approval.waiting import Filters, Tally, narrowed, tally, waiting
from notices.site import installed

_Key = tuple[str, frozenset[str], Filters, date]
_MOST = 500  #: kept at once; then all are counted anew


@dataclass(frozen=True)
class _Kept:
    at: float
    everything: Tally
    #: who has approved something of these offices that waits for a second officer: their own numbers are smaller
    halfway: frozenset[str]


_kept: dict[_Key, _Kept] = {}
_counting: dict[_Key, Lock] = {}


def tally_of(officer: Officer, today: date, *, filters: Filters | None = None) -> Tally:
    """What waits for this officer; of the filters only office and programme count, `Tally.fitting` does the others."""
    asked = Filters(office=filters.office, programme=filters.programme) if filters else Filters()
    key = (officer.municipality, officer.offices, asked, today)
    if len(_kept) > _MOST:
        _kept.clear()
    found = _fresh(key, officer)
    if found is None:
        with _counting.setdefault(key, Lock()):  # who asks meanwhile waits for this count instead of counting too
            found = _fresh(key, officer) or _count(key, officer)
    if officer.name in found.halfway:
        return tally(narrowed(waiting(officer), officer, asked, today), today)
    return found.everything


def _fresh(key: _Key, officer: Officer) -> _Kept | None:
    kept = _kept.get(key)
    since = max(monotonic() - installed().desk.counts_seconds, last_written(officer.name))
    return kept if kept is not None and kept.at > since else None


def _count(key: _Key, officer: Officer) -> _Kept:
    municipality, offices, filters, today = key
    began = monotonic()
    anybody = Officer(name="", display_name="", municipality=municipality, offices=offices, roles=officer.roles)
    everything = tally(narrowed(waiting(anybody), anybody, filters, today), today)
    items = Item.objects.filter(municipality_code=municipality, office__in=sorted(offices), state=ItemState.OPEN)
    halves = Decision.objects.filter(item__in=items, verdict="approve", voided=False)
    made = _Kept(began, everything, frozenset(halves.values_list("officer", flat=True).distinct()))
    _kept[key] = made
    return made
