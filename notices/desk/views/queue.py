"""The queue: what waits for a judgement, grouped by what happened, nearest deadline first."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.http import HttpResponse

from engine.core.errors import SafetyStop
from notices.approval import queue
from notices.approval.models import Item, Notice, StaffMember
from notices.desk.visit import Visit
from notices.recipients.checks import require_safety


@dataclass(frozen=True, kw_only=True)
class Line:
    """One notice as the queue shows it."""

    notice: Notice
    items: tuple[Item, ...]
    reviewing: str  #: who is on it now; empty when nobody is
    mine: bool  #: whether that is the person who looks

    @property
    def to_decide(self) -> bool:
        """Whether the person who looks can decide it now."""
        return self.mine or not self.reviewing


@dataclass(frozen=True, kw_only=True)
class Section:
    """The notices of one event."""

    event: str
    lines: tuple[Line, ...]


def queue_page(visit: Visit) -> HttpResponse:
    """The queue with its counts, its filters and, when it is empty, why."""
    filters = filters_of(visit)
    return visit.page(
        "queue.html",
        counts=queue.counts(visit.officer, visit.today),
        sections=sections(visit, filters),
        filters=asdict(filters),
        filtered=any(asdict(filters).values()),
        choices=_choices(visit),
        unsafe=unsafe(visit),
    )


def filters_of(visit: Visit) -> queue.Filters:
    """The filters of the address line; what is not a filter is ignored."""
    names = asdict(queue.Filters())
    return queue.Filters(**{name: visit.request.GET.get(name, "")[:60] for name in names})


def sections(visit: Visit, filters: queue.Filters) -> list[Section]:
    """The groups of the queue with who is on each notice."""
    groups = queue.groups(visit.officer, filters=filters, today=visit.today)
    names = display_names(visit.municipality)
    return [Section(event=group.event, lines=tuple(_line(row, visit, names) for row in group.rows)) for group in groups]


def unsafe(visit: Visit) -> str:
    """Why nothing can be approved now; empty when the safety tables are complete and recent."""
    try:
        require_safety(visit.municipality, now=visit.now)
    except SafetyStop as stop:
        return str(stop)
    return ""


def display_names(municipality: str) -> dict[str, str]:
    """Account name → the name colleagues know."""
    rows = StaffMember.objects.filter(municipality_code=municipality).values_list("user__username", "display_name")
    return dict(rows)


def claimant(notice: Notice, now: datetime) -> str:
    """The account that holds the notice now; empty when nobody does or the lease ran out."""
    held = notice.claimed_until is not None and notice.claimed_until > now
    return notice.claimed_by if held else ""


def _line(row: queue.Row, visit: Visit, names: dict[str, str]) -> Line:
    holder = claimant(row.notice, visit.now)
    return Line(
        notice=row.notice,
        items=tuple(row.items),
        reviewing=names.get(holder, holder),
        mine=holder == visit.officer.name,
    )


def _choices(visit: Visit) -> dict[str, list[str]]:
    """What each filter can be set to: only what is in this officer's queue."""
    notices = [line.notice for section in sections(visit, queue.Filters()) for line in section.lines]
    items = Item.objects.filter(notice__in=[notice.pk for notice in notices], office__in=visit.officer.offices)
    return {
        "office": _distinct(items.values_list("office", flat=True)),
        "event": _distinct(notice.event for notice in notices),
        "programme": _distinct(items.values_list("programme", flat=True)),
        "urgency": ["2", "1", "0"],
        "flag": _distinct(flag for notice in notices for flag in notice.flags),
        "language": _distinct(notice.language for notice in notices),
    }


def _distinct(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
