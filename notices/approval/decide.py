"""Approving and sending back: one transaction each, with every check again inside it. The only makers of approvals."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from engine.core.clock import TOKYO
from engine.core.errors import InputError, StateError, WordingError
from notices.approval import audit
from notices.approval.composing import rewrite
from notices.approval.edits import require_other_eyes, standing
from notices.approval.hashing import content_hash, item_hash
from notices.approval.leaving import put_out, send_later
from notices.approval.models import Decision, Item, ItemState, Notice, NoticeState
from notices.approval.officer import Officer
from notices.approval.refusals import AlreadyDecided, ContentChanged, NotAllowed, Stopped
from notices.approval.safety import stops_of
from notices.approval.states import OPEN, move, move_all
from notices.approval.task_making import make_task
from notices.approval.withdraw import about_notice, halt, office_of, take_back
from notices.recipients.checks import require_safety
from notices.site import installed
from notices.wording.models import Wording

REJECT_REASONS: dict[str, tuple[str, str]] = {
    "wrong_person": ("宛先が違う", "Wrong addressee"),
    "wrong_facts": ("金額や期限が違う", "Wrong amount or deadline"),
    "already_done": ("手続きがすんでいる", "Already done"),
    "wording": ("文面を直したい", "The wording should change"),
    "other": ("その他", "Other"),
}


def claim(notice_id: int, *, officer: Officer, at: datetime) -> Notice:
    """Takes a notice on for a while. Raises NotAllowed, AlreadyDecided, or StateError while a colleague has it."""
    officer.needs("reviewer", "approver")
    with transaction.atomic():
        return take_on(_locked(notice_id, officer)[0], officer, at)


def release(notice_id: int, *, officer: Officer, at: datetime) -> Notice:
    """Gives a notice back undecided. Raises StateError when a colleague has it."""
    with transaction.atomic():
        notice, _ = _locked(notice_id, officer)
        if held_by_another(notice, officer, at):
            raise StateError(f"notice {notice.number} is a colleague's at the moment")
        if notice.state == NoticeState.IN_REVIEW:
            _give_back(notice, at)
    return notice


def approve(
    notice_id: int,
    *,
    officer: Officer,
    at: datetime,
    item_ids: Sequence[int] | None = None,
    seen: str | None = None,
    send_on: date | None = None,
) -> Notice:
    """Approves an officer's own items (all, or those named); the notice goes on once every item is decided.

    seen: the content hash that was shown, where the caller knows it. send_on: not before this day («send later»). Raises
    NotAllowed, AlreadyDecided, ContentChanged, InputError for a day that is past or too late, or SafetyStop when the safety
    facts are not good. A stop found for the people concerned takes the notice back and raises Stopped.
    """
    officer.needs("approver")
    require_safety(officer.municipality, now=at)
    with transaction.atomic():
        notice, items = _locked(notice_id, officer)
        take_on(notice, officer, at)
        # after the lock: a night that published meanwhile is seen, and what stops the notice is kept, not rolled back
        require_safety(officer.municipality, now=at)
        found = stops_of(notice, items)
        stopped = halt(notice, found, actor=officer.name, at=at) if found else None
        if stopped is None:
            send_later([notice], send_on, at=at)
            _approve(notice, items, _chosen(notice, items, officer, item_ids), officer, at, seen)
    audit.anchor(installed(), at=at)
    if stopped is not None:
        raise Stopped(f"notice {notice.number} will not be sent as it is: {stopped}")
    return notice


def reject(
    notice_id: int,
    *,
    officer: Officer,
    at: datetime,
    reason_code: str,
    comment: str,
    item_ids: Sequence[int] | None = None,
) -> Notice:
    """Sends an officer's own items back with a reason. What other offices approve still goes, in a text without these items.

    Raises InputError for a missing reason or comment, else like approve.
    """
    officer.needs("reviewer", "approver")
    if reason_code not in REJECT_REASONS:
        raise InputError(f"a reason is needed: one of {', '.join(REJECT_REASONS)}")
    if reason_code == "other" and not comment.strip():
        raise InputError("the reason «other» needs a comment")
    with transaction.atomic():
        notice, items = _locked(notice_id, officer)
        take_on(notice, officer, at)
        chosen = _chosen(notice, items, officer, item_ids)
        for item in chosen:
            _decide(item, notice, officer, at, "reject", reason_code, comment)
            item.state = ItemState.REJECTED
            item.save(update_fields=["state"])
        about = about_notice(notice)
        make_task("sent_back", about, office=chosen[0].office, at=at, key=f"{notice.key}:{chosen[0].pk}")
        _finish(notice, items, officer, at)
        details = {"items": [item.pk for item in chosen], "reason": reason_code, "state": notice.state}
        _record(notice, officer, "items_rejected", details, at)
    audit.anchor(installed(), at=at)
    return notice


def _locked(notice_id: int, officer: Officer) -> tuple[Notice, list[Item]]:
    """A notice, held until the transaction ends, and its items in their order, read after it is held."""
    rows = Notice.objects.select_for_update(of=("self",)).select_related("body")
    found = rows.filter(pk=notice_id, municipality_code=officer.municipality).first()
    items = _items(found) if found else []
    if found is None or not any(item.office in officer.offices for item in items):
        raise NotAllowed("there is no such notice among this officer's offices")
    return found, items


def _items(notice: Notice) -> list[Item]:
    return list(notice.items.order_by("position"))


def take_on(notice: Notice, officer: Officer, at: datetime) -> Notice:
    """As `claim`, of a notice this officer has a part in and has just read: one write, and none while most of their lease is left.

    Raises NotAllowed, AlreadyDecided, or StateError while a colleague has it or when it was changed since it was read.
    """
    officer.needs("reviewer", "approver")
    if notice.state not in OPEN:
        raise AlreadyDecided(f"notice {notice.number} is {notice.state} already")
    if held_by_another(notice, officer, at):
        assert notice.claimed_until is not None
        theirs = notice.claimed_until.astimezone(TOKYO)
        raise StateError(f"notice {notice.number} is being reviewed by a colleague until {theirs:%H:%M}")
    until = at + timedelta(seconds=installed().waits.claim_lease_seconds)
    if notice.state == NoticeState.PREPARED:
        return move(notice, NoticeState.IN_REVIEW, at=at, claimed_by=officer.name, claimed_until=until)
    if holds(notice, officer, at):
        return notice
    claimed = {"claimed_by": notice.claimed_by, "claimed_until": notice.claimed_until}
    as_read = Notice.objects.filter(pk=notice.pk, version=notice.version, **claimed)
    if not as_read.update(claimed_by=officer.name, claimed_until=until):
        raise StateError(f"notice {notice.number} was changed by somebody else meanwhile; open it again")
    notice.claimed_by, notice.claimed_until = officer.name, until
    return notice


def holds(notice: Notice, officer: Officer, at: datetime) -> bool:
    """Whether the officer took the notice on so lately that looking at it again need not renew that: most of the lease is left."""
    half = timedelta(seconds=installed().waits.claim_lease_seconds) / 2
    until = notice.claimed_until
    return notice.claimed_by == officer.name and until is not None and until > at + half


def held_by_another(notice: Notice, officer: Officer, at: datetime) -> bool:
    """Whether a colleague is on it at this moment."""
    theirs = notice.claimed_by not in {"", officer.name}
    return theirs and notice.claimed_until is not None and notice.claimed_until > at


def _chosen(notice: Notice, items: Sequence[Item], officer: Officer, item_ids: Sequence[int] | None) -> list[Item]:
    """The officer's own items still open; all of them, or those named. Raises NotAllowed for another office's."""
    mine = [item for item in items if item.office in officer.offices]
    if item_ids is not None and set(item_ids) - {item.pk for item in mine}:
        raise NotAllowed("an item belongs to another office, which decides it")
    chosen = [item for item in mine if item.state == ItemState.OPEN and (item_ids is None or item.pk in item_ids)]
    if not chosen:
        raise AlreadyDecided(f"notice {notice.number} has no open item of this officer's offices")
    return chosen


def _approve(
    notice: Notice, items: list[Item], chosen: Sequence[Item], officer: Officer, at: datetime, seen: str | None
) -> None:
    expected = content_hash(notice, items, notice.body.text)
    if expected != notice.content_hash or (seen is not None and seen != notice.content_hash):
        raise ContentChanged(f"notice {notice.number} is not what was prepared or shown; open it again")
    require_other_eyes(notice, officer)
    _require_wordings(notice)
    for item in chosen:
        _decide(item, notice, officer, at, "approve")
    _count(notice, items)
    _finish(notice, items, officer, at)
    details = {"items": [item.pk for item in chosen], "content": notice.content_hash, "state": notice.state}
    _record(notice, officer, "items_approved", details, at)


def _require_wordings(notice: Notice) -> None:
    """Every text in the notice is approved still, or an edit of one that is. Raises StateError; the night writes it anew."""
    edits = standing(notice)
    used: dict[str, tuple[str, str]] = {}
    for programme, version in notice.body.wording_versions.items():
        if programme.startswith("clauses:"):
            continue  # fixed clauses are part of the release, not of the library
        name = "" if programme.startswith("opening:") else programme
        edit = edits.get(name)
        used[programme] = (name, edit.base_version if edit and edit.version == version else version)
    if not used:
        return
    wordings = Wording.objects.filter(
        municipality_code=notice.municipality_code, event=notice.event, state=Wording.State.APPROVED
    )
    named = wordings.filter(programme__in=[name for name, _ in used.values()])
    approved = set(named.values_list("programme", "version"))
    for programme, text in used.items():
        if text not in approved:
            raise StateError(f"the wording of {programme} in notice {notice.number} is not approved (any more)")


def _decide(
    item: Item, notice: Notice, officer: Officer, at: datetime, verdict: str, reason: str = "", comment: str = ""
) -> None:
    """Writes one decision, bound to the item's content. One officer is one pair of eyes. Raises NotAllowed for a second one."""
    content = item_hash(notice, item)
    mine = Decision.objects.filter(item=item, officer=officer.name, content_hash=content).first()
    if mine is None:
        mine = Decision(item=item, officer=officer.name, content_hash=content)
    elif mine.verdict == verdict and not mine.voided:
        raise NotAllowed(f"notice {notice.number} needs a second officer; this one has decided already")
    mine.verdict, mine.reason_code, mine.comment, mine.decided_at, mine.voided = verdict, reason, comment, at, False
    mine.save()


