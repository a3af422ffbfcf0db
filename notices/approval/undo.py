"""Taking an approval back before anything leaves the house: one notice, or a whole selection."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from notices.approval import audit
from notices.approval.models import Decision, Item, ItemState, Notice, NoticeState, OutboxRow, Selection
from notices.approval.officer import Officer
from notices.approval.refusals import AlreadyDecided, NotAllowed
from notices.approval.states import OPEN, move_all
from notices.many import Among
from notices.site import installed

_ON_ITS_WAY = (NoticeState.APPROVED, NoticeState.QUEUED)


def can_undo(notice: Notice, officer: Officer) -> bool:
    """Whether an approval of this officer's offices can be taken back now: until the notice is being sent."""
    return not_leaving(notice) and _approvals([notice.pk], officer).exists()


def not_leaving(notice: Notice) -> bool:
    """Whether nothing is on its way to the resident yet that an approval could be taken back from."""
    return notice.state in (*OPEN, *_ON_ITS_WAY)


def undo(notice_id: int, *, officer: Officer, at: datetime) -> Notice:
    """Takes back what the officer's offices approved of a notice; what other offices approved goes on counting.

    Raises NotAllowed without a part in it, AlreadyDecided when nothing is approved or it is being sent or gone.
    """
    officer.needs("reviewer", "approver")
    with transaction.atomic():
        rows = Notice.objects.select_for_update().filter(pk=notice_id, municipality_code=officer.municipality)
        notice = rows.first()
        if notice is None or not notice.items.filter(office__in=sorted(officer.offices)).exists():
            raise NotAllowed("there is no such notice among this officer's offices")
        if not can_undo(notice, officer):
            raise AlreadyDecided(f"notice {notice.number} is {notice.state}: there is no approval to take back")
        _take_back([notice], officer, at, {})
    audit.anchor(installed(), at=at)
    return notice


def undo_selection(selection_id: int, *, officer: Officer, at: datetime) -> Selection:
    """Takes back everything a selection approved that has not begun to leave; `outcome` says how many it was.

    Raises NotAllowed for another officer's, AlreadyDecided when it was not approved or was undone before.
    """
    officer.needs("approver")
    with transaction.atomic():
        rows = Selection.objects.select_for_update().filter(pk=selection_id, municipality_code=officer.municipality)
        selection = rows.filter(officer=officer.name).first()
        if selection is None:
            raise NotAllowed("there is no such selection of this officer")
        if selection.approved_at is None or selection.undone_at is not None:
            raise AlreadyDecided("this selection was not approved, or was taken back already")
        keys = selection.outcome["approved"]
        notices = [one for one in _locked(keys) if one.state in (*OPEN, *_ON_ITS_WAY)]
        approved = set(_approvals([one.pk for one in notices], officer).values_list("item__notice_id", flat=True))
        notices = [one for one in notices if one.pk in approved]
        _take_back(notices, officer, at, {"selection": selection.pk})
        selection.undone_at = at
        selection.outcome = selection.outcome | {"undone": len(notices)}
        selection.save(update_fields=["undone_at", "outcome"])
    audit.anchor(installed(), at=at)
    return selection


def _locked(keys: Sequence[int]) -> list[Notice]:
    return list(Notice.objects.select_for_update().filter(pk__in=Among(keys)).order_by("pk"))


def _approvals(keys: Sequence[int], officer: Officer) -> QuerySet[Decision]:
    return Decision.objects.filter(
        item__notice__in=Among(keys),
        item__office__in=sorted(officer.offices),
        item__state__in=(ItemState.OPEN, ItemState.APPROVED),
        verdict="approve",
        voided=False,
    )


def _take_back(notices: Sequence[Notice], officer: Officer, at: datetime, details: dict[str, int]) -> None:
    states = {notice.pk: notice.state for notice in notices}
    move_all([one for one in notices if one.state in _ON_ITS_WAY], NoticeState.PREPARED, at=at, reason="undone")
    keys = list(states)
    if keys:
        _approvals(keys, officer).update(voided=True)
        items = Item.objects.filter(notice__in=Among(keys), office__in=sorted(officer.offices))
        items.filter(state=ItemState.APPROVED).update(state=ItemState.OPEN)
        OutboxRow.objects.filter(notice__in=Among(keys), attempts__isnull=True).delete()
        Notice.objects.filter(pk__in=Among(keys)).update(send_on=None)
        about = [(f"notice:{pk}", {"was": state, **details}) for pk, state in states.items()]
        audit.append_all(
            municipality=officer.municipality, actor=officer.name, action="approval_undone", about=about, at=at
        )
