from datetime import date
from typing import Any

import pytest

from eligibility.facts import facts_from, occurred_on
from engine.core.errors import InputError

ON = date(2026, 11, 20)


def test_dates_are_read_and_the_event_is_the_night_where_nobody_says() -> None:
    facts = facts_from({"subject": {"birth_date": "2026-11-12"}}, ON)
    assert facts.subject["birth_date"] == date(2026, 11, 12)
    assert (facts.as_of, facts.occurred_on) == (ON, ON)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"event": {"occurred_on": "2026-11-01"}}, date(2026, 11, 1), id="as told"),
        pytest.param(
            {"subject": {"move_reason": "BIRTH", "effective_date": "2026-11-12"}}, date(2026, 11, 12), id="birth entry"
        ),
        pytest.param(
            {"subject": {"move_reason": "TYPO_FIX", "effective_date": "2026-11-12"}}, None, id="a correction is none"
        ),
        pytest.param({"subject": {}}, None, id="nobody says"),
    ],
)
def test_when_the_event_happened(values: dict[str, Any], expected: date | None) -> None:
    assert occurred_on(values) == expected


@pytest.mark.parametrize(
    ("household", "people"),
    [
        pytest.param(None, None, id="nobody told"),
        pytest.param([], ["1"], id="alone"),
        pytest.param([{"resident_id": "2"}], ["1", "2"], id="the others"),
        pytest.param([{"resident_id": "2"}, {"resident_id": "1"}], ["2", "1"], id="everybody"),
    ],
)
def test_the_subject_is_in_the_household_once(household: list[dict[str, Any]] | None, people: list[str] | None) -> None:
    told = {} if household is None else {"household": household}
    facts = facts_from({"subject": {"resident_id": "1"}} | told, ON)
    assert (None if facts.household is None else [row["resident_id"] for row in facts.household]) == people


def test_of_a_history_table_the_newest_row_counts_as_in_the_night() -> None:
    rows = [
        {"resident_id": "1", "hist_no": 2, "lost_on": "2026-01-01"},
        {"resident_id": "1", "hist_no": 1, "lost_on": None},
    ]
    facts = facts_from({"subject": {"resident_id": "1"}, "records": {"nhi": rows}}, ON)
    assert [row["hist_no"] for row in facts.records["nhi"]] == [2]


def test_of_a_state_table_the_last_row_of_each_key_counts() -> None:
    rows = [
        {"claimant_id": "9", "child_id": "1", "benefit_status": "APPLIED"},
        {"claimant_id": "9", "child_id": "1", "benefit_status": "RECEIVING"},
        {"claimant_id": "9", "child_id": "2", "benefit_status": "ENDED"},
        {"benefit_status": "REFUSED"},
    ]
    facts = facts_from({"subject": {"resident_id": "1"}, "records": {"child_allowance": rows}}, ON)
    assert [row["benefit_status"] for row in facts.records["child_allowance"]] == ["RECEIVING", "ENDED", "REFUSED"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"person": {}}, "facts has no 'person'", id="unknown part"),
        pytest.param({"subject": []}, "residents must be an object", id="subject as a list"),
        pytest.param({"household": {}}, "household must be a list", id="household as an object"),
        pytest.param({"records": []}, "records must be an object", id="records as a list"),
        pytest.param({"records": {"nhi": {}}}, "nhi must be a list", id="rows as an object"),
        pytest.param({"records": {"gold": [{}]}}, "no table 'gold'", id="unknown table"),
        pytest.param({"subject": {"shoe": 1}}, "residents has no 'shoe'", id="unknown column"),
        pytest.param({"event": {"when": "x"}}, "event has no 'when'", id="unknown part of the event"),
        pytest.param({"subject": {"birth_date": "12.11.2026"}}, "residents.birth_date is not a date", id="date"),
        pytest.param({"subject": {"birth_date": 20261112}}, "residents.birth_date is not a date", id="number as date"),
        pytest.param({"subject": {"status": "resident"}}, "one of RESIDENT", id="code"),
        pytest.param({"subject": {"ward_flag": "true"}}, "residents.ward_flag must be true or false", id="boolean"),
        pytest.param({"subject": {"hist_no": True}}, "residents.hist_no must be a whole number", id="integer"),
        pytest.param({"subject": {"resident_id": 7}}, "residents.resident_id must be a text", id="id"),
    ],
)
def test_what_a_contract_does_not_know_is_named_and_its_value_is_not(values: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as refused:
        facts_from(values, ON)
    assert said in str(refused.value)
    assert "12.11" not in str(refused.value)


def test_a_table_without_rows_may_still_be_unknown() -> None:
    with pytest.raises(InputError, match="no table 'gold'"):
        facts_from({"subject": {}, "records": {"gold": []}}, ON)
