"""What follows from a stop."""

from datetime import date, timedelta

import pytest

from notices.approval.models import AuditRow, Decision, StaffTask, Suppression
from notices.dispatch.stopping import expire_notice, give_retraction, give_task, stop_notice
from notices.recipients.checks import Stop
from tests.support.outbox import LATER, approved

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("reasons", "state", "told", "tasks"),
    [
        pytest.param(["moved_out", "support_measure"], "withdrawn", "safety", {"support_measure"}, id="a protected person first"),
        pytest.param(["content_changed", "shares_household"], "withdrawn", "safety", {"support_measure"}, id="people before the notice"),
        pytest.param(["held_by_call"], "held", "held_by_call", set(), id="a call holds"),
        pytest.param(["content_changed"], "held", "content_changed", {"content_changed"}, id="not what was approved"),
        pytest.param(["wrong_channel"], "held", "wrong_channel", {"wrong_channel"}, id="another channel"),
    ],
)  # fmt: skip
def test_the_gravest_reason_decides(reasons: list[str], state: str, told: str, tasks: set[str]) -> None:
    notice = approved(1)
    assert stop_notice(notice, [Stop(reason, "law") for reason in reasons], at=LATER) == told
    notice.refresh_from_db()
    assert (notice.state, notice.state_reason) == (state, told)
    assert set(StaffTask.objects.values_list("kind", flat=True)) == tasks
    assert AuditRow.objects.get().action == f"notice_{state}"
    assert Suppression.objects.count() == (state == "withdrawn")
    assert not Decision.objects.filter(voided=False).exists()


def test_a_deadline_that_passed_gives_a_task() -> None:
    notice = approved(1)
    expire_notice(notice, at=LATER)
    assert StaffTask.objects.get().kind == "missed_deadline"
    notice.refresh_from_db()
    assert notice.state == "expired"


@pytest.mark.parametrize(
    ("restricted", "kind"),
    [pytest.param(True, "support_measure", id="protected"), pytest.param(False, "sent_despite_stop", id="any other")],
)
def test_what_left_and_should_not_have_is_looked_after(restricted: bool, kind: str) -> None:
    give_retraction(approved(1), restricted=restricted, at=LATER)
    task = StaffTask.objects.get()
    assert (task.kind, task.restricted) == (kind, restricted)


@pytest.mark.parametrize("due_on", [None, date(2028, 11, 18), LATER.date() - timedelta(days=9)])
def test_a_task_is_given_once_is_due_soon_and_names_no_person(due_on: date | None) -> None:
    notice = approved(1)
    notice.due_on = due_on
    for _ in range(2):
        give_task(notice, "failed_delivery", at=LATER)
    task = StaffTask.objects.get()
    assert LATER.date() < task.due_on <= LATER.date() + timedelta(days=9)
    assert notice.addressee_id not in task.reason
