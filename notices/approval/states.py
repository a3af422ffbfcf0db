"""The one table of what may become of a notice. Nothing else writes a state."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F

from engine.core.errors import StateError
from notices.approval.models import OPEN, Notice, NoticeState
from notices.many import Among

S = NoticeState
_STOPS = (S.WITHDRAWN, S.SUPPRESSED, S.HELD, S.EXPIRED)
TRANSITIONS: Mapping[NoticeState, frozenset[NoticeState]] = {
    S.PREPARED: frozenset({S.IN_REVIEW, S.REJECTED, *_STOPS}),
    S.IN_REVIEW: frozenset({S.PREPARED, S.APPROVED, S.REJECTED, *_STOPS}),
    S.APPROVED: frozenset({S.QUEUED, S.PREPARED, *_STOPS}),
    S.QUEUED: frozenset({S.SENDING, S.PREPARED, *_STOPS}),
    S.SENDING: frozenset({S.ACCEPTED, S.QUEUED, S.RETRY_WAIT, S.UNKNOWN, S.FAILED, *_STOPS}),
    S.RETRY_WAIT: frozenset({S.SENDING, S.FAILED, *_STOPS}),
    S.UNKNOWN: frozenset({S.ACCEPTED, S.FAILED, S.RETRY_WAIT}),
    S.ACCEPTED: frozenset({S.DELIVERED, S.BOUNCED}),
    S.DELIVERED: frozenset({S.BOUNCED}),
    S.HELD: frozenset({S.PREPARED, S.WITHDRAWN, S.SUPPRESSED, S.EXPIRED}),
    S.REJECTED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.EXPIRED: frozenset(),
    S.SUPPRESSED: frozenset(),
    S.BOUNCED: frozenset(),
    S.FAILED: frozenset(),
}
#: not out of the house yet: a record change still takes these back by itself
UNSENT = (S.PREPARED, S.IN_REVIEW, S.APPROVED, S.QUEUED, S.RETRY_WAIT, S.HELD)
#: out of the house, or perhaps: only a person can take these back
SENT = (S.SENDING, S.ACCEPTED, S.DELIVERED, S.UNKNOWN)
__all__ = ["OPEN", "SENT", "TRANSITIONS", "UNSENT", "move", "move_all"]


def move(notice: Notice, to: NoticeState, *, at: datetime, reason: str = "", **also: object) -> Notice:
    """Takes a notice to another state if nobody changed it meanwhile; updates the object given. also: what else changes with it.

    Raises StateError when the table does not allow it or when another process was faster.
    """
    current = NoticeState(notice.state)
    if to not in TRANSITIONS[current]:
        raise StateError(f"notice {notice.number} is {current.value} and cannot become {to.value}")
    changed = Notice.objects.filter(pk=notice.pk, version=notice.version, state=current).update(
        state=to, state_reason=reason[:200], version=F("version") + 1, changed_at=at, **also
    )
    if not changed:
        raise StateError(f"notice {notice.number} was changed by somebody else meanwhile; open it again")
    notice.state, notice.state_reason, notice.version, notice.changed_at = to, reason[:200], notice.version + 1, at
    for name, value in also.items():
        setattr(notice, name, value)
    return notice


def move_all(notices: Sequence[Notice], *path: NoticeState, at: datetime, reason: str = "", **also: object) -> None:
    """The same for many at once, all or none, along a path of states; call it inside a transaction that holds them.

    Each step has to be in the table, and counts as one change of the notice. Raises StateError like `move`.
    """
    groups: dict[tuple[str, int], list[Notice]] = {}
    for notice in notices:
        for step, to in zip((NoticeState(notice.state), *path), path, strict=False):
            if to not in TRANSITIONS[step]:
                raise StateError(f"notice {notice.number} is {step.value} and cannot become {to.value}")
        groups.setdefault((notice.state, notice.version), []).append(notice)
    to = path[-1]
    for (state, version), alike in groups.items():
        rows = Notice.objects.filter(pk__in=Among(one.pk for one in alike), state=state, version=version)
        changed = rows.update(
            state=to, state_reason=reason[:200], version=F("version") + len(path), changed_at=at, **also
        )
        if changed != len(alike):
            raise StateError("some of these notices were changed by somebody else meanwhile; choose them again")
    for notice in notices:
        notice.state, notice.state_reason, notice.changed_at = to, reason[:200], at
        notice.version += len(path)
        for name, value in also.items():
            setattr(notice, name, value)
