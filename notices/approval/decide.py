"""Approving and sending back: one transaction each, with every check again inside it. The only makers of approvals."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings as django_settings
from django.db import transaction

from engine.core.clock import TOKYO
from engine.core.errors import InputError, StateError
from engine.core.settings import Settings
from notices.approval import audit
from notices.approval.hashing import content_hash
from notices.approval.models import Decision, Item, ItemState, Notice, NoticeState, OutboxRow
from notices.approval.officer import NotAllowed, Officer
from notices.approval.states import OPEN, move
from notices.recipients.checks import require_safety, stops
from notices.wording.models import Wording

REJECT_REASONS: dict[str, tuple[str, str]] = {
    "wrong_person": ("宛先が違う", "Wrong addressee"),
    "wrong_facts": ("金額や期限が違う", "Wrong amount or deadline"),
    "already_done": ("手続きがすんでいる", "Already done"),
    "wording": ("文面を直したい", "The wording should change"),
    "other": ("その他", "Other"),
}


class AlreadyDecided(StateError):
    """Somebody decided it before."""

    code = "already_decided"


class ContentChanged(StateError):
    """The notice is no longer what was shown."""

    code = "content_changed"


def claim(notice_id: int, *, officer: Officer, at: datetime) -> Notice:
    """Takes a notice on for a while. Raises AlreadyDecided, or StateError while a colleague has it."""
    with transaction.atomic():
        notice = _locked(notice_id, officer)
        if notice.state not in OPEN:
            raise AlreadyDecided(f"notice {notice.number} is {notice.state} already")
        if (
            notice.claimed_by not in {"", officer.name}
            and notice.claimed_until is not None
            and notice.claimed_until > at
        ):
            raise StateError(
                f"notice {notice.number} is being reviewed by a colleague until {notice.claimed_until.astimezone(TOKYO):%H:%M}"
            )
        if notice.state == NoticeState.PREPARED:
            move(notice, NoticeState.IN_REVIEW, at=at)
        notice.claimed_by, notice.claimed_until = (
            officer.name,
            at + timedelta(seconds=_site().waits.claim_lease_seconds),
        )
        notice.save(update_fields=["claimed_by", "claimed_until"])
    return notice


def release(notice_id: int, *, officer: Officer, at: datetime) -> Notice:
    """Gives a notice back undecided. Raises StateError when a colleague has it."""
    with transaction.atomic():
        notice = _locked(notice_id, officer)
        if (
            notice.claimed_by not in {"", officer.name}
            and notice.claimed_until is not None
            and notice.claimed_until > at
        ):
            raise StateError(f"notice {notice.number} is a colleague's at the moment")
        if notice.state == NoticeState.IN_REVIEW:
            _give_back(notice, at)
    return notice


def approve(notice_id: int, *, officer: Officer, at: datetime, item_ids: Sequence[int] | None = None) -> Notice:
    """Approves an officer's own items (all, or those named); the notice goes on once every item is decided.

    Raises NotAllowed, AlreadyDecided, ContentChanged, StateError, or SafetyStop when the safety facts are not good.
    A stop found for the people concerned suppresses the notice and raises StateError that names it.
    """
    officer.needs("approver")
    require_safety(officer.municipality, now=at)
    stopped = _stop(notice_id, officer, at)
    if stopped is not None:
        raise StateError(f"the notice was stopped and will not be sent: {stopped}")
    with transaction.atomic():
        notice = _decidable(notice_id, officer, at)
        items = _chosen(notice, officer, item_ids)
        expected = content_hash(notice, list(notice.items.all()), notice.body.text)
        if expected != notice.content_hash:
            raise ContentChanged(
                f"notice {notice.number} was changed after it was prepared; it cannot be approved as it stands"
            )
        _require_wordings(notice, items)
        for item in items:
            _decide(item, notice, officer, at, "approve")
        _finish(notice, at)
        details = {"items": [item.pk for item in items], "content": notice.content_hash, "state": notice.state}
        _record(notice, officer, "items_approved", details, at)
    audit.anchor(_site(), at=at)
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
    """Sends an officer's own items back with a reason. Raises InputError for a missing reason or comment, else like approve."""
    if not officer.roles & {"reviewer", "approver"}:
        raise NotAllowed("sending back needs the role reviewer")
    if reason_code not in REJECT_REASONS:
        raise InputError(f"a reason is needed: one of {', '.join(REJECT_REASONS)}")
    if reason_code == "other" and not comment.strip():
        raise InputError("the reason «other» needs a comment")
    with transaction.atomic():
        notice = _decidable(notice_id, officer, at)
        items = _chosen(notice, officer, item_ids)
        for item in items:
            _decide(item, notice, officer, at, "reject", reason_code, comment)
        _finish(notice, at)
        details = {"items": [item.pk for item in items], "reason": reason_code, "state": notice.state}
        _record(notice, officer, "items_rejected", details, at)
    audit.anchor(_site(), at=at)
    return notice


