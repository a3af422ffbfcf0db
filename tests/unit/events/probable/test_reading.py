from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from events.probable.reading import groups_of, read_rows, with_outcome
from events.probable.registry import Read, model_of
from tests.support.eventful import BASELINE, FIRST, Register, death
from tests.support.history import CITY

JOB_LOSS, CAREGIVING, ISOLATION = (model_of(code) for code in ("job_loss", "caregiving", "isolation"))
LATER = FIRST + timedelta(days=300)


def rows_of(register: Register, model: Any = JOB_LOSS, until: date = FIRST) -> pl.DataFrame:
    return read_rows(register.warehouse, CITY, model, since=BASELINE, until=until)


def joins(register: Register, who: str = "p", night: date = FIRST, **facts: Any) -> None:
    if not register.knows(who):
        register.lives(who, rel1="HEAD")
    said: dict[str, Any] = {"acquired_on": date(2026, 11, 1), "acquired_reason": "OTHER"} | facts
    register.entry(who, night, "ENTRY", **said)


def test_an_entry_without_a_reason_raises_the_question(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register)
    register.holds("pension", FIRST, resident_id="p", pension_kind="1", kind_changed_on=date(2026, 11, 2))
    [row] = rows_of(register).to_dicts()
    assert (row["subject_id"], row["seen_on"], row["as_of"]) == ("p", FIRST, FIRST + timedelta(days=7))
    assert (row["from_22_to_59"], row["head"], row["alone"], row["first_of_month"], row["pension_first_kind"]) == (
        1,
        1,
        1,
        1,
        1,
    )
    assert row["late_weeks"] == pytest.approx(9 / 7)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"acquired_reason": "EMPLOYEE_INSURANCE_LOSS"}, id="the reason is on file: an event of its own"),
        pytest.param({"acquired_reason": "MOVE_IN"}, id="moved in"),
        pytest.param({"lost_on": date(2026, 11, 5)}, id="left again already"),
        pytest.param({"involuntary_relief": True}, id="the office knows already"),
    ],
)
def test_no_question_where_the_records_answer_it(facts: dict[str, Any], tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register, **facts)
    assert rows_of(register).is_empty()


def test_what_is_recorded_after_the_night_is_not_read_as_a_feature(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register)
    register.holds("pension", FIRST + timedelta(days=8), resident_id="p", pension_kind="1", kind_changed_on=FIRST)
    [row] = rows_of(register).to_dicts()
    assert row["pension_first_kind"] == 0


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        pytest.param(8, True, id="the day after it was scored"),
        pytest.param(7 + 75, True, id="the last day that counts"),
        pytest.param(7 + 76, False, id="too late to count"),
    ],
)
def test_the_outcome_counts_within_its_horizon(days: int, outcome: bool, tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register)
    joins(register, night=FIRST + timedelta(days=days), involuntary_relief=True)
    rows = with_outcome(rows_of(register), JOB_LOSS, LATER)
    assert rows["outcome"].to_list() == [outcome]
    assert with_outcome(rows_of(register), JOB_LOSS, FIRST + timedelta(days=81)).is_empty()  # not known yet


def test_an_entry_of_the_baseline_raises_no_question(tmp_path: Path) -> None:
    register = Register(tmp_path)
    joins(register, night=BASELINE)
    assert rows_of(register).is_empty()


def certified(register: Register, **facts: Any) -> None:
    register.lives("old", birth_date=date(1936, 5, 5))
    register.lives("daughter", birth_date=date(1966, 5, 5), rel1="CHILD")
    register.holds("ltc", BASELINE, resident_id="old", category="1", cert_status="NONE")
    register.holds(
        "ltc", FIRST, resident_id="old", **({"category": "1", "cert_status": "CERTIFIED", "care_level": "23"} | facts)
    )


def test_a_first_certification_in_a_household_raises_the_question_of_care(tmp_path: Path) -> None:
    register = Register(tmp_path)
    certified(register)
    register.holds(
        "programme_status",
        FIRST + timedelta(days=30),
        resident_id="daughter",
        programme="family_carer",
        programme_state="RECEIVING",
    )
    rows = with_outcome(rows_of(register, CAREGIVING), CAREGIVING, LATER)
    [row] = rows.to_dicts()
    assert (row["subject_id"], row["needs_level_3"], row["over_85"], row["grown_child_age"], row["outcome"]) == (
        "old",
        1,
        1,
        1,
        True,
    )


def test_an_application_not_decided_raises_none(tmp_path: Path) -> None:
    register = Register(tmp_path)
    certified(register, cert_status="APPLIED", care_level=None)
    assert rows_of(register, CAREGIVING).is_empty()


@pytest.mark.parametrize(
    ("others", "asked"),
    [pytest.param((), ["widow"], id="left alone"), pytest.param(("son",), [], id="a son lives there too")],
)
def test_a_death_asks_about_the_one_left_alone(others: tuple[str, ...], asked: list[str], tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("husband", birth_date=date(1940, 5, 5), rel1="HEAD")
    register.lives("widow", birth_date=date(1943, 5, 5), rel1="WIFE", resident_since=date(1980, 4, 1))
    for other in others:
        register.lives(other, rel1="CHILD")
    death(register, FIRST, FIRST, who="husband")
    assert rows_of(register, ISOLATION)["subject_id"].to_list() == asked


def test_a_model_cannot_read_what_its_register_does_not_name(tmp_path: Path) -> None:
    register = Register(tmp_path)
    narrowed = {**JOB_LOSS.reads, "nhi": Read(basis="x", columns=("acquired_on", "lost_on"))}
    with pytest.raises(duckdb.BinderException, match="acquired_reason"):
        rows_of(register, JOB_LOSS.model_copy(update={"reads": narrowed}))


def test_the_card_knows_age_sex_and_nationality_of_those_evaluated(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("p", sex="2", nationality="VNM", rel1="HEAD")
    joins(register)
    [row] = groups_of(register.warehouse, CITY, rows_of(register)).to_dicts()
    assert (row["sex"], row["nationality"], row["age_band"]) == ("2", "other", "30-44")
