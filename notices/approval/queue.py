"""What an officer finds waiting, and everything needed to judge one notice on one screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from notices.approval.models import Item, JobRun, Notice, StaffTask
from notices.approval.officer import Officer
from notices.approval.states import OPEN
from notices.approval.tasks import visible
from notices.recipients.checks import stops

_PAGE = 200
#: what every notice is checked for, with its law; the desk shows each as passed or not
CHECKS: tuple[tuple[str, frozenset[str], str, str], ...] = (
    (
        "support_measure",
        frozenset({"support_measure", "perpetrator", "shares_household"}),
        "住民基本台帳事務処理要領",
        "支援措置にかかわる方ではない",
    ),
    ("deceased", frozenset({"deceased"}), "law.md L5", "宛先の方は亡くなっていない"),
    (
        "moved_out",
        frozenset({"moved_out", "left_household", "no_contact"}),
        "law.md L3・L4",
        "宛先の方は今もこの世帯に住んでいる",
    ),
    ("opted_out", frozenset({"opted_out"}), "law.md L10", "案内を止める申出はない"),
    ("held", frozenset({"quarantined", "held_by_call"}), "個人情報保護法66条", "記録の確認待ちや保留はない"),
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
    mine = Item.objects.filter(municipality_code=officer.municipality, office__in=officer.offices).values("notice_id")
    return Notice.objects.filter(municipality_code=officer.municipality, state__in=OPEN, pk__in=mine)


def counts(officer: Officer, today: date) -> Counts:
    """How much waits for this officer."""
    waiting = _waiting(officer)
    tasks = visible(officer).filter(state=StaffTask.State.OPEN)
    newest = JobRun.objects.filter(job="night", municipality_code=officer.municipality).order_by("-on").first()
    return Counts(
        total=waiting.count(),
        urgent=waiting.filter(urgency=2).count(),
        flagged=waiting.exclude(flags=[]).count(),
        tasks=tasks.count(),
        restricted_tasks=tasks.filter(restricted=True).count(),
        held=len(newest.summary.get("held", {})) if newest else 0,
    )


def groups(officer: Officer, *, filters: Filters, today: date) -> list[Group]:
    """The queue grouped by event; the groups with the nearest deadline come first."""
    found = _waiting(officer)
    for name in ("event", "language"):
        if getattr(filters, name):
            found = found.filter(**{name: getattr(filters, name)})
    for name in ("office", "programme"):
        if getattr(filters, name):
            items = Item.objects.filter(
                municipality_code=officer.municipality, **{name: getattr(filters, name)}
            ).values("notice_id")
            found = found.filter(pk__in=items)
    if filters.urgency:
        found = found.filter(urgency=int(filters.urgency) if filters.urgency.isdecimal() else -1)
    grouped: dict[str, list[Row]] = {}
    ordered = found.order_by(F("due_on").asc(nulls_last=True), "-urgency", "id").prefetch_related("items")[:_PAGE]
    for notice in ordered:
        if not filters.flag or filters.flag in notice.flags:
            items = sorted(notice.items.all(), key=lambda item: item.position)
            grouped.setdefault(notice.event, []).append(Row(notice=notice, items=items))
    return [Group(event=event, title=event, rows=rows) for event, rows in grouped.items()]


def review(officer: Officer, notice_id: int) -> Review:
    """One notice. Raises Notice.DoesNotExist when the officer has no part in it."""
    own = Q(items__office__in=officer.offices)
    notice = (
        Notice.objects.select_related("body")
        .filter(own, municipality_code=officer.municipality)
        .distinct()
        .get(pk=notice_id)
    )
    items = list(notice.items.order_by("position"))
    for item in items:
        if item.office not in officer.offices:
            item.criteria, item.evidence, item.facts = [], [], {}
    others = Notice.objects.filter(municipality_code=officer.municipality, household_id=notice.household_id).exclude(
        pk=notice.pk
    )
    shared = others.filter(items__office__in=officer.offices).distinct().order_by("-night", "-id")[:10]
    return Review(
        notice=notice,
        text=notice.body.text,
        items=items,
        checks=checks(notice, items),
        addressee_reason=notice.addressee_reason,
        history=list(shared),
    )


def checks(notice: Notice, items: list[Item]) -> list[tuple[str, str, bool, str]]:
    """Each safety check of a notice as it stands now: name, law, whether it is passed, in words."""
    found = {
        stop.reason
        for stop in stops(
            notice.municipality_code,
            addressee_id=notice.addressee_id,
            subject_ids=notice.subject_ids,
            household_id=notice.household_id,
            programmes=[(item.programme, item.kind) for item in items],
        )
    }
    return [(name, law, not (found & reasons), words) for name, reasons, law, words in CHECKS]
