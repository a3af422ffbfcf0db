"""Every night, every notice that is not sent yet is held to the newest safety facts, wordings and deadlines."""

from collections.abc import Sequence
from datetime import date, datetime

from engine.core.errors import WordingError
from notices.approval import audit, printing
from notices.approval.composing import rewrite
from notices.approval.hashing import LEFT_OUT
from notices.approval.models import Item, ItemState, Notice, NoticeState
from notices.approval.safety import DEATH
from notices.approval.states import OPEN, UNSENT, move
from notices.approval.task_making import make_task, suppress
from notices.approval.withdraw import NIGHT, about_notice, halt, office_of, take_back
from notices.recipients.checks import PASSING, Safety, judge, opted_out, read_safety
from notices.recipients.models import Contact
from notices.site import installed
from notices.wording.models import Wording


def recheck(municipality: str, *, night: date, at: datetime) -> None:
    """Withdraws, holds, lets go, expires or writes anew what is not sent yet, each with its reason."""
    waiting = list(
        Notice.objects.select_for_update()
        .filter(municipality_code=municipality, state__in=UNSENT)
        .order_by("id")
        .prefetch_related("items", "body")
    )
    look_again(municipality, waiting, actor=NIGHT, night=night, at=at)


def look_again(municipality: str, waiting: Sequence[Notice], *, actor: str, night: date, at: datetime) -> None:
    """The same for these unsent notices, at any moment: after a call, what a person no longer wants leaves at once."""
    people = {person for notice in waiting for person in (notice.addressee_id, *notice.subject_ids)}
    safety = read_safety(municipality, people, households={notice.household_id for notice in waiting})
    approved = _approved(municipality)
    for notice in waiting:
        items = [item for item in notice.items.all() if item.state not in LEFT_OUT]
        found = judge(
            safety,
            addressee_id=notice.addressee_id,
            subject_ids=notice.subject_ids,
            household_id=notice.household_id,
            programmes=[(item.programme, item.kind) for item in items],
            about_deceased=notice.event == DEATH,
        )
        if found:
            halt(notice, found, actor=actor, at=at, night=night)
        elif (night - notice.night).days > installed().waits.late_entry_days:
            _expire(notice, night, at)
        elif not _goes_on(notice, safety.contacts[notice.addressee_id], actor=actor, night=night, at=at):
            continue
        else:
            _refresh(notice, items, safety, approved, night, at)


def _approved(municipality: str) -> set[tuple[str, str, str]]:
    """(programme, event, version) of every text in force: the same words may be in force for one event and not for another."""
    found = Wording.objects.filter(municipality_code=municipality, state=Wording.State.APPROVED)
    return set(found.values_list("programme", "event", "version"))


def _goes_on(notice: Notice, contact: Contact, *, actor: str, night: date, at: datetime) -> bool:
    """Whether the notice is held neither by what was, nor by what its letter's fonts lack now."""
    if printing.let_go(notice, contact, at=at) or _unhold(notice, at):
        return False
    return not printing.hold(notice, contact, actor=actor, at=at, night=night)


def _unhold(notice: Notice, at: datetime) -> bool:
    """What held the notice is over: it waits for a decision again. Whether the notice was held."""
    if notice.state != NoticeState.HELD:
        return False
    if notice.state_reason in PASSING:
        move(notice, NoticeState.PREPARED, at=at)
    return True


def _expire(notice: Notice, night: date, at: datetime) -> None:
    """It waited longer than an entry may be old (R5): what it says is no longer news, and a person has to make up for it."""
    take_back(notice, NoticeState.EXPIRED, reason="too_old", actor=NIGHT, at=at, night=night)
    make_task("missed_deadline", about_notice(notice, night), office=office_of(notice), at=at, key=notice.key)


def _refresh(
    notice: Notice,
    items: list[Item],
    safety: Safety,
    approved: set[tuple[str, str, str]],
    night: date,
    at: datetime,
) -> None:
    """Writes a notice anew where an item was opted out of, a deadline passed, or (while nobody approved it) a wording was replaced."""
    contact = safety.contacts[notice.addressee_id]
    refused = set(opted_out(contact, [(item.programme, item.kind) for item in items]))
    gone = [item for item in items if (item.programme, item.kind) in refused]
    overdue = [item for item in items if item not in gone and _is_overdue(item, night)]
    stale = any((item.programme, notice.event, item.wording_version) not in approved for item in items)
    if not gone and not overdue and not (stale and notice.state in OPEN):
        return
    if notice.state not in OPEN:
        take_back_to_queue(notice, reason="opted_out" if gone else "deadline_passed", at=at)
    for item in gone:
        suppress("opted_out", "law.md L10", about_notice(notice, night))
        item.state = ItemState.WITHDRAWN
        item.save(update_fields=["state"])
    for item in overdue:
        _say_late(notice, item, night, at)
    _write_anew(notice, gone, night, at)


def _is_overdue(item: Item, night: date) -> bool:
    return item.due_on is not None and item.due_on < night


def _say_late(notice: Notice, item: Item, night: date, at: datetime) -> None:
    """The deadline passed while the notice waited (R5): it says the last day without loss; past that «apply now», and staff hear of it."""
    loss_free = item.last_loss_free_on
    still_free = loss_free is not None and night <= loss_free
    item.due_on, item.late = (loss_free, False) if still_free else (None, True)
    deadline = {"type": "date", "value": loss_free.isoformat()} if loss_free and still_free else None
    item.facts = {**item.facts, "deadline": deadline, "late": item.late}
    item.save(update_fields=["due_on", "late", "facts"])
    if item.late:
        notice.flags = [*(flag for flag in notice.flags if flag != "late"), "late"]
        notice.save(update_fields=["flags"])
        make_task(
            "missed_deadline", about_notice(notice, night), office=item.office, at=at, key=f"{notice.key}:{item.pk}"
        )


def _write_anew(notice: Notice, gone: list[Item], night: date, at: datetime) -> None:
    try:
        rewrite(notice, at=at)
    except WordingError:
        take_back(notice, NoticeState.WITHDRAWN, reason="wording_missing", actor=NIGHT, at=at, night=night)
        make_task("wording_missing", about_notice(notice, night), office=office_of(notice), at=at, key=notice.key)
        return
    audit.append(
        municipality=notice.municipality_code,
        actor=NIGHT,
        action="notice_rewritten",
        subject=f"notice:{notice.pk}",
        details={"withdrawn_items": [item.pk for item in gone], "content": notice.content_hash},
        at=at,
    )


def take_back_to_queue(notice: Notice, *, reason: str, at: datetime) -> None:
    """An approved notice changes: its approvals are void and it waits for a decision again."""
    if notice.state == NoticeState.RETRY_WAIT:
        take_back(notice, NoticeState.HELD, reason=reason, actor=NIGHT, at=at)
    else:
        take_back(notice, NoticeState.PREPARED, reason=reason, actor=NIGHT, at=at)
