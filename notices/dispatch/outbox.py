"""The outbox's rows on their way: which are due, taking one on, and settling what a dispatcher that died left behind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Max

from engine.core.clock import TOKYO
from engine.core.errors import StateError
from engine.core.settings import Dispatch
from notices.approval.models import Attempt, NoticeState, OutboxRow
from notices.approval.states import move
from notices.dispatch.channel import Channel, Refused
from notices.dispatch.lastlook import last_look
from notices.dispatch.stopping import expire_notice, give_retraction, give_task, record
from notices.recipients.checks import Stop

_WAITING = (NoticeState.APPROVED, NoticeState.QUEUED, NoticeState.RETRY_WAIT)


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A notice this dispatcher alone is sending, with the attempt that was committed for it."""

    row: OutboxRow
    attempt: Attempt


def due(municipality: str, *, settings: Dispatch, now: datetime) -> Iterator[int]:
    """Keys of the outbox rows that may go now, nearest deadline first."""
    rows = (
        OutboxRow.objects.filter(municipality_code=municipality, notice__state__in=_WAITING, not_before__lte=now)
        .annotate(tries=Count("attempts"), tried_at=Max("attempts__ended_at"))
        .order_by(F("not_after").asc(nulls_last=True), "pk")
    )
    for pk, state, tries, tried_at in rows.values_list("pk", "notice__state", "tries", "tried_at"):
        if state != NoticeState.RETRY_WAIT or tried_at is None or tried_at + backoff(settings, pk, tries) <= now:
            yield pk


def waiting(municipality: str) -> int:
    """How many approved notices have not left: too early, or waiting to be tried again."""
    return OutboxRow.objects.filter(municipality_code=municipality, notice__state__in=_WAITING).count()


def backoff(settings: Dispatch, pk: int, tries: int) -> timedelta:
    """Twice as long after each refusal, up to a day, and not all at the same second."""
    seconds = min(settings.backoff_seconds * 2 ** max(tries - 1, 0), 86_400)
    return timedelta(seconds=seconds + pk % 60)


def expire(pk: int, *, now: datetime) -> bool:
    """Stops a notice whose deadline passed before it could leave. One that was late when approved goes nevertheless."""
    row = OutboxRow.objects.select_related("notice").get(pk=pk)
    begun = row.created_at.astimezone(TOKYO).date()
    if row.not_after is None or row.not_after >= now.astimezone(TOKYO).date() or row.not_after < begun:
        return False
    with transaction.atomic():
        expire_notice(row.notice, at=now)
    return True


def claim(pk: int, *, now: datetime) -> Claimed | None:
    """Takes one row on: compare-and-set to `sending` and the attempt, in one commit. None when another was faster."""
    try:
        with transaction.atomic():
            row = OutboxRow.objects.select_related("notice", "notice__body").get(pk=pk)
            if row.notice.state not in _WAITING:
                return None
            if row.notice.state == NoticeState.APPROVED:
                move(row.notice, NoticeState.QUEUED, at=now)
            move(row.notice, NoticeState.SENDING, at=now)
            return Claimed(row=row, attempt=Attempt.objects.create(outbox=row, started_at=now))
    except StateError:
        return None


def end(attempt: Attempt, outcome: str, *, at: datetime, receipt: str = "") -> None:
    """Ends an attempt: accepted, refused, unknown or stopped."""
    attempt.ended_at, attempt.outcome, attempt.receipt = at, outcome, receipt[:200]
    attempt.save(update_fields=["ended_at", "outcome", "receipt"])


def sweep(municipality: str, channels: Mapping[str, Channel], *, lease: timedelta, now: datetime) -> int:
    """Settles hand-overs silent for longer than the lease; returns how many.

    An idempotent channel is asked whether it has the notice: accepted if so, else what is half done is removed and the
    notice goes back to the queue. Of any other channel nobody knows: `unknown`, and staff find out.
    """
    rows = (
        OutboxRow.objects.filter(municipality_code=municipality, notice__state=NoticeState.SENDING)
        .annotate(begun_at=Max("attempts__started_at"))
        .filter(begun_at__lte=now - lease)
    )
    return sum(_settle(pk, channels, now=now) for pk in list(rows.values_list("pk", flat=True)))


def _settle(pk: int, channels: Mapping[str, Channel], *, now: datetime) -> bool:
    try:
        with transaction.atomic():
            row = OutboxRow.objects.select_related("notice", "notice__body").get(pk=pk)
            if row.notice.state != NoticeState.SENDING:
                return False
            claimed = Claimed(row=row, attempt=row.attempts.latest("pk"))
            channel = channels.get(row.channel)
            if channel is not None and channel.idempotent:
                _ask(claimed, channel, now=now)
            else:
                move(row.notice, NoticeState.UNKNOWN, at=now, reason="silent")
                end(claimed.attempt, "unknown", at=now)
                give_task(row.notice, "unknown_delivery", at=now)
                record(row.notice, "notice_unknown", {"reason": "silent"}, at=now)
            return True
    except StateError:
        return False  # the dispatcher was slow, not dead, and has settled it itself


def _ask(claimed: Claimed, channel: Channel, *, now: datetime) -> None:
    receipt = taken_before(claimed.row, channel)
    if receipt is not None:
        accept(claimed, receipt, last_look(claimed.row), at=now)
        return
    move(claimed.row.notice, NoticeState.QUEUED, at=now, reason="taken_up_again")
    end(claimed.attempt, "unknown", at=now)


def taken_before(row: OutboxRow, channel: Channel) -> str | None:
    """The receipt of an attempt nobody saw the end of; without one, what it left half done is removed."""
    try:
        receipt = channel.taken(number=row.notice.number, key=row.notice.key)
    except Refused:
        return None  # not this notice's: the next attempt is refused in the open
    if receipt is None:
        channel.clear(row.notice.number)
    return receipt


def accept(claimed: Claimed, receipt: str, found: Sequence[Stop], *, at: datetime) -> None:
    """The channel has it. `found`: reasons against it that came up after it left. Call it inside a transaction.

    Raises StateError when somebody else settled it meanwhile.
    """
    notice = claimed.row.notice
    move(notice, NoticeState.ACCEPTED, at=at)
    end(claimed.attempt, "accepted", at=at, receipt=receipt)
    details = {"channel": claimed.row.channel, "content": claimed.row.content_hash, "receipt": receipt}
    record(notice, "notice_accepted", details, at=at)
    if found:
        give_retraction(notice, restricted=any(stop.restricted for stop in found), at=at)
