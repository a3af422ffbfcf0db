from datetime import date
from typing import Any

import pytest

from notices.approval.models import Notice, StaffTask
from notices.approval.sift import STAFF_KINDS
from tests.support.approvals import FRIDAY, WAS_INSURED, Town, approve_wordings, run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("reason", "kind"),
    [*STAFF_KINDS.items(), pytest.param("something_new", "staff_event", id="a reason not known yet")],
)
def test_an_event_only_a_person_may_act_on_is_a_task(reason: str, kind: str, town: Town) -> None:
    town.family()
    town.event("T1", "E01", ("C1",), "H1", state="staff", reason=reason)
    report = run(town)
    assert (report.prepared, report.tasks) == (0, {kind: 1})
    task = StaffTask.objects.get()
    assert (task.subject_id, task.event, task.office, task.details) == ("C1", "E01", "citizen", {"why": reason})


def test_a_staff_event_of_a_protected_person_is_for_the_named_role(town: Town) -> None:
    town.family()
    town.measure("M1")
    town.event("T1", "E01", ("C1",), "H1", state="staff", reason="R5_backdated")
    assert run(town).tasks == {"support_measure": 1}
    assert StaffTask.objects.get().restricted


@pytest.mark.parametrize(
    ("event_class", "state", "tasks"),
    [
        pytest.param("staff-only", "settled", {"staff_only": 1}, id="staff-only"),
        pytest.param("control", "settled", {}, id="control"),
        pytest.param("control", "staff", {}, id="control, backdated"),
        pytest.param("automatic", "waiting", {}, id="still waiting"),
    ],
)
def test_the_class_of_an_event_decides(event_class: str, state: str, tasks: dict[str, int], town: Town) -> None:
    town.family()
    town.event("T1", "E13", ("C1",), "H1", state=state, event_class=event_class)
    assert run(town).tasks == tasks


def test_a_flood_is_one_task_for_its_kind(town: Town) -> None:
    for number in range(3):
        town.person(f"A{number}", f"H{number}")
        town.event(f"T{number}", "E09", (f"A{number}",), f"H{number}", state="held", reason="volume")
    assert run(town).tasks == {"held_volume": 1}
    assert StaffTask.objects.get().details == {"events": 3}


@pytest.mark.parametrize(
    ("verify", "kind", "named"),
    [
        pytest.param(["was_insured"], "verify", [WAS_INSURED], id="a fact to find out"),
        pytest.param(["too_late", "was_insured"], "too_late", [WAS_INSURED], id="out of time"),
        pytest.param(["review_date_passed"], "review_date_passed", [], id="the law may have changed"),
        pytest.param(["review_date_passed", "was_insured"], "verify", [WAS_INSURED], id="both"),
    ],
)
def test_what_staff_must_verify_is_a_task_that_names_it_instead_of_an_item(
    verify: list[str], kind: str, named: list[dict[str, Any]], town: Town
) -> None:
    approve_wordings()
    town.birth(verify=verify)
    report = run(town)
    assert report.tasks == {kind: 1}
    task = StaffTask.objects.get()
    assert (task.office, task.programme, task.details) == ("child_benefits", "child_allowance", {"verify": named})
    assert "児童手当" in task.reason
    assert [item.programme for item in Notice.objects.get().items.all()] == ["infant_health_checks"]


def test_a_match_that_is_simply_not_eligible_leaves_no_trace(town: Town) -> None:
    town.birth(verdict="ineligible", verify=["x"])
    town.matches = town.matches[:1]
    report = run(town)
    assert (report.prepared, report.tasks, report.suppressed) == (0, {}, {})


def test_an_unknown_birth_date_leaves_the_addressee_to_staff(town: Town) -> None:
    town.person("A1", "H1", born=None)  # type: ignore[arg-type]
    town.event("T1", "E30", ("A1",), "H1")
    town.match("T1", "light_vehicle_tax_relief", "A1", "H1")
    assert run(town).tasks == {"no_addressee": 1}
    assert StaffTask.objects.get().details == {"why": "birth_date_unknown"}


def test_each_office_gets_its_own_task_where_nobody_can_be_named(town: Town) -> None:
    town.person("C1", "H1", born=date(2026, 11, 18))
    town.event("T1", "E01", ("C1",), "H1")
    town.match("T1", "child_allowance", "C1", "H1")
    town.match("T1", "infant_health_checks", "C1", "H1")
    run(town, FRIDAY)
    assert set(StaffTask.objects.values_list("office", flat=True)) == {"child_benefits", "maternal_health"}
