"""Staff tasks as an officer sees them: their own offices', and the restricted ones for the named role only."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from engine.core.errors import InputError
from notices.approval import audit
from notices.approval.models import StaffTask
from notices.approval.officer import Officer
from notices.approval.refusals import AlreadyDecided, NotAllowed
from notices.site import installed

SEES_RESTRICTED = "support_measures"  #: the role that sees restricted tasks, of all offices


def visible(officer: Officer) -> QuerySet[StaffTask]:
    """Every task this officer may see. Without office scope, the named role sees the restricted ones of all offices."""
    mine = Q(restricted=False, office__in=officer.offices)
    if SEES_RESTRICTED in officer.roles:
        mine |= Q(restricted=True)
    return StaffTask.objects.filter(mine, municipality_code=officer.municipality)


def open_tasks(officer: Officer) -> list[StaffTask]:
    """The open tasks, nearest due date first."""
    return list(visible(officer).filter(state=StaffTask.State.OPEN).order_by("due_on", "id"))


def task(officer: Officer, task_id: int) -> StaffTask:
    """One task. Raises NotAllowed when it is not there or not this officer's to see: both sound the same."""
    found = visible(officer).filter(pk=task_id).first()
    if found is None:
        raise NotAllowed("there is no such task for this officer")
    return found


def close(task_id: int, *, officer: Officer, at: datetime, outcome: str) -> StaffTask:
    """Closes a task with what was found out. Raises NotAllowed, InputError without an outcome, AlreadyDecided when it is closed."""
    officer.needs("reviewer", "approver", "support_measures")
    if not outcome.strip():
        raise InputError("say what was found out before closing the task")
    with transaction.atomic():
        found = visible(officer).select_for_update().filter(pk=task_id).first() or task(officer, task_id)
        if found.state != StaffTask.State.OPEN:
            raise AlreadyDecided(f"task {task_id} is {found.state} already")
        found.state, found.outcome = StaffTask.State.DONE, outcome.strip()
        found.done_by, found.done_at = officer.name, at
        found.save(update_fields=["state", "outcome", "done_by", "done_at"])
        audit.append(
            municipality=officer.municipality,
            actor=officer.name,
            action="task_closed",
            subject=f"task:{task_id}",
            details={"kind": found.kind},
            at=at,
        )
    audit.anchor(installed(), at=at)
    return found
