"""What staff changed in the wording of one notice: which edit stands, and who may therefore not approve it."""

from notices.approval.models import Notice, NoticeEdit
from notices.approval.officer import Officer
from notices.approval.refusals import NotAllowed


def standing(notice: Notice) -> dict[str, NoticeEdit]:
    """The newest edit of each text: programme → edit; the event's opening stands under the empty name."""
    return {edit.programme: edit for edit in NoticeEdit.objects.filter(notice=notice).order_by("pk")}


def require_other_eyes(notice: Notice, officer: Officer) -> None:
    """Raises NotAllowed for whoever changed a word of this notice: another person answers for it."""
    if NoticeEdit.objects.filter(notice=notice, editor=officer.name).exists():
        raise NotAllowed(f"notice {notice.number} was edited by this officer; another person approves it")
