from datetime import timedelta

import pytest

from engine.core.clock import FixedClock
from engine.core.errors import InputError
from notices.approval import calls
from notices.approval.decide import approve
from notices.approval.models import AuditRow, Notice, OutboxRow, PersonLook, StaffTask
from notices.approval.refusals import NotAllowed
from notices.dispatch.run import dispatch
from notices.recipients.models import Block, Contact, Wish
from notices.site import installed
from tests.support.approvals import AT, EVERY_OFFICE, FRIDAY, Town, approve_wordings, later, officer, run

pytestmark = pytest.mark.django_db
ALL = officer("all", offices=EVERY_OFFICE)
CHILD = officer("aoki", offices=("child_benefits",))
TAX = officer("tax", offices=("tax",))


@pytest.fixture
def notice(town: Town) -> Notice:
    approve_wordings()
    town.birth()
    run(town)
    return Notice.objects.get()


def opened(notice: Notice, who: object = CHILD) -> PersonLook:
    look = calls.find(officer=who, number=notice.number, reason="問合せ", at=AT)  # type: ignore[arg-type]
    assert look is not None
    return look


def test_a_look_is_logged_with_its_reason_before_anything_is_shown(notice: Notice) -> None:
    look = opened(notice)
    assert (look.resident_id, look.officer, look.reason, look.looked_at) == ("F1", "aoki", "問合せ", AT)
    row = AuditRow.objects.get(action="person_opened")
    assert (row.actor, row.subject) == ("aoki", f"look:{look.pk}")


def test_a_person_is_found_by_their_number_whether_or_not_anything_was_sent(notice: Notice) -> None:
    look = calls.find(officer=CHILD, person="Z9", reason="問合せ", at=AT)
    assert look is not None
    assert calls.notices_of(CHILD, look) == []
    assert PersonLook.objects.count() == AuditRow.objects.filter(action="person_opened").count() == 1


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"number": "N-1", "person": "A1", "reason": "x"}, id="both"),
        pytest.param({"reason": "x"}, id="neither"),
        pytest.param({"person": "A1", "reason": " "}, id="no reason"),
    ],
)
def test_a_look_needs_one_number_and_a_reason(given: dict[str, str]) -> None:
    with pytest.raises(InputError):
        calls.find(officer=CHILD, at=AT, **given)
    assert PersonLook.objects.count() == 0


def test_another_offices_notice_leads_nowhere_and_a_viewer_opens_nothing(notice: Notice) -> None:
    assert calls.find(officer=TAX, number=notice.number, reason="x", at=AT) is None
    assert calls.find(officer=CHILD, person="名前", reason="x", at=AT) is None
    with pytest.raises(NotAllowed):
        calls.find(officer=officer(roles=("viewer",)), number=notice.number, reason="x", at=AT)
    assert PersonLook.objects.count() == 0


def test_a_page_is_its_openers_for_half_an_hour(notice: Notice) -> None:
    look = opened(notice)
    assert calls.look_of(CHILD, look.pk, at=AT + timedelta(minutes=29)) == look
    for who, at in ((ALL, AT), (CHILD, AT + timedelta(minutes=31))):
        with pytest.raises(PersonLook.DoesNotExist):
            calls.look_of(who, look.pk, at=at)


def test_the_page_holds_what_was_sent_with_ones_own_items_only(notice: Notice) -> None:
    approve(notice.pk, officer=ALL, at=AT)
    dispatch(settings=installed(), clock=FixedClock(later(1)))
    (sent,) = calls.notices_of(CHILD, opened(notice))
    assert (sent.notice.pk, sent.sent_at) == (notice.pk, later(1))
    assert [item.office for item in sent.items] == ["child_benefits"]
    assert calls.notices_of(TAX, opened(notice)) == []


def test_whom_a_notice_is_about_finds_it_too(notice: Notice) -> None:
    look = calls.find(officer=CHILD, person="C1", reason="x", at=AT)
    assert look is not None
    assert [sent.notice.pk for sent in calls.notices_of(CHILD, look)] == [notice.pk]


def test_a_hold_at_the_desk_stops_a_dispatch_one_second_later(notice: Notice) -> None:
    approve(notice.pk, officer=ALL, at=AT)
    due = OutboxRow.objects.get().not_before
    assert calls.hold(opened(notice), officer=CHILD, reason="x", household=False, at=due) == 1
    done = dispatch(settings=installed(), clock=FixedClock(due + timedelta(seconds=1)))
    assert (done.accepted, done.waiting) == (0, 0)
    notice.refresh_from_db()
    assert (notice.state, notice.state_reason) == ("held", "held_by_call")


def test_a_hold_that_comes_between_approval_and_sending_stops_at_the_last_look(notice: Notice) -> None:
    """Even were the notice itself not held, its person is: dispatch asks again."""
    approve(notice.pk, officer=ALL, at=AT)
    Block.objects.create(municipality_code="292010", resident_id="F1", reason="held_by_call", law="x", since=FRIDAY)
    assert dispatch(settings=installed(), clock=FixedClock(later(1))).stopped == 1


def test_a_hold_is_released_by_an_approver_with_a_reason(notice: Notice) -> None:
    look = opened(notice)
    calls.hold(look, officer=CHILD, reason="x", household=True, at=AT)
    assert calls.is_held(look)
    with pytest.raises(NotAllowed):
        calls.release(look, officer=officer(roles=("reviewer",)), reason="x", at=AT)
    assert calls.release(look, officer=CHILD, reason="済", at=AT) == 1
    assert not calls.is_held(look)
    assert set(AuditRow.objects.values_list("action", flat=True)) >= {"person_held", "person_released"}


def test_a_wrong_address_stops_everything_and_becomes_a_task(notice: Notice) -> None:
    assert calls.wrong_address(opened(notice), officer=CHILD, at=AT) == 1
    task = StaffTask.objects.get(kind="wrong_address")
    assert (task.office, task.subject_id, task.restricted) == ("citizen", "F1", False)


def test_one_programme_refused_leaves_the_notice_at_once_and_the_rest_is_decided_again(notice: Notice) -> None:
    approve(notice.pk, officer=ALL, at=AT)
    calls.wish(opened(notice), officer=CHILD, kind="opt_out_topic", value="child_allowance", at=later(0.01))
    notice.refresh_from_db()
    assert {item.programme: item.state for item in notice.items.all()} == {"child_allowance": "withdrawn", "infant_health_checks": "open"}  # fmt: skip
    assert (notice.state, OutboxRow.objects.count()) == ("prepared", 0)
    assert dispatch(settings=installed(), clock=FixedClock(later(1))).accepted == 0


def test_everything_refused_withdraws_what_is_not_sent(notice: Notice) -> None:
    calls.wish(opened(notice), officer=CHILD, kind="opt_out_all", value="", at=AT)
    notice.refresh_from_db()
    assert (notice.state, notice.state_reason) == ("withdrawn", "opted_out")


def test_a_wish_survives_the_night_that_reads_other_records(notice: Notice, town: Town) -> None:
    look = opened(notice)
    wish = calls.wish(look, officer=CHILD, kind="language", value="en", at=AT)
    run(town, FRIDAY + timedelta(days=1))
    assert Contact.objects.get(resident_id="F1").language == "en"
    calls.end_wish(look, wish.pk, officer=CHILD, at=AT)
    run(town, FRIDAY + timedelta(days=2))
    assert Contact.objects.get(resident_id="F1").language == "ja"
    assert Wish.objects.get().ended_at == AT
