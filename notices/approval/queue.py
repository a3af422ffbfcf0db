"""What an officer finds waiting, and everything needed to judge one notice on one screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from notices.approval.models import Decision, Item, ItemState, JobRun, Notice, NoticeState, StaffTask
from notices.approval.officer import Officer
from notices.approval.safety import stops_of
from notices.approval.states import OPEN
from notices.approval.tasks import visible
from notices.recipients.checks import PASSING, RESTRICTED, Stop

PAGE = 200
_URGENT_DAYS, _SOON_DAYS = 7, 14
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
class Filters:
    """What the queue is narrowed to; empty means all."""

    office: str = ""
    event: str = ""
    programme: str = ""
    urgency: str = ""
    flag: str = ""
    language: str = ""


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
    """A notice of the queue with its items."""

    notice: Notice
    items: list[Item]


@dataclass(frozen=True, kw_only=True)
class Group:
    """The notices of one event, nearest deadline first."""

    event: str
    title: str
    rows: list[Row]


@dataclass(frozen=True, kw_only=True)
class Review:
    """One notice with what an officer may see of it. Items of other offices come without criteria and evidence."""

    notice: Notice
    text: Mapping[str, Any]
    items: list[Item]
    checks: list[tuple[str, str, bool, str]]
    addressee_reason: str
    history: list[Notice]


def _waiting(officer: Officer) -> QuerySet[Notice]:
    """Notices with an open item of the officer's offices that this officer has not approved already."""
    approved = Decision.objects.filter(item=OuterRef("pk"), officer=officer.name, verdict="approve", voided=False)
    mine = Item.objects.filter(
        ~Exists(approved), notice=OuterRef("pk"), office__in=officer.offices, state=ItemState.OPEN
    )
    return Notice.objects.filter(Exists(mine), municipality_code=officer.municipality, state__in=OPEN)


def _urgent(today: date) -> Q:
    """Late ones, and those whose deadline is near as seen today: what was prepared calm becomes urgent by waiting."""
    return Q(urgency=2) | Q(due_on__lte=today + timedelta(days=_URGENT_DAYS))


def counts(officer: Officer, today: date) -> Counts:
    """How much waits for this officer. `held` counts held notices of these offices and kinds of event held by the last night."""
    waiting = _waiting(officer)
    tasks = visible(officer).filter(state=StaffTask.State.OPEN)
    newest = JobRun.objects.filter(job="night", municipality_code=officer.municipality).order_by("-on").first()
    mine = Item.objects.filter(notice=OuterRef("pk"), office__in=officer.offices)
    held = Notice.objects.filter(Exists(mine), municipality_code=officer.municipality, state=NoticeState.HELD)
    return Counts(
        total=waiting.count(),
        urgent=waiting.filter(_urgent(today)).count(),
        flagged=waiting.exclude(flags=[]).count(),
        tasks=tasks.count(),
        restricted_tasks=tasks.filter(restricted=True).count(),
        held=held.count() + (len(newest.summary.get("held", {})) if newest else 0),
    )


def groups(officer: Officer, *, filters: Filters, today: date, limit: int = PAGE) -> list[Group]:
    """The queue grouped by event, nearest deadline first; the groups with the nearest deadline come first."""
    found = _filtered(_waiting(officer), officer, filters, today).order_by(
        F("due_on").asc(nulls_last=True), "-urgency", "id"
    )
    if filters.flag:
        flagged = [pk for pk, flags in found.values_list("pk", "flags") if filters.flag in flags]
        found = found.filter(pk__in=flagged[:limit])
    grouped: dict[str, list[Row]] = {}
    for notice in found.prefetch_related("items")[:limit]:
        notice.urgency = urgency(notice, today)
        listed = sorted(notice.items.all(), key=lambda item: item.position)
        grouped.setdefault(notice.event, []).append(Row(notice=notice, items=listed))
    return [Group(event=event, title=event, rows=rows) for event, rows in grouped.items()]


def urgency(notice: Notice, today: date) -> int:
    """A notice's urgency as seen today."""
    if notice.due_on is None:
        return notice.urgency
    left = (notice.due_on - today).days
    return max(notice.urgency, 2 if left <= _URGENT_DAYS else 1 if left <= _SOON_DAYS else 0)


def _filtered(found: QuerySet[Notice], officer: Officer, filters: Filters, today: date) -> QuerySet[Notice]:
    for name in ("event", "language"):
        if getattr(filters, name):
            found = found.filter(**{name: getattr(filters, name)})
    for name in ("office", "programme"):
        if getattr(filters, name):
            items = Item.objects.filter(notice=OuterRef("pk"), office__in=officer.offices)
            found = found.filter(Exists(items.filter(**{name: getattr(filters, name)})))
    soon = Q(due_on__lte=today + timedelta(days=_SOON_DAYS)) & ~_urgent(today)
    wanted = {"2": _urgent(today), "1": soon, "0": ~_urgent(today) & ~soon}
    if filters.urgency:
        found = found.filter(wanted[filters.urgency]) if filters.urgency in wanted else found.none()
    return found


def review(officer: Officer, notice_id: int) -> Review:
    """One notice. Raises Notice.DoesNotExist when the officer has no part in it.

    Of another office's item only the name is left: in the items, and in the text as it is shown here.
    """
    mine = Item.objects.filter(notice=OuterRef("pk"), office__in=officer.offices)
    scope = Notice.objects.filter(Exists(mine), municipality_code=officer.municipality)
    notice = scope.select_related("body").get(pk=notice_id)
    items = list(notice.items.order_by("position"))
    theirs = {item.programme for item in items if item.office not in officer.offices}
    for item in items:
        if item.office not in officer.offices:
            item.criteria, item.evidence, item.facts = [], [], {"name": item.facts.get("name", {})}
    history = scope.filter(household_id=notice.household_id).exclude(pk=notice.pk).order_by("-night", "-id")
    return Review(
        notice=notice,
        text=_shown(notice.body.text, theirs),
        items=items,
        checks=checks(notice),
        addressee_reason=notice.addressee_reason,
        history=list(history[:10]),
    )


def _shown(text: Mapping[str, Any], hidden: set[str]) -> dict[str, Any]:
    """A notice's text with the cards of these programmes reduced to their names, and their details left out."""
    cards, details = list(text["cards"]), list(text["details"])
    shut = [index for index, card in enumerate(cards) if card.get("programme") in hidden]
    shown = [
        dict(card) | {"gives": "", "by": "", "do": ""} if index in shut else card for index, card in enumerate(cards)
    ]
    kept = [detail for index, detail in enumerate(details) if index not in shut]
    return {**text, "cards": shown, "details": kept}


def checks(notice: Notice) -> list[tuple[str, str, bool, str]]:
    """Each safety check of a notice as it stands now: name, law, whether it is passed, in words."""
    found: list[Stop] = stops_of(notice)
    reasons = {stop.reason for stop in found}
    return [(name, law, not (reasons & failing), words) for name, failing, law, words in CHECKS]
