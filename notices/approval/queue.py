"""What an officer finds waiting, and everything needed to judge one notice on one screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from notices.approval.models import Item, Notice
from notices.approval.officer import Officer
from notices.approval.safety import stops_of
from notices.approval.tallies import Numbers, many_wait
from notices.approval.tasks import SEES_RESTRICTED
from notices.approval.waiting import (
    SOON_DAYS,
    URGENT_DAYS,
    Filters,
    Listed,
    Place,
    beyond,
    free,
    narrowed,
    ordered,
    waiting,
)
from notices.many import Among
from notices.recipients.checks import PASSING, RESTRICTED, Stop

PAGE = 100
#: what every notice is checked for, with its law; the desk shows each as passed or not. Support measures share a line with other
#: blocks: that somebody is protected is for the named role alone
CHECKS: tuple[tuple[str, frozenset[str], str, str], ...] = (
    ("blocked", RESTRICTED | PASSING, "law.md L1・L2", "連絡を止める理由はない（支援措置・記録の確認待ち・申出）"),
    ("deceased", frozenset({"deceased", "subject_deceased"}), "law.md L5", "宛先の方と対象の方は亡くなっていない"),
    (
        "moved_out",
        frozenset({"moved_out", "left_household", "no_contact", "subject_moved_out"}),
        "law.md L3・L4",
        "宛先の方は今もこの世帯に住んでいる",
    ),
    ("ward", frozenset({"ward_without_address"}), "law.md L8", "成年後見の方は送付先が登録されている"),
    ("opted_out", frozenset({"opted_out"}), "law.md L10", "案内を止める申出はない"),
)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Today's numbers for one officer."""

    total: int
    urgent: int
    flagged: int
    tasks: int
    restricted_tasks: int
    held: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """A notice of the queue with the programmes it names, each once and in its order."""

    notice: Listed
    programmes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Group:
    """The notices of one event, nearest deadline first."""

    event: str
    title: str
    rows: list[Row]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A part of the queue. previous, following: where the pages around it begin; None at an end."""

    groups: list[Group]
    previous: Place | None
    following: Place | None
    shown: int


@dataclass(frozen=True, kw_only=True)
class Review:
    """One notice with what an officer may see of it. Items of other offices come without criteria and evidence."""

    notice: Notice
    text: Mapping[str, Any]
    items: list[Item]
    checks: list[tuple[str, str, bool, str]]
    addressee_reason: str
    history: list[Notice]


def counts(officer: Officer, numbers: Numbers) -> Counts:
    """How much waits for this officer, of what was counted; restricted tasks are counted for the named role alone."""
    restricted = numbers.restricted_tasks if SEES_RESTRICTED in officer.roles else 0
    return Counts(
        total=numbers.waits.total,
        urgent=numbers.waits.urgent,
        flagged=numbers.waits.flagged,
        tasks=numbers.tasks + restricted,
        restricted_tasks=restricted,
        held=numbers.held,
    )


def page(
    officer: Officer,
    *,
    filters: Filters,
    today: date,
    sort: str = "due",
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """One page of the queue, in its order; the groups stand in the order of their first row."""
    scope = narrowed(waiting(officer, in_order=many_wait(officer, today)), officer, filters, today)
    place, back = (before, True) if before else (after, False)
    found = beyond(scope, place, sort, back=back) if place else scope
    rows = [Listed._make(row) for row in ordered(found, sort, back=back).values_list(*Listed._fields)[: limit + 1]]
    further, rows = len(rows) > limit, rows[:limit]
    if back:
        rows.reverse()
    named = _programmes([notice.pk for notice in rows])
    grouped: dict[str, list[Row]] = {}
    for notice in rows:
        listed = notice._replace(urgency=urgency(notice.due_on, notice.urgency, today))
        grouped.setdefault(notice.event, []).append(Row(notice=listed, programmes=tuple(named.get(notice.pk, ()))))
    earlier, later = (further, True) if back else (place is not None, further)
    return Page(
        groups=[Group(event=event, title=event, rows=rows) for event, rows in grouped.items()],
        previous=Place.of(rows[0]) if rows and earlier else None,
        following=Place.of(rows[-1]) if rows and later else None,
        shown=len(rows),
    )


def _programmes(keys: Sequence[int]) -> dict[int, dict[str, None]]:
    """Notice → the programmes it names, each once and in its order."""
    found: dict[int, dict[str, None]] = {}
    rows = Item.objects.filter(notice__in=Among(keys)).order_by("position").values_list("notice_id", "programme")
    for notice, programme in rows:
        found.setdefault(notice, {})[programme] = None
    return found


def groups(officer: Officer, *, filters: Filters, today: date, limit: int = PAGE) -> list[Group]:
    """The first page of the queue grouped by event."""
    return page(officer, filters=filters, today=today, limit=limit).groups


def neighbour(
    officer: Officer, notice: Notice, *, filters: Filters, today: date, at: datetime, sort: str = "due", back: bool
) -> int | None:
    """What this officer can decide next after a notice, in the order of the queue, or with `back` before it; None at the end."""
    found = narrowed(waiting(officer, in_order=many_wait(officer, today)), officer, filters, today)
    found = beyond(free(found, officer, at).exclude(pk=notice.pk), Place.of(notice), sort, back=back)
    return ordered(found, sort, back=back).values_list("pk", flat=True).first()


def urgency(due_on: date | None, prepared: int, today: date) -> int:
    """A notice's urgency as seen today. prepared: as it was when the notice was prepared."""
    if due_on is None:
        return prepared
    left = (due_on - today).days
    return max(prepared, 2 if left <= URGENT_DAYS else 1 if left <= SOON_DAYS else 0)


