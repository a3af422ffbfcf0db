from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import InputError
from engine.core.settings import ProbableEvents
from engine.night import Night
from engine.records.asof import bind_night
from events.probable.fitted import Fitted, save
from events.probable.score import STAGE, capacity_of, score_probable, tasks_tonight
from tests.support.eventful import FIRST, Register
from tests.support.history import CITY
from tests.support.probable import JOB_LOSS, certain

DUE = FIRST + timedelta(days=JOB_LOSS.wait_days)


def joins(register: Register, who: str, night: date = FIRST, household: str = "") -> None:
    register.lives(who, rel1="HEAD", household_id=household or f"h{who}")
    register.entry(who, night, acquired_on=night, acquired_reason="OTHER")


def night_with(register: Register, on: date, fitted: Fitted | None = None, **probable: Any) -> Night:
    """A night with the signal enabled and a trained model stored."""
    night = register.night(on)
    paths = night.settings.paths.model_copy(update={"models": register.settings.paths.records.parent / "models"})
    asked = ProbableEvents(**({"enabled": ("job_loss",), "capacity": {"job_loss": 9}} | probable))
    save(paths.models, fitted or certain(), {}, "")
    bind_night(night.warehouse, CITY, on)
    return replace(night, settings=night.settings.model_copy(update={"paths": paths, "probable": asked}))


def test_nothing_is_scored_unless_a_city_enables_it(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register, "a")
    report = score_probable(night_with(register, DUE, enabled=()))
    assert report.summary() == {}
    assert len(register.rows("events.probable")) == 0


def test_a_subject_is_scored_once_when_its_waiting_time_ends(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register, "a")
    found = []
    for on in (DUE - timedelta(days=1), DUE, DUE + timedelta(days=1)):
        found.append(score_probable(night_with(register, on)).summary()["probable"]["job_loss"]["scored"])
        register.warehouse.mark(STAGE, CITY, on, {})
    assert found == [0, 1, 0]
    [row] = tasks_tonight(night_with(register, DUE))
    assert (row["subject_id"], round(row["probability"], 2), row["seen_on"]) == ("a", 0.9, FIRST)


def test_a_missed_night_loses_nobody_and_the_same_night_twice_adds_nobody(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register, "a")
    register.warehouse.mark(STAGE, CITY, DUE - timedelta(days=2), {})
    for _ in range(2):
        assert score_probable(night_with(register, DUE + timedelta(days=3))).chosen == {"job_loss": 1}
    assert len(register.rows("events.probable")) == 1


def test_the_office_gets_no_more_than_it_can_call_in_a_week(tmp_path: Path) -> None:
    register = Register(tmp_path)
    for number in range(3):
        joins(register, f"a{number}")
        joins(register, f"b{number}", FIRST + timedelta(days=1))
    first = score_probable(night_with(register, DUE, capacity={"job_loss": 2}))
    register.warehouse.mark(STAGE, CITY, DUE, {})
    second = score_probable(night_with(register, DUE + timedelta(days=1), capacity={"job_loss": 4}))
    assert (first.chosen, second.chosen) == ({"job_loss": 2}, {"job_loss": 2})


def test_one_call_a_household(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register, "a", household="h1")
    joins(register, "b", household="h1")
    report = score_probable(night_with(register, DUE))
    assert (report.scored, report.chosen) == ({"job_loss": 2}, {"job_loss": 1})


def test_whoever_is_below_the_cut_is_scored_and_not_given_to_staff(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register, "a")
    report = score_probable(night_with(register, DUE, replace(certain(0.3), cut=0.5)))
    assert (report.scored, report.chosen) == ({"job_loss": 1}, {"job_loss": 0})


def test_an_enabled_signal_without_a_model_is_said_in_one_line(tmp_path: Path) -> None:
    register = Register(tmp_path)
    with pytest.raises(InputError, match="no trained model isolation"):
        score_probable(night_with(register, DUE, enabled=("isolation",)))


def test_room_is_scaled_to_the_city_where_nobody_says(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register, "a")
    assert capacity_of(JOB_LOSS, night_with(register, DUE, capacity={})) == 1
    assert capacity_of(JOB_LOSS, night_with(register, DUE)) == 9