def _site() -> Settings:
    site: Settings = getattr(django_settings, "TODOKE")  # noqa: B009 - not one of Django's own settings
    return site


def _locked(notice_id: int, officer: Officer) -> Notice:
    found = Notice.objects.select_for_update().filter(pk=notice_id, municipality_code=officer.municipality).first()
    if found is None or not found.items.filter(office__in=officer.offices).exists():
        raise NotAllowed("there is no such notice among this officer's offices")
    return found


def _decidable(notice_id: int, officer: Officer, at: datetime) -> Notice:
    notice = _locked(notice_id, officer)
    if notice.state not in OPEN:
        raise AlreadyDecided(f"notice {notice.number} is {notice.state} already")
    return claim(notice_id, officer=officer, at=at)


def _stop(notice_id: int, officer: Officer, at: datetime) -> str | None:
    """Suppresses the notice when a reason not to write has come up since it was prepared; returns the reason."""
    with transaction.atomic():
        notice = _locked(notice_id, officer)
        if notice.state not in OPEN:
            return None
        found = stops(
            notice.municipality_code,
            addressee_id=notice.addressee_id,
            subject_ids=notice.subject_ids,
            household_id=notice.household_id,
            programmes=list(notice.items.values_list("programme", "kind")),
        )
        if not found:
            return None
        move(notice, NoticeState.SUPPRESSED, at=at, reason=found[0].reason)
        _record(notice, officer, "notice_suppressed", {"reason": found[0].reason}, at)
    return found[0].reason


def _chosen(notice: Notice, officer: Officer, item_ids: Sequence[int] | None) -> list[Item]:
    mine = [item for item in notice.items.order_by("position") if item.office in officer.offices]
    chosen = [item for item in mine if item.state == ItemState.OPEN and (item_ids is None or item.pk in item_ids)]
    if item_ids is not None and set(item_ids) - {item.pk for item in mine}:
        raise NotAllowed("an item belongs to another office, which decides it")
    if not chosen:
        raise AlreadyDecided(f"notice {notice.number} has no open item of this officer's offices")
    return chosen


def _require_wordings(notice: Notice, items: Sequence[Item]) -> None:
    for item in items:
        use = Wording.objects.filter(
            municipality_code=notice.municipality_code,
            programme=item.programme,
            event=notice.event,
            version=item.wording_version,
        )
        if not use.filter(state=Wording.State.APPROVED).exists():
            raise StateError(f"the wording of {item.programme} in notice {notice.number} is not approved (any more)")


def _decide(
    item: Item, notice: Notice, officer: Officer, at: datetime, verdict: str, reason: str = "", comment: str = ""
) -> None:
    """Writes one decision. An item needs as many different approvers as its notice asks for; one rejection is enough."""
    _, new = Decision.objects.get_or_create(
        item=item,
        officer=officer.name,
        content_hash=notice.content_hash,
        defaults={"verdict": verdict, "reason_code": reason, "comment": comment, "decided_at": at},
    )
    if not new:
        raise NotAllowed(f"notice {notice.number} needs a second officer; this one has decided already")
    approvals = item.decisions.filter(verdict="approve", content_hash=notice.content_hash, voided=False).count()
    if verdict == "reject":
        item.state = ItemState.REJECTED
    elif approvals >= notice.four_eyes:
        item.state = ItemState.APPROVED
    item.save(update_fields=["state"])


def _finish(notice: Notice, at: datetime) -> None:
    """Where the notice goes now: back to the queue while an item is open, out when one is approved, else sent back."""
    states = set(notice.items.values_list("state", flat=True))
    if ItemState.OPEN in states:
        _give_back(notice, at)
    elif ItemState.REJECTED in states:
        # the text names every item, so a bundle with one sent back is not the text that was approved
        move(notice, NoticeState.REJECTED, at=at, reason="sent_back")
    else:
        move(notice, NoticeState.APPROVED, at=at)
        _queue(notice, at)


def _queue(notice: Notice, at: datetime) -> None:
    """The outbox row, in the approval's own transaction: exactly one per approved notice."""
    begin = at + timedelta(seconds=_site().waits.undo_seconds)
    if notice.not_before is not None:
        begin = max(begin, datetime.combine(notice.not_before, datetime.min.time(), tzinfo=TOKYO))
    OutboxRow.objects.create(
        notice=notice,
        municipality_code=notice.municipality_code,
        channel="folder",
        content_hash=notice.content_hash,
        not_before=begin,
        not_after=notice.due_on,
        created_at=at,
    )


def _give_back(notice: Notice, at: datetime) -> None:
    move(notice, NoticeState.PREPARED, at=at)
    notice.claimed_by, notice.claimed_until = "", None
    notice.save(update_fields=["claimed_by", "claimed_until"])


def _record(notice: Notice, officer: Officer, action: str, details: dict[str, object], at: datetime) -> None:
    audit.append(
        municipality=notice.municipality_code,
        actor=officer.name,
        action=action,
        subject=f"notice:{notice.pk}",
        details=details,
        at=at,
    )
