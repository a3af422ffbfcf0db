"""The queue: what waits for a judgement, grouped by what happened, nearest deadline first."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpResponse

from engine.core.errors import SafetyStop
from notices.approval import queue
from notices.approval.looking.scoring import offices_with_model
from notices.approval.models import Notice, StaffMember
from notices.approval.tallies import Numbers, numbers_of
from notices.approval.waiting import SORTS, Filters, Listed, Place, Tally
from notices.desk.environment import address
from notices.desk.looked import Look, look_of
from notices.desk.sayings import in_words
from notices.desk.visit import Visit
from notices.recipients.checks import require_safety
from notices.site import installed

_NEARNESS = ("soft small", "mark", "mark stop")  #: by urgency


class Line(NamedTuple):
    """One notice as the queue shows it, in words: a page has a hundred, and prints them as they are."""

    key: int
    number: str
    address: str  #: of its page, in this queue
    programme: str  #: the first it names
    others: int  #: how many more it names
    due: str  #: empty when it has no deadline
    left: str
    nearness: str  #: how the days left are marked
    language: str
    flags: list[str]
    look: Look | None  #: what the office's model says of it
    reviewing: str  #: who is on it now; empty when nobody is
    mine: bool  #: whether that is the person who looks
    in_bulk: bool  #: whether it may be approved with others: free, and nothing on it asks for a look of its own


@dataclass(frozen=True, kw_only=True)
class Section:
    """The notices of one event on this page, and how many there are on all pages."""

    event: str
    lines: tuple[Line, ...]
    total: int


def queue_page(visit: Visit) -> HttpResponse:
    """One page of the queue with its counts, its filters and, when it is empty, why."""
    filters, sort = filters_of(visit), sort_of(visit)
    numbers = numbers_of(visit.officer, at=visit.now, acted_at=visit.acted_at)
    fitting = numbers
    if filters.office or filters.programme:
        fitting = numbers_of(visit.officer, at=visit.now, acted_at=visit.acted_at, filters=filters)
    fits = fitting.waits.fitting(filters)
    page = queue.page(
        visit.officer,
        filters=filters,
        today=visit.today,
        sort=sort,
        after=Place.read(visit.request.GET.get("after", "")),
        before=Place.read(visit.request.GET.get("before", "")),
    )
    query = query_of(filters, sort)
    return visit.page(
        "queue.html",
        counts=queue.counts(visit.officer, numbers),
        counted=round((visit.now - fitting.counted_at).total_seconds()),
        sections=_sections(visit, page, fits, query),
        page=page,
        fits=fits,
        filters=asdict(filters),
        filtered=any(asdict(filters).values()),
        sort=sort,
        sorts=_sorts(visit),
        query=query,
        sort_links={name: query_of(filters, name) or "?" for name in _sorts(visit)},
        turns={name: query_of(filters, sort, **{name: str(place)}) for name, place in _turns(page)},
        choices=_choices(numbers),
        unsafe=unsafe(visit),
    )


def filters_of(visit: Visit) -> Filters:
    """The filters of the address line; what is not a filter is ignored."""
    names = asdict(Filters())
    return Filters(**{name: visit.request.GET.get(name, "")[:60] for name in names})


def sort_of(visit: Visit) -> str:
    """The order asked for; nearest deadline first when it is none."""
    asked = visit.request.GET.get("sort", "")
    return asked if asked in SORTS else SORTS[0]


def _sorts(visit: Visit) -> tuple[str, ...]:
    """The orders offered: «look here first» only to an office whose model is in use."""
    learned = offices_with_model(installed()) & visit.officer.offices
    return SORTS if learned else tuple(name for name in SORTS if name != "look")


def query_of(filters: Filters, sort: str, **more: str) -> str:
    """The address line that keeps a filter and an order: "?event=E01", or nothing when there is nothing to keep."""
    kept = {name: value for name, value in asdict(filters).items() if value}
    kept |= {"sort": sort} if sort != SORTS[0] else {}
    return f"?{urlencode(kept | more)}" if kept | more else ""


def _turns(page: queue.Page) -> list[tuple[str, Place]]:
    turns = (("before", page.previous), ("after", page.following))
    return [(name, place) for name, place in turns if place is not None]


def _sections(visit: Visit, page: queue.Page, fits: Tally, query: str) -> list[Section]:
    """The groups of the page with who is on each notice."""
    taken = any(claimant(row.notice, visit.now) for group in page.groups for row in group.rows)
    names = display_names(visit) if taken else {}
    return [
        Section(
            event=group.event,
            lines=tuple(_line(row, visit, names, query) for row in group.rows),
            total=max(fits.events.get(group.event, 0), len(group.rows)),
        )
        for group in page.groups
    ]


def unsafe(visit: Visit) -> str:
    """Why nothing can be approved now; empty when the safety tables are complete and recent."""
    stop = visit.lately("unsafe", lambda: _stop(visit))
    return in_words(stop, visit.t) if stop else ""


def _stop(visit: Visit) -> str:
    try:
        require_safety(visit.municipality, now=visit.now)
    except SafetyStop as stop:
        return str(stop)
    return ""


def display_names(visit: Visit) -> dict[str, str]:
    """Account name → the name colleagues know."""
    rows = StaffMember.objects.filter(municipality_code=visit.municipality)
    return visit.lately("names", lambda: dict(rows.values_list("user__username", "display_name")))


def claimant(notice: Notice | Listed, now: datetime) -> str:
    """The account that holds the notice now; empty when nobody does or the lease ran out."""
    held = notice.claimed_until is not None and notice.claimed_until > now
    return notice.claimed_by if held else ""


def _line(row: queue.Row, visit: Visit, names: Mapping[str, str], query: str) -> Line:
    notice, t, today = row.notice, visit.t, visit.today
    holder = claimant(notice, visit.now)
    mine = holder == visit.officer.name
    return Line(
        key=notice.pk,
        number=notice.number,
        address=address("review", notice_id=notice.pk) + query,
        programme=t.or_code("programme", row.programmes[0]) if row.programmes else "—",
        others=len(row.programmes) - 1,
        due=t.day(notice.due_on, today) if notice.due_on else "",
        left=t.days_left(notice.due_on, today),
        nearness=_NEARNESS[notice.urgency],
        language=t.or_code("language", notice.language),
        flags=[t.or_code("flag", flag) for flag in notice.flags],
        look=look_of(notice, visit.officer, t),
        reviewing=names.get(holder, holder),
        mine=mine,
        in_bulk=(mine or not holder) and not notice.flags and notice.four_eyes == 1,
    )


def _choices(numbers: Numbers) -> dict[str, list[str]]:
    """What each filter can be set to: only what is in this officer's queue, on whichever page."""
    return {
        "office": sorted({office for office, _ in numbers.offered}),
        "event": sorted(numbers.waits.events),
        "programme": sorted({programme for _, programme in numbers.offered}),
        "urgency": ["2", "1", "0"],
        "flag": sorted(numbers.waits.flags),
        "language": sorted(numbers.waits.languages),
    }
