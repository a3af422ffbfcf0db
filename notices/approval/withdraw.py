"""Taking notices back: what a record change, a cancellation, a call or a new safety reason does to what is not sent yet."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from eligibility.parts import SWEEP
from notices.approval import audit
from notices.approval.models import Decision, Item, ItemState, Notice, NoticeState, OutboxRow, StaffTask
from notices.approval.states import SENT, UNSENT, move
from notices.approval.task_making import About, make_task, suppress
from notices.approval.tonight import Tonight
from notices.recipients.checks import Stop, read_safety

NIGHT = "night"  #: the actor of what records do by themselves
SAFETY = "safety"  #: all a colleague outside the named role learns of a block that rests on a support measure
#: stops after which somebody must find out who is to be told instead
_ASK_WHO = frozenset({"deceased", "moved_out", "left_household", "no_contact"})


def halt(notice: Notice, found: Sequence[Stop], *, actor: str, at: datetime, night: date | None = None) -> str:
    """Takes back or holds a notice for the gravest of the stops found; returns the reason a colleague may read.

    A support measure withdraws it and leaves a restricted task; an unread row or a call holds it; all else withdraws it, with a
    task where somebody still has to be told.
    """
    stop = sorted(found, key=lambda one: (not one.restricted, one.passing))[0]
    about = about_notice(notice, night)
    if stop.passing:
        if notice.state != NoticeState.HELD:
            take_back(notice, NoticeState.HELD, reason=stop.reason, actor=actor, at=at)
        return stop.reason
    reason = SAFETY if stop.restricted else stop.reason
    take_back(notice, NoticeState.WITHDRAWN, reason=reason, actor=actor, at=at, night=night)
    suppress("support_measure" if stop.restricted else stop.reason, stop.law, about)
    if stop.restricted:
        make_task("support_measure", about, at=at, key="event")
    elif stop.reason == "ward_without_address":
        make_task("ward_without_address", about, office=office_of(notice), at=at, key=notice.key)
    elif stop.reason in _ASK_WHO and notice.addressee_id not in notice.subject_ids:
        make_task("addressee_changed", about, office=office_of(notice), at=at, key=notice.key, due_on=notice.due_on)
    return reason


def take_back(
    notice: Notice,
    to: NoticeState,
    *,
    reason: str,
    actor: str,
    at: datetime,
    night: date | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Moves an unsent notice out of the way: its approvals no longer count and it leaves the outbox."""
    before = notice.state
    move(notice, to, reason=reason, at=at)
    OutboxRow.objects.filter(notice=notice, attempts__isnull=True).delete()
    Decision.objects.filter(item__notice=notice, verdict="approve").update(voided=True)
    Item.objects.filter(notice=notice, state=ItemState.APPROVED).update(state=ItemState.OPEN)
    notice.claimed_by, notice.claimed_until, notice.ended_night, notice.send_on = "", None, night, None
    notice.save(update_fields=["claimed_by", "claimed_until", "ended_night", "send_on"])
    audit.append(
        municipality=notice.municipality_code,
        actor=actor,
        action=f"notice_{to.value}",
        subject=f"notice:{notice.pk}",
        details={"reason": reason, "was": before} | (details or {}),
        at=at,
    )


def void_events(tonight: Tonight, *, municipality: str, night: date, at: datetime) -> None:
    """Withdraws what rests on an event that is void or suppressed since tonight; what was sent becomes a retraction task (R2)."""
    for happening in tonight.in_state("void", "suppressed"):
        about = About(
            municipality=municipality,
            night=night,
            event=happening.code,
            event_id=happening.event_id,
            subject_id=happening.subject_ids[0],
        )
        if happening.state == "suppressed":
            suppress(happening.reason, "law.md L5", about)
        notices = Notice.objects.select_for_update().filter(municipality_code=municipality, event_id=happening.event_id)
        for notice in notices.order_by("id"):
            if notice.state in UNSENT:
                take_back(notice, NoticeState.WITHDRAWN, reason=happening.reason, actor=NIGHT, at=at, night=night)
            elif notice.state in SENT and happening.state == "void":
                _retract(notice, night, at)
        tasks = StaffTask.objects.filter(
            municipality_code=municipality, event_id=happening.event_id, state=StaffTask.State.OPEN, night__lt=night
        )
        tasks.exclude(kind="retraction").update(state=StaffTask.State.WITHDRAWN)


def yield_to_events(*, municipality: str, night: date, at: datetime) -> None:
    """Withdraws a sweep's unsent notice when an event's own notice of tonight tells the same person all of it, with its deadline."""
    of_events = Item.objects.filter(notice__municipality_code=municipality, notice__night=night, notice__waits=1)
    told: dict[str, set[tuple[str, str]]] = {}
    items = of_events.exclude(notice__event=SWEEP).values_list("notice__addressee_id", "programme", "subject_id")
    for addressee, programme, subject in items:
        told.setdefault(addressee, set()).add((programme, subject))
    swept = Notice.objects.select_for_update().filter(
        municipality_code=municipality, event=SWEEP, addressee_id__in=told, state__in=UNSENT
    )
    for notice in swept.order_by("id"):
        if set(notice.items.values_list("programme", "subject_id")) <= told[notice.addressee_id]:
            reason = "event_came_after"
            take_back(notice, NoticeState.WITHDRAWN, reason=reason, actor=NIGHT, at=at, night=night)


def _retract(notice: Notice, night: date, at: datetime) -> None:
    """Somebody holds a letter about something that did not happen: staff put it right within an office day."""
    safety = read_safety(notice.municipality_code, {notice.addressee_id, *notice.subject_ids}, households=())
    about = about_notice(notice, night)
    if any(stop.restricted for stop in safety.blocked([notice.addressee_id, *notice.subject_ids])):
        make_task("support_measure", about, at=at, key=f"retraction:{notice.key}")
    else:
        make_task("retraction", about, office=office_of(notice), at=at, key=notice.key)


def about_notice(notice: Notice, night: date | None = None) -> About:
    """What a task about a notice says it is about: its number, and the person staff must reach."""
    return About(
        municipality=notice.municipality_code,
        night=night or notice.night,
        event=notice.event,
        event_id=notice.event_id,
        subject_id=notice.subject_ids[0],
        details={"notice": notice.number},
    )


def office_of(notice: Notice) -> str:
    """The office of a notice's most urgent item."""
    first = notice.items.order_by("position").first()
    return first.office if first else ""
