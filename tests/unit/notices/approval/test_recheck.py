from collections.abc import Callable
from datetime import date, timedelta

import pytest

from notices.approval.decide import approve
from notices.approval.models import Notice, NoticeState, OutboxRow, StaffTask, Suppression
from notices.approval.states import move
from notices.approval.waiting import waiting
from notices.wording import library
from notices.wording.guard import version_of
from notices.wording.models import Wording
from tests.support.approvals import AT, EVERY_OFFICE, FRIDAY, Town, approve_wordings, officer, run

pytestmark = pytest.mark.django_db
NEXT = FRIDAY + timedelta(days=1)
ALL = officer("all", offices=EVERY_OFFICE)


@pytest.fixture
def notice(town: Town) -> Notice:
    """A birth prepared on Friday."""
    approve_wordings()
    town.birth()
    run(town)
    return Notice.objects.get()


def father_dies(town: Town) -> None:
    town.person("F1", "H1", hist_no=2, status="DEAD")


def father_moves_out(town: Town) -> None:
    town.person("F1", "H1", hist_no=2, status="MOVED_OUT")


def father_moves_to_another_household(town: Town) -> None:
    town.person("F1", "H9", hist_no=2)


def child_dies(town: Town) -> None:
    town.person("C1", "H1", rel="CHILD", hist_no=2, status="DEAD")


def child_moves_out(town: Town) -> None:
    town.person("C1", "H1", rel="CHILD", hist_no=2, status="MOVED_OUT")


def father_opts_out(town: Town) -> None:
    town.add("preferences", resident_id="F1", opt_out_all=True)


def father_gets_a_guardian(town: Town) -> None:
    town.person("F1", "H1", hist_no=2, ward_flag=True)


def measure_comes(town: Town) -> None:
    town.measure("M1")


CHANGES = [
    pytest.param(father_dies, "deceased", "addressee_changed", "deceased", id="L5 the addressee dies"),
    pytest.param(father_moves_out, "moved_out", "addressee_changed", "moved_out", id="L4 the addressee moves out"),
    pytest.param(father_moves_to_another_household, "left_household", "addressee_changed", "left_household", id="L3 the addressee leaves the household"),
    pytest.param(child_dies, "subject_deceased", None, "subject_deceased", id="L5 the child dies"),
    pytest.param(child_moves_out, "subject_moved_out", None, "subject_moved_out", id="the child moves out"),
    pytest.param(father_opts_out, "opted_out", None, "opted_out", id="L10 the addressee opts out"),
    pytest.param(father_gets_a_guardian, "ward_without_address", "ward_without_address", "ward_without_address", id="L8 a ward"),
    pytest.param(measure_comes, "safety", "support_measure", "support_measure", id="L1 a measure comes after"),
]  # fmt: skip


@pytest.mark.parametrize("approved", [False, True], ids=["waiting", "approved"])
@pytest.mark.parametrize(("change", "reason", "task", "suppressed"), CHANGES)
def test_what_is_not_sent_is_withdrawn_by_a_record_change(
    change: Callable[[Town], None],
    reason: str,
    task: str | None,
    suppressed: str,
    approved: bool,
    notice: Notice,
    town: Town,
) -> None:
    if approved:
        approve(notice.pk, officer=ALL, at=AT)
    change(town)
    report = run(town, NEXT)
    stored = Notice.objects.get()
    assert (stored.state, stored.state_reason, stored.ended_night) == ("withdrawn", reason, NEXT)
    assert report.withdrawn == 1
    assert report.suppressed == {suppressed: 1}
    assert report.tasks == ({task: 1} if task else {})
    assert not OutboxRow.objects.exists()


def test_a_withdrawal_happens_once(notice: Notice, town: Town) -> None:
    father_dies(town)
    first = run(town, NEXT)
    version = Notice.objects.get().version
    assert run(town, NEXT) == first
    assert (Notice.objects.get().version, StaffTask.objects.count(), Suppression.objects.count()) == (version, 1, 1)


def test_a_move_within_the_city_with_the_child_changes_nothing(notice: Notice, town: Town) -> None:
    approve(notice.pk, officer=ALL, at=AT)
    for resident, rel in (("F1", "HEAD"), ("M1", "WIFE"), ("C1", "CHILD")):
        town.person(resident, "H1", rel=rel, hist_no=2, addr_line="新町1")
    assert run(town, NEXT).withdrawn == 0
    assert Notice.objects.get().state == "queued"


def test_an_unread_row_holds_and_its_repair_lets_go(notice: Notice, town: Town) -> None:
    approve(notice.pk, officer=ALL, at=AT)
    town.quarantine.append({"quarantine_id": "q", "table_name": "nhi", "resident_id": "F1", "reason": "x"})
    run(town, NEXT)
    held = Notice.objects.get()
    assert (held.state, held.state_reason, OutboxRow.objects.count()) == ("held", "quarantined", 0)
    town.warehouse.define("DELETE FROM history.quarantine")
    run(town, NEXT + timedelta(days=1))
    back = Notice.objects.get()
    assert back.state == "prepared"  # and needs its approval again
    assert approve(back.pk, officer=ALL, at=AT).state == "queued"


