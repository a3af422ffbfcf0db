"""What waits for an officer, narrowed by filters and read page by page: every row once, however deep the page is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from notices.approval.models import AuditRow, Decision, Item, ItemState, Notice
from notices.approval.officer import Officer

URGENT_DAYS, SOON_DAYS = 7, 14
SORTS = (
    "due",
    "new",
    "look",
)  #: nearest deadline first; newest first; what deserves the first look, where a model says so
#: up to this many open items of an officer's offices the queue is read from them, above it along the index of its order
FEW = 3_000


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the queue is narrowed to; empty means all."""

    office: str = ""
    event: str = ""
    programme: str = ""
    urgency: str = ""
    flag: str = ""
    language: str = ""


class Listed(NamedTuple):
    """What a line of the queue says of a notice, as it is read: a hundred a page. The rest is read when it is opened."""

    pk: int
    number: str
    event: str
    language: str
    urgency: int
    due_on: date | None
    due_order: date
    look: int
    look_says: Mapping[str, Any]
    flags: Sequence[str]
    four_eyes: int
    claimed_by: str
    claimed_until: datetime | None


@dataclass(frozen=True)
class Place:
    """A place in the order of the queue: between the notice it names and the next one."""

    due: date
    pk: int
    look: int = 0

    def __str__(self) -> str:
        """As it stands in an address line: 2026-12-08.4217.413."""
        return f"{self.due}.{self.pk}.{self.look}"

    @classmethod
    def of(cls, notice: "Notice | Listed") -> Self:
        """Where a notice stands."""
        return cls(notice.due_order, notice.pk, notice.look)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The place an address line names; None when it names none."""
        due, *numbers = text.split(".")
        known = len(numbers) == 2 and all(number.isdecimal() for number in numbers)
        try:
            return cls(date.fromisoformat(due), *map(int, numbers)) if known else None
        except ValueError:
            return None


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Notices that no filter on the notice itself tells apart, and how many they are."""

    event: str
    language: str
    flags: tuple[str, ...]
    urgency: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many notices, in all and by what the filters ask for. sequence: the newest row of the audit chain when they were counted."""

    groups: tuple[Alike, ...] = ()
    sequence: int = 0

    def without(self, gone: "Tally") -> Self:
        """What is left of these when those are gone."""
        less = {replace(one, count=0): one.count for one in gone.groups}
        left = (replace(one, count=one.count - less.get(replace(one, count=0), 0)) for one in self.groups)
        return replace(self, groups=tuple(one for one in left if one.count > 0))

    def fitting(self, filters: Filters) -> Self:
        """Of these, those that fit what the filters ask of the notice itself; programme and office are asked of the items."""
        return replace(
            self,
            groups=tuple(
                one
                for one in self.groups
                if filters.event in ("", one.event)
                and filters.language in ("", one.language)
                and filters.urgency in ("", one.urgency)
                and (not filters.flag or filters.flag in one.flags)
            ),
        )

    @property
    def total(self) -> int:
        """All of them."""
        return sum(one.count for one in self.groups)

    @property
    def urgent(self) -> int:
        """Late, or due within a week."""
        return sum(one.count for one in self.groups if one.urgency == "2")

    @property
    def flagged(self) -> int:
        """With something to look at."""
        return sum(one.count for one in self.groups if one.flags)

    @property
    def events(self) -> dict[str, int]:
        """Event → how many."""
        found: dict[str, int] = {}
        for one in self.groups:
            found[one.event] = found.get(one.event, 0) + one.count
        return found

    @property
    def languages(self) -> frozenset[str]:
        """The languages there are."""
        return frozenset(one.language for one in self.groups)

    @property
    def flags(self) -> frozenset[str]:
        """The flags there are."""
        return frozenset(flag for one in self.groups for flag in one.flags)


def open_items(officer: Officer) -> QuerySet[Item]:
    """Open items of the officer's offices that this officer has not approved already; nobody (without a name) has approved any."""
    if not officer.name:
        return _in_offices(officer)
    approved = Decision.objects.filter(item=OuterRef("pk"), officer=officer.name, verdict="approve", voided=False)
    return _in_offices(officer).filter(~Exists(approved))


