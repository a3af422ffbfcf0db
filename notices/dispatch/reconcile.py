"""Does it add up: every notice in one state, every approved one in the outbox once, every accepted one with its attempt."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from notices.approval.models import Notice, NoticeState

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
    faults = [
        *_fault("approved without a row in the outbox", notices.filter(state__in=_APPROVED, outbox=None)),
        *_fault(
            "in the outbox with another content than approved",
            notices.filter(state__in=_APPROVED).exclude(outbox=None).exclude(outbox__content_hash=F("content_hash")),
        ),
        *_fault("accepted without an attempt", _attempted(notices).filter(state__in=_OUT, taken=0)),
        *_fault("taken by the channel, but not accepted here", _attempted(notices).exclude(state__in=_OUT).filter(taken__gt=0)),
        *_fault("taken by the channel more than once", _attempted(notices).filter(taken__gt=1)),
        *_fault("being sent without an attempt", _attempted(notices).filter(state=NoticeState.SENDING, open=0)),
        *_fault("not being sent, with an open attempt", _attempted(notices).exclude(state=NoticeState.SENDING).filter(open__gt=0)),
    ]  # fmt: skip
    unknown = set(counted) - set(NoticeState.values)
    if unknown or sum(counted.values()) != prepared:
        faults.append(
            f"{prepared} prepared, but the states add up to {sum(counted.values())}; no states: {sorted(unknown)}"
        )
    return Reconciled(prepared=prepared, by_state=dict(sorted(counted.items())), faults=tuple(faults))


def _attempted(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.annotate(
        taken=Count("outbox__attempts", filter=Q(outbox__attempts__outcome="accepted")),
        open=Count("outbox__attempts", filter=Q(outbox__attempts__ended_at=None, outbox__attempts__started_at__isnull=False)),
    )  # fmt: skip


def _fault(what: str, found: QuerySet[Notice]) -> list[str]:
    count = found.count()
    if not count:
        return []
    shown = ", ".join(found.order_by("pk").values_list("number", flat=True)[:_SHOWN])
    return [f"{count} {what}: {shown}{' …' if count > _SHOWN else ''}"]