def test_a_topic_opted_out_of_leaves_the_text(notice: Notice, town: Town) -> None:
    approve(notice.pk, officer=ALL, at=AT)
    town.add("preferences", resident_id="F1", opt_out_topics="infant_health_checks")
    report = run(town, NEXT)
    stored = Notice.objects.select_related("body").get()
    assert stored.state == "prepared"
    assert [card["programme"] for card in stored.body.text["cards"]] == ["child_allowance"]
    assert report.suppressed == {"opted_out": 1}
    assert approve(stored.pk, officer=ALL, at=AT).state == "queued"


def test_a_replaced_wording_is_written_anew_before_anybody_approves(notice: Notice, town: Town) -> None:
    old = Wording.objects.get(programme="child_allowance", event="E01", language="ja")
    new = Wording.objects.create(
        municipality_code=old.municipality_code, programme=old.programme, event=old.event, kind=old.kind, language="ja",
        register=old.register, version=_version(old), sections=_sections(old), drafter="clerk-x", created_at=AT,
    )  # fmt: skip
    library.approve(new.pk, officer="clerk-y", at=AT)
    run(town, NEXT)
    stored = Notice.objects.get()
    assert stored.content_hash != notice.content_hash
    assert new.version in stored.items.values_list("wording_version", flat=True)
    assert approve(stored.pk, officer=ALL, at=AT).state == "queued"


def _sections(old: Wording) -> dict[str, str]:
    return dict(old.sections) | {"to_do": "窓口へ来てください。"}


def _version(old: Wording) -> str:
    return version_of(_sections(old))


@pytest.mark.parametrize("approved", [False, True], ids=["waiting", "approved"])
def test_past_its_last_day_without_loss_a_notice_says_apply_now_and_staff_hear_of_it(
    approved: bool, notice: Notice, town: Town
) -> None:
    if approved:
        approve(notice.pk, officer=ALL, at=AT)
    report = run(town, date(2026, 12, 9))
    stored = Notice.objects.select_related("body").get()
    late = stored.items.get(programme="child_allowance")
    assert (stored.state, stored.urgency, stored.due_on, "late" in stored.flags) == ("prepared", 2, None, True)
    assert (late.late, late.due_on) == (True, None)
    assert "12月8日" not in str(stored.body.text)
    assert report.tasks == {"missed_deadline": 1}
    assert run(town, date(2026, 12, 9)) == report


def test_past_its_deadline_a_notice_says_the_last_day_without_loss(notice: Notice, town: Town) -> None:
    notice.items.filter(programme="child_allowance").update(last_loss_free_on=date(2026, 12, 31))
    report = run(town, date(2026, 12, 9))
    stored = Notice.objects.select_related("body").get()
    assert (stored.state, stored.due_on, report.tasks) == ("prepared", date(2026, 12, 31), {})
    assert "12月31日" in str(stored.body.text)


def test_a_notice_nobody_decided_for_two_months_becomes_a_task(notice: Notice, town: Town) -> None:
    run(town, FRIDAY + timedelta(days=61))
    assert Notice.objects.get().state == "expired"
    assert StaffTask.objects.get().kind == "missed_deadline"


def test_on_its_deadline_a_notice_still_waits(notice: Notice, town: Town) -> None:
    run(town, date(2026, 12, 8))
    assert Notice.objects.get().state == "prepared"


def test_what_is_sent_is_left_alone(notice: Notice, town: Town) -> None:
    sent = approve(notice.pk, officer=ALL, at=AT)
    for to in (NoticeState.SENDING, NoticeState.ACCEPTED):
        move(sent, to, at=AT)
    measure_comes(town)
    assert run(town, NEXT).withdrawn == 0
    assert Notice.objects.get().state == "accepted"


def test_an_approval_of_what_was_written_anew_no_longer_counts_and_comes_back_to_the_same_officer(town: Town) -> None:
    """One office approved, the other not yet; the deadline passes and the text changes: the first office decides again."""
    approve_wordings()
    town.birth(deadline_on=date(2026, 11, 27))
    run(town)
    notice = Notice.objects.get()
    clerk = officer("aoki", offices=("child_benefits",))
    approve(notice.pk, officer=clerk, at=AT)
    assert not waiting(clerk).exists()
    run(town, date(2026, 11, 30), at=AT + timedelta(days=7))
    item = notice.items.get(office="child_benefits")
    assert (item.state, item.late, item.decisions.get().voided) == ("open", True, True)
    assert waiting(clerk).get() == notice