def _count(notice: Notice, items: Sequence[Item]) -> None:
    """An open item is approved once as many different officers as the notice asks for approved its content as it is."""
    for item in items:
        if item.state != ItemState.OPEN:
            continue
        approvals = item.decisions.filter(verdict="approve", voided=False, content_hash=item_hash(notice, item))
        if approvals.values("officer").distinct().count() >= notice.four_eyes:
            item.state = ItemState.APPROVED
            item.save(update_fields=["state"])


def _finish(notice: Notice, items: list[Item], officer: Officer, at: datetime) -> None:
    """Where the notice goes now: back to the queue while an item is open, out when one is approved, else sent back.

    An item that was sent back leaves the text. What of the rest is then not the text that was approved is decided again.
    """
    states = {item.state for item in items}
    if not states & {ItemState.OPEN, ItemState.APPROVED}:
        move(notice, NoticeState.REJECTED, at=at, reason="sent_back")
        return
    if content_hash(notice, items, notice.body.text) != notice.content_hash:
        if not _rewritten(notice, officer, at):
            return
        items = _items(notice)
    if ItemState.OPEN in {item.state for item in items}:
        _give_back(notice, at)
        return
    put_out([notice], at=at)  # in the approval's own transaction: exactly one outbox row per approved notice
    move_all([notice], NoticeState.APPROVED, NoticeState.QUEUED, at=at, claimed_by="", claimed_until=None)


def _rewritten(notice: Notice, officer: Officer, at: datetime) -> bool:
    """The text without the items sent back; an approval of an item whose wording is another one now no longer counts."""
    try:
        rewrite(notice, at=at)
    except WordingError:
        take_back(notice, NoticeState.WITHDRAWN, reason="wording_missing", actor=officer.name, at=at)
        make_task("wording_missing", about_notice(notice), office=office_of(notice), at=at, key=notice.key)
        return False
    notice.body.refresh_from_db()
    notice.items.filter(state=ItemState.APPROVED).update(state=ItemState.OPEN)
    _count(notice, _items(notice))
    return True


def _give_back(notice: Notice, at: datetime) -> None:
    move(notice, NoticeState.PREPARED, at=at, claimed_by="", claimed_until=None)


def _record(notice: Notice, officer: Officer, action: str, details: Mapping[str, object], at: datetime) -> None:
    audit.append(
        municipality=notice.municipality_code,
        actor=officer.name,
        action=action,
        subject=f"notice:{notice.pk}",
        details=details,
        at=at,
    )
