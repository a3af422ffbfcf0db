"""What waits for an officer, narrowed by filters and read page by page: every row once, however deep the page is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from notices.approval.models import Decision, Item, ItemState, Notice
from notices.approval.officer import Officer

URGENT_DAYS, SOON_DAYS = 7, 14
SORTS = ("due", "new")  #: nearest deadline first; newest first
#: up to this many open items of an officer's offices the queue is read from them, above it along the index of its order
_FEW = 3_000


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the queue is narrowed to; empty means all."""

    office: str = ""
    event: str = ""
    programme: str = ""
    urgency: str = ""
    flag: str = ""
    language: str = ""


@dataclass(frozen=True)
class Place:
    """A place in the order of the queue: between the notice it names and the next one."""

    due: date
    pk: int

    def __str__(self) -> str:
        """As it stands in an address line: 2026-12-08.4217."""
        return f"{self.due}.{self.pk}"

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Where a notice stands."""
        return cls(notice.due_order, notice.pk)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The place an address line names; None when it names none."""
        due, _, number = text.partition(".")
        try:
            return cls(date.fromisoformat(due), int(number)) if number.isdecimal() else None
        except ValueError:
            return None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many notices, in all and by what the filters ask for."""

    total: int = 0
    urgent: int = 0
    flagged: int = 0
    events: Mapping[str, int] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()


def open_items(officer: Officer) -> QuerySet[Item]:
    """Open items of the officer's offices that this officer has not approved already."""
    approved = Decision.objects.filter(item=OuterRef("pk"), officer=officer.name, verdict="approve", voided=False)
    return Item.objects.filter(
        ~Exists(approved),
        municipality_code=officer.municipality,
        office__in=sorted(officer.offices),
        state=ItemState.OPEN,
    )


def waiting(officer: Officer, *, in_order: bool = False) -> QuerySet[Notice]:
    """Notices with an open item of the officer's offices. in_order: for reading a page of many along the index of its order."""
    items = open_items(officer)
    rows = Notice.objects.filter(municipality_code=officer.municipality, waits=1)
    if in_order and items[: _FEW + 1].count() > _FEW:
        return rows.filter(Exists(items.filter(notice=OuterRef("pk"))))
    return rows.filter(pk__in=items.values("notice"))


def narrowed(found: QuerySet[Notice], officer: Officer, filters: Filters, today: date) -> QuerySet[Notice]:
    """Those that fit every filter; an urgency there is not fits nothing."""
    for name in ("event", "language"):
        if getattr(filters, name):
            found = found.filter(**{name: getattr(filters, name)})
    if filters.office or filters.programme:
        items = Item.objects.filter(notice=OuterRef("pk"), office__in=sorted(officer.offices))
        asked = {name: getattr(filters, name) for name in ("office", "programme") if getattr(filters, name)}
        found = found.filter(Exists(items.filter(**asked)))
    if filters.flag:
        found = found.annotate(flags_said=Cast("flags", TextField())).filter(flags_said__contains=f'"{filters.flag}"')
    soon = Q(due_on__lte=today + timedelta(days=SOON_DAYS)) & ~urgent(today)
    wanted = {"2": urgent(today), "1": soon, "0": ~urgent(today) & ~soon}
    if filters.urgency:
        found = found.filter(wanted[filters.urgency]) if filters.urgency in wanted else found.none()
    return found


def urgent(today: date) -> Q:
    """Late ones, and those whose deadline is near as seen today: what was prepared calm becomes urgent by waiting."""
    return Q(urgency=2) | Q(due_on__isnull=False, due_on__lte=today + timedelta(days=URGENT_DAYS))


def ordered(found: QuerySet[Notice], sort: str, *, back: bool = False) -> QuerySet[Notice]:
    """In the queue's order, or against it."""
    if sort == "new":
        return found.order_by("pk" if back else "-pk")
    return found.order_by("-due_order", "-pk") if back else found.order_by("due_order", "pk")


def beyond(found: QuerySet[Notice], place: Place, sort: str, *, back: bool = False) -> QuerySet[Notice]:
    """What stands after a place, or before it."""
    if sort == "new":
        return found.filter(pk__gt=place.pk) if back else found.filter(pk__lt=place.pk)
    if back:
        return found.filter(Q(due_order__lt=place.due) | Q(pk__lt=place.pk), due_order__lte=place.due)
    return found.filter(Q(due_order__gt=place.due) | Q(pk__gt=place.pk), due_order__gte=place.due)


def free(found: QuerySet[Notice], officer: Officer, at: datetime) -> QuerySet[Notice]:
    """Those no colleague is on at this moment."""
    return found.exclude(~Q(claimed_by__in=["", officer.name]), claimed_until__isnull=False, claimed_until__gt=at)


def tally(found: QuerySet[Notice], today: date) -> Tally:
    """Counts in one pass."""
    groups = found.order_by().values("event", "language", "flags")
    rows = list(groups.annotate(all=Count("pk"), urgent=Count("pk", filter=urgent(today))))
    events: dict[str, int] = {}
    for row in rows:
        events[row["event"]] = events.get(row["event"], 0) + row["all"]
    return Tally(
        total=sum(row["all"] for row in rows),
        urgent=sum(row["urgent"] for row in rows),
        flagged=sum(row["all"] for row in rows if row["flags"]),
        events=events,
        languages=frozenset(row["language"] for row in rows),
        flags=frozenset(flag for row in rows for flag in row["flags"]),
    )
