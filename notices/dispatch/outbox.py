"""The outbox's rows on their way: which are due, taking one on, and settling what a dispatcher that died left behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Max

from engine.core.clock import TOKYO
from engine.core.errors import StateError
from engine.core.settings import Dispatch
from notices.approval.models import Attempt, NoticeState, OutboxRow
from notices.approval.states import move
from notices.dispatch.channel import Channel
from notices.dispatch.stopping import CONSEQUENCES, DELIVERY_UNKNOWN, give_task, record, stop_notice
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
        stop_notice(row.notice, Stop("deadline_passed", ""), CONSEQUENCES["deadline_passed"], at=now)
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


def sweep(municipality: str, channel: Channel, *, lease: timedelta, now: datetime) -> int:
    """Settles hand-overs silent for longer than the lease; returns how many.

    Those of an idempotent channel go back to the queue, where the next attempt first asks the channel whether it has the
    notice. Of any other nobody knows: `unknown`, and staff find out.
    """
    rows = (
        OutboxRow.objects.filter(municipality_code=municipality, notice__state=NoticeState.SENDING)
        .annotate(begun_at=Max("attempts__started_at"))
        .filter(begun_at__lte=now - lease)
    )
    return sum(_settle(pk, channel, now=now) for pk in list(rows.values_list("pk", flat=True)))


def _settle(pk: int, channel: Channel, *, now: datetime) -> bool:
    try:
        with transaction.atomic():
            row = OutboxRow.objects.select_related("notice").get(pk=pk)
            if row.notice.state != NoticeState.SENDING:
                return False
            if row.channel == channel.name and channel.idempotent:
                move(row.notice, NoticeState.QUEUED, at=now, reason="taken_up_again")
            else:
                move(row.notice, NoticeState.UNKNOWN, at=now, reason="silent")
                give_task(row.notice, DELIVERY_UNKNOWN, at=now)
                record(row.notice, "notice_unknown", {"reason": "silent"}, at=now)
            end(row.attempts.latest("pk"), "unknown", at=now)
            return True
    except StateError:
        return False  # the dispatcher was slow, not dead, and has settled it itself


def accept(claimed: Claimed, receipt: str, *, at: datetime) -> None:
    """The channel has it. Call it inside a transaction. Raises StateError when somebody else settled it meanwhile."""
    notice = claimed.row.notice
    move(notice, NoticeState.ACCEPTED, at=at)
    end(claimed.attempt, "accepted", at=at, receipt=receipt)
    details = {"channel": claimed.row.channel, "content": claimed.row.content_hash, "receipt": receipt}
    record(notice, "notice_accepted", details, at=at)
