"""Does it add up: every notice in one state, every approved one in the outbox once, every accepted one with its attempt."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from notices.approval.models import Attempt, Notice, NoticeState

_APPROVED = (
    NoticeState.APPROVED,
    NoticeState.QUEUED,
    NoticeState.SENDING,
    NoticeState.ACCEPTED,
    NoticeState.DELIVERED,
    NoticeState.RETRY_WAIT,
    NoticeState.UNKNOWN,
    NoticeState.BOUNCED,
    NoticeState.FAILED,
)
_OUT = (NoticeState.ACCEPTED, NoticeState.DELIVERED, NoticeState.BOUNCED)
_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """How many notices were ever prepared, how many are in each state now, and what does not add up (numbers of notices)."""

    prepared: int
    by_state: Mapping[str, int]
    faults: tuple[str, ...]


def reconcile(municipality: str) -> Reconciled:
    """Counts the queue and checks the invariants of delivery. A fault is a mistake of ours or a hand in the database."""
    notices = Notice.objects.filter(municipality_code=municipality)
    counted = dict(notices.order_by().values_list("state").annotate(n=Count("pk")))
    prepared = notices.count()
    tries = Attempt.objects.filter(outbox__municipality_code=municipality)
    taken = tries.filter(outcome="accepted").values("outbox__notice")
    open_ones = tries.filter(ended_at=None).values("outbox__notice")
    twice = tries.filter(outcome="accepted").values("outbox__notice").annotate(n=Count("pk")).filter(n__gt=1)
    approved, out = notices.filter(state__in=_APPROVED), notices.filter(state__in=_OUT)
    sending = notices.filter(state=NoticeState.SENDING)
    not_sending = notices.exclude(state=NoticeState.SENDING)
    faults = [
        *_fault("approved without a row in the outbox", approved.filter(outbox=None)),
        *_fault("not what was approved", approved.exclude(outbox=None).exclude(outbox__content_hash=F("content_hash"))),
        *_fault("accepted without an attempt", out.exclude(pk__in=taken)),
        *_fault("taken by the channel, not accepted here", notices.exclude(state__in=_OUT).filter(pk__in=taken)),
        *_fault("taken by the channel more than once", notices.filter(pk__in=twice.values("outbox__notice"))),
        *_fault("being sent without an attempt", sending.exclude(pk__in=open_ones)),
        *_fault("not being sent, with an open attempt", not_sending.filter(pk__in=open_ones)),
    ]
    unknown = set(counted) - set(NoticeState.values)
    if unknown or sum(counted.values()) != prepared:
        faults.append(
            f"{prepared} prepared, but the states add up to {sum(counted.values())}; no states: {sorted(unknown)}"
        )
    return Reconciled(prepared=prepared, by_state=dict(sorted(counted.items())), faults=tuple(faults))


def _fault(what: str, found: QuerySet[Notice]) -> list[str]:
    count = found.count()
    if not count:
        return []
    shown = ", ".join(found.order_by("pk").values_list("number", flat=True)[:_SHOWN])
    return [f"{count} {what}: {shown}{' …' if count > _SHOWN else ''}"]
