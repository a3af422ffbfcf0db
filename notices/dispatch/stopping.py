"""What becomes of a notice that may not leave, or that left and should not have: its state, and a task so that somebody looks."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.core.clock import TOKYO
from notices.approval.audit import append
from notices.approval.models import Notice, NoticeState
from notices.approval.printing import FLAG, set_flag
from notices.approval.task_making import make_task
from notices.approval.withdraw import about_notice, halt, office_of, take_back
from notices.recipients.checks import Stop

ACTOR = "dispatch"
#: what is wrong with the notice itself, not with writing to these people: it is held until staff have looked
OF_THE_NOTICE = frozenset({"content_changed", "wrong_channel", FLAG})


def stop_notice(notice: Notice, found: Sequence[Stop], *, at: datetime) -> str:
    """Takes the notice back or holds it for the gravest reason; returns the reason a colleague may read.

    Call it inside a transaction. Raises StateError when somebody else changed the notice meanwhile.
    """
    of_people = [stop for stop in found if stop.reason not in OF_THE_NOTICE]
    if of_people:
        return halt(notice, of_people, actor=ACTOR, at=at, night=at.astimezone(TOKYO).date())
    reason = found[0].reason
    if reason == FLAG:
        set_flag(notice)
    take_back(notice, NoticeState.HELD, reason=reason, actor=ACTOR, at=at)
    give_task(notice, reason, at=at)
    return reason


def expire_notice(notice: Notice, *, at: datetime) -> None:
    """The deadline passed before it could leave: somebody has to make up for it. Call it inside a transaction."""
    night = at.astimezone(TOKYO).date()
    take_back(notice, NoticeState.EXPIRED, reason="deadline_passed", actor=ACTOR, at=at, night=night)
    give_task(notice, "missed_deadline", at=at)


def give_retraction(notice: Notice, *, restricted: bool, at: datetime) -> None:
    """It is out of the house and should not be: staff see whether it can be brought back."""
    if restricted:
        about = about_notice(notice, at.astimezone(TOKYO).date())
        make_task("support_measure", about, at=at, key=f"retraction:{notice.key}")
    else:
        give_task(notice, "sent_despite_stop", at=at)


def give_task(notice: Notice, kind: str, *, at: datetime) -> None:
    """One task of a kind about a notice, for the office of its most urgent item; none a second time."""
    about = about_notice(notice, at.astimezone(TOKYO).date())
    make_task(kind, about, office=office_of(notice), at=at, key=notice.key, due_on=notice.due_on)


def record(notice: Notice, action: str, details: Mapping[str, object], *, at: datetime) -> None:
    """One audit row about a notice."""
    subject = f"notice:{notice.pk}"
    append(municipality=notice.municipality_code, actor=ACTOR, action=action, subject=subject, details=details, at=at)