def review(officer: Officer, notice_id: int) -> Review:
    """One notice. Raises Notice.DoesNotExist when the officer has no part in it.

    Of another office's item only the name is left: in the items, and in the text as it is shown here.
    """
    found = Notice.objects.filter(municipality_code=officer.municipality)
    notice = found.select_related("body").get(pk=notice_id)
    items = list(notice.items.order_by("position"))
    if not any(item.office in officer.offices for item in items):
        raise Notice.DoesNotExist
    theirs = {item.programme for item in items if item.office not in officer.offices}
    for item in items:
        if item.office not in officer.offices:
            item.criteria, item.evidence, item.facts = [], [], {"name": item.facts.get("name", {})}
    mine = Item.objects.filter(notice=OuterRef("pk"), office__in=sorted(officer.offices))
    household = found.filter(Exists(mine), household_id=notice.household_id).exclude(pk=notice.pk)
    return Review(
        notice=notice,
        text=shown(notice.body.text, theirs),
        items=items,
        checks=checks(notice, items),
        addressee_reason=notice.addressee_reason,
        history=list(household.order_by("-night", "-id")[:10]),
    )


def shown(text: Mapping[str, Any], hidden: set[str]) -> dict[str, Any]:
    """A notice's text with the cards of these programmes reduced to their names, and their details left out."""
    cards, details = list(text["cards"]), list(text["details"])
    shut = [index for index, card in enumerate(cards) if card.get("programme") in hidden]
    shown = [
        dict(card) | {"gives": "", "by": "", "do": ""} if index in shut else card for index, card in enumerate(cards)
    ]
    kept = [detail for index, detail in enumerate(details) if index not in shut]
    return {**text, "cards": shown, "details": kept}


def checks(notice: Notice, items: Iterable[Item]) -> list[tuple[str, str, bool, str]]:
    """Each safety check of a notice with these items as it stands now: name, law, whether it is passed, in words."""
    found: list[Stop] = stops_of(notice, items)
    reasons = {stop.reason for stop in found}
    return [(name, law, not (reasons & failing), words) for name, failing, law, words in CHECKS]
