from datetime import date
from typing import Any

import polars as pl
import pytest

from events.probable.score import score_probable
from notices.approval.models import Notice, StaffTask, Suppression
from tests.support.approvals import CITY, FRIDAY, Town, run

pytestmark = pytest.mark.django_db


def signal(town: Town, who: str, **facts: Any) -> None:
    """Somebody whom the stage gave to staff tonight."""
    score_probable(town.night(FRIDAY))  # nothing is enabled: it makes the table
    row = {
        "municipality_code": CITY, "night": FRIDAY, "probable_id": f"w-{who}", "code": "job_loss", "subject_id": who, "household_id": "H1",
        "seen_on": date(2026, 11, 13), "probability": 0.42, "chosen": True, "spoke": '[["pension_first_kind", 1.0]]', "model": "a" * 64,
    } | facts  # fmt: skip
    town.warehouse.replace("events.probable", CITY, FRIDAY, pl.DataFrame([row]))


def test_a_weak_signal_is_a_task_of_its_office_and_never_a_notice(town: Town) -> None:
    town.person("A1", "H1")
    signal(town, "A1")
    report = run(town)
    assert (report.prepared, report.tasks) == (0, {"probable": 1})
    task = StaffTask.objects.get()
    assert (task.office, task.subject_id, task.restricted, task.event) == ("insurance", "A1", False, "")
    assert task.details["probability"] == "42%"
    assert task.details["spoke"] == [
        "同じころ国民年金が第1号に変わった / the pension changed to the first category at the same time"
    ]
    assert "事実ではありません" in task.reason
    assert "A1" not in task.reason
    assert not Notice.objects.exists()


def test_the_same_night_twice_makes_one_task(town: Town) -> None:
    town.person("A1", "H1")
    signal(town, "A1")
    run(town)
    assert run(town).tasks == {"probable": 1}


def test_whoever_was_scored_and_not_chosen_gives_no_task(town: Town) -> None:
    town.person("A1", "H1")
    signal(town, "A1", chosen=False)
    assert run(town).tasks == {}


def test_of_a_protected_person_only_the_named_role_hears_and_not_what_was_estimated(town: Town) -> None:
    town.person("A1", "H1")
    town.measure("A1")
    signal(town, "A1")
    assert run(town).tasks == {"support_measure": 1}
    task = StaffTask.objects.get()
    assert task.restricted
    assert "probability" not in task.details
    assert Suppression.objects.get().reason == "support_measure"
