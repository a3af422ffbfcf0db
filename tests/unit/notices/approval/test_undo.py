from datetime import timedelta

import pytest

from notices.approval.bulk import approve_selection, select
from notices.approval.decide import approve
from notices.approval.models import AuditRow, Decision, Notice, NoticeState, OutboxRow
from notices.approval.refusals import AlreadyDecided, NotAllowed
from notices.approval.states import move
from notices.approval.undo import can_undo, undo, undo_selection
from notices.approval.waiting import Filters
from tests.support.approvals import officer
from tests.support.morning import NOW, set_up_morning

pytestmark = pytest.mark.django_db
AOKI = officer("aoki", offices=("child_benefits",))
HEALTH = officer("m", offices=("maternal_health",))
AT = NOW + timedelta(minutes=1)


@pytest.fixture
def morning() -> list[Notice]:
    return set_up_morning()


def stored(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def test_an_approval_taken_back_leaves_nothing_on_its_way(morning: list[Notice]) -> None:
    approve(morning[2].pk, officer=AOKI, at=NOW, send_on=NOW.date() + timedelta(days=3))
    undo(morning[2].pk, officer=AOKI, at=AT)
    notice = stored(morning[2])
    assert (notice.state, notice.state_reason, notice.send_on) == ("prepared", "undone", None)
    assert (OutboxRow.objects.count(), Decision.objects.filter(voided=False).count()) == (0, 0)
    assert {item.state for item in notice.items.all()} == {"open"}
    assert AuditRow.objects.get(action="approval_undone").details == {"was": "queued"}
    assert approve(notice.pk, officer=AOKI, at=AT).state == "queued"


def test_a_colleague_of_the_office_may_take_it_back_and_nobody_else(morning: list[Notice]) -> None:
    approve(morning[2].pk, officer=AOKI, at=NOW)
    with pytest.raises(NotAllowed):
        undo(morning[2].pk, officer=HEALTH, at=AT)
    with pytest.raises(NotAllowed):
        undo(morning[2].pk, officer=officer(roles=("viewer",)), at=AT)
    assert undo(morning[2].pk, officer=officer("baba", offices=("child_benefits",)), at=AT).state == "prepared"


def test_what_another_office_approved_goes_on_counting(morning: list[Notice]) -> None:
    approve(morning[0].pk, officer=HEALTH, at=NOW)
    approve(morning[0].pk, officer=AOKI, at=NOW)
    undo(morning[0].pk, officer=AOKI, at=AT)
    assert {item.office: item.state for item in stored(morning[0]).items.all()} == {"child_benefits": "open", "maternal_health": "approved"}  # fmt: skip
    assert approve(morning[0].pk, officer=AOKI, at=AT).state == "queued"


def test_half_an_approval_can_be_taken_back_too(morning: list[Notice]) -> None:
    approve(morning[0].pk, officer=AOKI, at=NOW)
    assert undo(morning[0].pk, officer=AOKI, at=AT).state == "prepared"
    assert not can_undo(stored(morning[0]), AOKI)


def test_one_of_four_eyes_can_look_again(morning: list[Notice]) -> None:
    Notice.objects.filter(pk=morning[2].pk).update(four_eyes=2)
    approve(morning[2].pk, officer=AOKI, at=NOW)
    undo(morning[2].pk, officer=AOKI, at=AT)
    for name in ("aoki", "baba"):
        done = approve(morning[2].pk, officer=officer(name, offices=("child_benefits",)), at=AT)
    assert done.state == "queued"


@pytest.mark.parametrize("state", [NoticeState.SENDING, NoticeState.ACCEPTED])
def test_what_is_leaving_or_gone_is_not_taken_back(state: NoticeState, morning: list[Notice]) -> None:
    notice = approve(morning[2].pk, officer=AOKI, at=NOW)
    for step in (NoticeState.SENDING, NoticeState.ACCEPTED):
        notice = move(notice, step, at=AT)
        if step == state:
            break
    assert not can_undo(notice, AOKI)
    with pytest.raises(AlreadyDecided):
        undo(notice.pk, officer=AOKI, at=AT)
    assert stored(notice).state == state


def test_nothing_approved_is_nothing_to_take_back(morning: list[Notice]) -> None:
    with pytest.raises(AlreadyDecided):
        undo(morning[2].pk, officer=AOKI, at=AT)


def test_a_selection_is_taken_back_but_for_what_is_on_its_way(morning: list[Notice]) -> None:
    keys = [morning[at].pk for at in (2, 3, 4)]
    selection = select(AOKI, filters=Filters(), picked=keys, today=NOW.date(), at=NOW)
    approve_selection(selection.pk, officer=AOKI, at=NOW)
    move(stored(morning[4]), NoticeState.SENDING, at=AT)
    done = undo_selection(selection.pk, officer=AOKI, at=AT)
    assert done.outcome["undone"] == 2
    assert [stored(morning[at]).state for at in (2, 3, 4)] == ["prepared", "prepared", "sending"]
    assert list(OutboxRow.objects.values_list("notice_id", flat=True)) == [morning[4].pk]
    with pytest.raises(AlreadyDecided):
        undo_selection(selection.pk, officer=AOKI, at=AT)
    with pytest.raises(NotAllowed):
        undo_selection(selection.pk, officer=officer("baba", offices=("child_benefits",)), at=AT)