def _in_offices(officer: Officer) -> QuerySet[Item]:
    """Open items of the officer's offices, whoever has approved them already."""
    return Item.objects.filter(
        municipality_code=officer.municipality, office__in=sorted(officer.offices), state=ItemState.OPEN
    )


def more_than_few(officer: Officer) -> bool:
    """Whether more than a few items of the officer's offices are open, whoever has approved them already."""
    return _in_offices(officer)[: FEW + 1].count() > FEW


def waiting(officer: Officer, *, in_order: bool = False) -> QuerySet[Notice]:
    """Notices with an open item of the officer's offices. in_order: for reading a page of many along the index of its order."""
    items = open_items(officer)
    rows = Notice.objects.filter(municipality_code=officer.municipality, waits=1)
    if in_order:
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
    if filters.urgency:
        near, limit = (today + timedelta(days=days) for days in (URGENT_DAYS, SOON_DAYS))
        wanted = {
            "2": urgent(today),
            "1": Q(due_order__gt=near, due_order__lte=limit) & ~Q(urgency=2),
            "0": Q(due_order__gt=limit) & ~Q(urgency=2),
        }
        found = found.filter(wanted[filters.urgency]) if filters.urgency in wanted else found.none()
    return found


def urgent(today: date) -> Q:
    """Late ones, and those whose deadline is near as seen today: what was prepared calm becomes urgent by waiting.

    Asked of the place in the order, which the index of the order holds: without a deadline it is late or far away.
    """
    return Q(urgency=2) | Q(due_order__lte=today + timedelta(days=URGENT_DAYS))


def ordered(found: QuerySet[Notice], sort: str, *, back: bool = False) -> QuerySet[Notice]:
    """In the queue's order, or against it."""
    if sort == "new":
        return found.order_by("pk" if back else "-pk")
    if sort == "look":
        return found.order_by("look", "pk") if back else found.order_by("-look", "-pk")
    return found.order_by("-due_order", "-pk") if back else found.order_by("due_order", "pk")


def beyond(found: QuerySet[Notice], place: Place, sort: str, *, back: bool = False) -> QuerySet[Notice]:
    """What stands after a place, or before it."""
    if sort == "new":
        return found.filter(pk__gt=place.pk) if back else found.filter(pk__lt=place.pk)
    if sort == "look" and back:
        return found.filter(Q(look__gt=place.look) | Q(pk__gt=place.pk), look__gte=place.look)
    if sort == "look":
        return found.filter(Q(look__lt=place.look) | Q(pk__lt=place.pk), look__lte=place.look)
    if back:
        return found.filter(Q(due_order__lt=place.due) | Q(pk__lt=place.pk), due_order__lte=place.due)
    return found.filter(Q(due_order__gt=place.due) | Q(pk__gt=place.pk), due_order__gte=place.due)


def free(found: QuerySet[Notice], officer: Officer, at: datetime) -> QuerySet[Notice]:
    """Those no colleague is on at this moment."""
    return found.exclude(~Q(claimed_by__in=["", officer.name]), claimed_until__isnull=False, claimed_until__gt=at)


def tally(found: QuerySet[Notice], today: date, municipality: str) -> Tally:
    """Counts in one pass, by everything a notice itself can be filtered by; in the same look at the store, how far the chain was."""
    soon = Q(due_order__lte=today + timedelta(days=SOON_DAYS))
    urgency = Case(When(urgent(today), then=Value("2")), When(soon, then=Value("1")), default=Value("0"))
    newest = AuditRow.objects.filter(municipality_code=municipality).order_by("-sequence").values("sequence")[:1]
    groups = (
        found.order_by().annotate(now=urgency).values("event", "language", "flags", "now").annotate(all=Count("pk"))
    )
    rows = list(groups.annotate(sequence=Coalesce(Subquery(newest), 0)))
    return Tally(
        groups=tuple(
            Alike(
                event=row["event"],
                language=row["language"],
                flags=tuple(row["flags"]),
                urgency=row["now"],
                count=row["all"],
            )
            for row in rows
        ),
        sequence=max((row["sequence"] for row in rows), default=0),
    )
