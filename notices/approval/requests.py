"""What staff ask the next night to do: written down with who and why, done once, both in the audit chain."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from engine.core.clock import Clock
from engine.core.errors import InputError, StateError
from engine.core.requests import ACCEPT_FILE, RELEASE_HOLD, SWEEP
from engine.core.requests import RunRequest as Asked
from events.releases import require_held
from notices.approval import audit
from notices.approval.models import RunRequest
from notices.approval.officer import Officer
from notices.site import installed

#: who may ask for what
ROLES: Mapping[str, tuple[str, ...]] = {
    RELEASE_HOLD: ("operator",),
    ACCEPT_FILE: ("operator",),
    SWEEP: ("operator", "approver"),
}
_LENGTH = 300
_NIGHT = "night"  #: the actor of what a night did


def ask(kind: str, payload: Mapping[str, Any], *, officer: Officer, reason: str, at: datetime) -> RunRequest:
    """Writes a request down for the next night. `payload`: JSON values without personal data.

    Raises NotAllowed without the role that the kind asks for, InputError without a reason and when the same already waits.
    """
    reason = answered_for(kind, officer, reason)
    with transaction.atomic():
        same = RunRequest.objects.select_for_update().filter(municipality_code=officer.municipality, kind=kind)
        earlier = next((one for one in same.filter(done_at=None) if one.payload == dict(payload)), None)
        if earlier is not None:
            raise InputError(f"{earlier.asked_by} has asked for this already; the next night does it")
        row = RunRequest.objects.create(
            municipality_code=officer.municipality,
            kind=kind,
            payload=dict(payload),
            asked_by=officer.name,
            reason=reason,
            asked_at=at,
        )
        _record("run_requested", row, officer.name, {"kind": kind, "payload": row.payload, "reason": reason}, at)
    audit.anchor(installed(), at=at)
    return row


def answered_for(kind: str, officer: Officer, reason: str) -> str:
    """The reason as it is kept. Raises NotAllowed without the role that the kind asks for, InputError without a name or a reason."""
    officer.needs(*ROLES[kind])
    kept = reason.strip()[:_LENGTH]
    if not kept or not officer.name.strip():
        raise InputError("say who asks (--by) and why (--reason)")
    return kept


def ask_release(code: str, night: str, *, officer: Officer, reason: str, at: datetime) -> RunRequest:
    """Asks for the release of a kind of event that a night (ISO date) held; the next night settles them.

    Raises InputError when the newest snapshot holds none of it as held.
    """
    require_held(installed(), code, night)
    return ask(RELEASE_HOLD, {"code": code, "night": night}, officer=officer, reason=reason, at=at)


def waiting(municipality: str, kind: str) -> list[RunRequest]:
    """What was asked for and is not done, oldest first."""
    rows = RunRequest.objects.filter(municipality_code=municipality, kind=kind, done_at=None)
    return list(rows.order_by("id"))


def done(number: int, outcome: str, *, stopped_by: str = "", at: datetime) -> None:
    """Records what came of a request, done by the night, or `stopped_by` somebody. Raises StateError when it is done already."""
    with transaction.atomic():
        if not RunRequest.objects.filter(pk=number, done_at=None).update(done_at=at, outcome=outcome[:_LENGTH]):
            raise StateError(f"request {number} is done already")
        row = RunRequest.objects.get(pk=number)
        actor, action = (stopped_by, "run_stopped") if stopped_by else (_NIGHT, "run_performed")
        _record(action, row, actor, {"kind": row.kind, "outcome": row.outcome}, at)
    audit.anchor(installed(), at=at)


class DjangoRunRequests:
    """`engine.core.requests.RunRequests` of one municipality, on the queue store."""

    def __init__(self, municipality: str, clock: Clock) -> None:
        """`clock` says when something was done."""
        self._municipality, self._clock = municipality, clock

    def waiting(self, kind: str) -> Sequence[Asked]:
        """What was asked for and is not done, oldest first."""
        return [
            Asked(
                number=row.pk,
                kind=row.kind,
                payload=row.payload,
                asked_by=row.asked_by,
                reason=row.reason,
                asked_at=row.asked_at,
            )
            for row in waiting(self._municipality, kind)
        ]

    def done(self, request: Asked, outcome: str) -> None:
        """Records what came of it, in the audit chain too."""
        done(request.number, outcome, at=self._clock.now())


def _record(action: str, row: RunRequest, actor: str, details: Mapping[str, Any], at: datetime) -> None:
    audit.append(
        municipality=row.municipality_code,
        actor=actor,
        action=action,
        subject=f"request:{row.pk}",
        details=details,
        at=at,
    )
