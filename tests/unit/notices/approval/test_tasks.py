import pytest

from engine.core.errors import InputError
from notices.approval import tasks
from notices.approval.models import AuditRow, StaffTask
from notices.approval.refusals import AlreadyDecided, NotAllowed
from tests.support.approvals import AT, CITY, FRIDAY, officer

pytestmark = pytest.mark.django_db
NAMED = officer("fujii", offices=(), roles=("support_measures",))


def task(key: str = "a", *, office: str = "child_benefits", restricted: bool = False, due_days: int = 0) -> StaffTask:
    return StaffTask.objects.create(
        municipality_code=CITY, key=key, kind="verify", office=office, subject_id="x", reason="x", night=FRIDAY,
        due_on=FRIDAY.replace(day=20 + due_days), restricted=restricted, created_at=AT,
    )  # fmt: skip


def test_tasks_are_seen_by_their_office_and_restricted_ones_by_the_named_role() -> None:
    task("late", due_days=5)
    task("soon", due_days=1)
    task("other", office="tax")
    task("secret", restricted=True)
    assert [one.key for one in tasks.open_tasks(officer())] == ["soon", "late"]
    assert [one.key for one in tasks.open_tasks(NAMED)] == ["secret"]


@pytest.mark.parametrize(
    ("office", "restricted"),
    [pytest.param("tax", False, id="another office's"), pytest.param("child_benefits", True, id="restricted")],
)
def test_what_is_not_ones_own_sounds_as_if_it_were_not_there(office: str, restricted: bool) -> None:
    hidden = task(office=office, restricted=restricted)
    said = []
    for number in (hidden.pk, 9999):
        with pytest.raises(NotAllowed) as refused:
            tasks.task(officer(), number)
        said.append(str(refused.value))
        with pytest.raises(NotAllowed):
            tasks.close(number, officer=officer(), at=AT, outcome="done")
    assert said[0] == said[1]


def test_closing_says_who_when_and_what_and_goes_to_the_books() -> None:
    closed = tasks.close(task().pk, officer=officer(), at=AT, outcome=" 電話した ")
    stored = StaffTask.objects.get()
    assert (closed.state, stored.outcome, stored.done_by, stored.done_at) == ("done", "電話した", "aoki", AT)
    row = AuditRow.objects.get()
    assert (row.action, row.subject, row.details) == ("task_closed", f"task:{stored.pk}", {"kind": "verify"})
    assert tasks.open_tasks(officer()) == []


def test_closing_needs_an_outcome_a_role_and_an_open_task() -> None:
    one = task()
    with pytest.raises(InputError, match="found out"):
        tasks.close(one.pk, officer=officer(), at=AT, outcome="  ")
    with pytest.raises(NotAllowed):
        tasks.close(one.pk, officer=officer(roles=("viewer",)), at=AT, outcome="done")
    tasks.close(one.pk, officer=officer(), at=AT, outcome="done")
    with pytest.raises(AlreadyDecided):
        tasks.close(one.pk, officer=officer(), at=AT, outcome="done")
