import json

from engine.core.errors import InputError
from notices.approval.models import StaffTask
from tests.support.morning import set_up_morning
from tests.unit.notices.commands.conftest import Run


def test_the_most_urgent_task_comes_first_and_a_restricted_one_shows_only_that_it_exists(run: Run) -> None:
    set_up_morning()
    done = run("tasks", "list", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["kind"] for row in rows] == ["support_measure", "verify", "unknown_date"]
    assert "000000000000777" not in done.stdout
    assert all("reason" not in row for row in rows)


def test_a_task_that_is_done_is_not_listed(run: Run) -> None:
    set_up_morning()
    StaffTask.objects.filter(kind="verify").update(state="done")
    assert "verify" not in run("tasks", "list").stdout


def test_a_restricted_task_never_shows_whom_it_is_about(run: Run) -> None:
    set_up_morning()
    restricted, open_to_all = StaffTask.objects.get(restricted=True), StaffTask.objects.get(kind="verify")
    assert json.loads(run("tasks", "show", str(restricted.pk), "--json").stdout)["subject_id"] is None
    assert json.loads(run("tasks", "show", str(open_to_all.pk), "--json").stdout)["subject_id"] == "000000000000777"


def test_a_task_there_is_not_is_said(run: Run) -> None:
    done = run("tasks", "show", "999")
    assert isinstance(done.exception, InputError)
