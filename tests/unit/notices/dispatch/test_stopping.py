"""What follows from a stop."""

from datetime import date, timedelta

import pytest

from notices.approval.models import AuditRow, StaffTask
from notices.dispatch.stopping import CONSEQUENCES, GAVE_UP, UNFORESEEN, give_task, stop_notice, strongest
from notices.recipients.checks import Stop
from tests.support.outbox import LATER, approved


@pytest.mark.parametrize(
    ("reasons", "decides"),
    [
        pytest.param(["moved_out", "support_measure"], "support_measure", id="a protected person first"),
        pytest.param(["left_household", "moved_out"], "moved_out", id="what is final before what is not"),
        pytest.param(["opted_out", "shares_household", "deceased"], "shares_household", id="restricted before all"),
        pytest.param(["held_by_call", "something_new"], "something_new", id="an unforeseen reason is final"),
    ],
)
def test_the_strongest_reason_decides(reasons: list[str], decides: str) -> None:
    assert strongest([Stop(reason, "") for reason in reasons])[0].reason == decides


@pytest.mark.parametrize("reason", sorted(CONSEQUENCES))
@pytest.mark.django_db
def test_every_reason_leads_somewhere_and_is_on_record(reason: str) -> None:
    notice = approved(1)
    stop_notice(notice, Stop(reason, "law"), CONSEQUENCES[reason], at=LATER)
    notice.refresh_from_db()
    assert (notice.state, notice.state_reason) == (CONSEQUENCES[reason].state, reason)
    assert AuditRow.objects.get().details == {"reason": reason}


@pytest.mark.django_db
def test_a_task_is_given_once_to_each_office_and_names_no_person() -> None:
    notice = approved(1)
    for _ in range(2):
        give_task(notice, GAVE_UP, at=LATER)
    assert sorted(StaffTask.objects.values_list("office", flat=True)) == ["child_benefits", "maternal_health"]
    for task in StaffTask.objects.all():
        assert notice.addressee_id not in task.reason
        assert notice.number in task.reason


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        pytest.param(None, date(2026, 12, 1), id="no deadline: within a week"),
        pytest.param(date(2028, 11, 18), date(2026, 12, 1), id="a far deadline: within a week"),
        pytest.param(date(2026, 11, 27), date(2026, 11, 27), id="a near deadline"),
        pytest.param(LATER.date() - timedelta(days=9), date(2026, 11, 25), id="a deadline that passed: tomorrow"),
    ],
)
@pytest.mark.django_db
def test_a_task_is_due_soon(due_on: date | None, expected: date) -> None:
    notice = approved(1)
    notice.due_on = due_on
    give_task(notice, UNFORESEEN, at=LATER)
    assert set(StaffTask.objects.values_list("due_on", flat=True)) == {expected}
