from datetime import date
from typing import Any

import pytest

from eligibility.assess import assess, example_facts, facts_from, judge
from eligibility.catalogue import FOLDER
from eligibility.programme import Programme, parse_programme, read_programme
from tests.support.programmes import plain

ON = date(2026, 11, 20)
BABY = {"resident_id": "1", "birth_date": "2026-11-12", "status": "RESIDENT", "rel1": "CHILD"}
HEAD = {"resident_id": "2", "birth_date": "1990-05-05", "status": "RESIDENT", "rel1": "HEAD"}


def _child(number: int, born: str) -> dict[str, Any]:
    return {"resident_id": str(number), "birth_date": born, "status": "RESIDENT", "rel1": "CHILD"}


@pytest.fixture(scope="module")
def allowance() -> Programme:
    return read_programme(FOLDER / "child_allowance.yaml")


def test_the_shape_of_the_contract(allowance: Programme) -> None:
    event = {"occurred_on": "2026-11-12"}
    said = assess(allowance, {"subject": BABY, "household": [HEAD], "event": event}, ON, version="abc")
    assert (said["programme"], said["version"], said["on"]) == ("child_allowance", "abc", "2026-11-20")
    assert said["verdict"] == "possible"
    shown = {"id", "label", "result", "when_unknown", "value", "threshold", "unit", "cites", "find_out"}
    assert set(said["criteria"][0]) == shown
    assert said["amount"] == {"value": 15000, "unit": "JPY/month"}
    assert said["deadline"] == "2026-11-27"
    assert said["documents"] == ["申請する人の通帳", "本人確認の書類"]


def test_without_the_date_of_an_event_there_is_no_deadline(allowance: Programme) -> None:
    assert assess(allowance, {"subject": BABY}, ON)["deadline"] is None
    entry = BABY | {"move_reason": "BIRTH", "effective_date": "2026-11-12"}
    assert assess(allowance, {"subject": entry}, ON)["deadline"] == "2026-11-27"


@pytest.mark.parametrize(
    ("subject", "others", "amounts"),
    [
        pytest.param(BABY, [HEAD], [15000], id="first child"),
        pytest.param(BABY, [HEAD, _child(3, "2020-05-05")], [15000], id="second child"),
        pytest.param(BABY, [HEAD, _child(3, "2020-05-05"), _child(4, "2022-05-05")], [30000], id="third child"),
        pytest.param(_child(3, "2020-05-05"), [HEAD, _child(4, "2022-05-05"), BABY], [10000], id="first of three"),
        pytest.param(BABY, [HEAD, _child(3, "2005-03-01"), _child(4, "2022-05-05")], [30000], id="22 until 31 March"),
        pytest.param(BABY, [HEAD, _child(3, "2004-04-01"), _child(4, "2022-05-05")], [15000], id="22 last fiscal year"),
        pytest.param(BABY, [HEAD, _child(3, "2004-04-02"), _child(4, "2022-05-05")], [30000], id="one day younger"),
        pytest.param(_child(3, "2023-11-22"), [HEAD], [15000], id="two days before the third birthday"),
        pytest.param(_child(3, "2023-11-21"), [HEAD], [15000], id="through the month of the third birthday"),
        pytest.param(_child(3, "2023-10-31"), [HEAD], [10000], id="the month after the third birthday"),
        pytest.param(BABY, None, [15000, 30000], id="nobody told who lives there"),
        pytest.param(BABY | {"rel1": "RELATIVE"}, [HEAD], [15000, 10000, 30000], id="not a child of the head"),
        pytest.param(
            BABY, [HEAD, _child(3, "2020-05-05"), {**_child(4, ""), "birth_date": None}], [15000, 30000], id="unknown birth"
        ),
    ],
)  # fmt: skip
def test_the_amount_goes_by_birth_order_until_the_22nd_year(
    allowance: Programme, subject: dict[str, Any], others: list[dict[str, Any]] | None, amounts: list[int]
) -> None:
    values = {"subject": subject} | ({} if others is None else {"household": others})
    assert [one["value"] for one in assess(allowance, values, ON)["amounts"]] == amounts


def test_a_missing_fact_is_unknown_and_not_a_no(allowance: Programme) -> None:
    said = assess(allowance, {"subject": {"resident_id": "1"}}, ON)
    assert said["verdict"] == "possible"
    assert {one["result"] for one in said["criteria"]} == {"unknown"}


def test_exclusions_read_the_facts_from_before_where_they_are_given(allowance: Programme) -> None:
    rows = {"child_allowance": [{"claimant_id": "9", "child_id": "1", "benefit_status": "RECEIVING"}]}
    now = facts_from({"subject": BABY, "records": rows}, ON)
    before = facts_from({"subject": BABY, "records": {"child_allowance": []}}, ON)
    assert judge(allowance, now)[0].excluded_by == {"already_receiving": True}
    assert judge(allowance, now, before)[0].excluded_by == {"already_receiving": False}


def test_an_example_is_facts_like_any_other() -> None:
    example = parse_programme(plain()).examples[0]
    assert example_facts(example) == {"subject": {"birth_date": "2020-01-01"}, "records": {}, "event": {}}


@pytest.mark.parametrize(
    ("handed_in", "missing"),
    [
        pytest.param([], ["申請する人の通帳", "本人確認の書類"], id="nothing"),
        pytest.param(["本人確認の書類"], ["申請する人の通帳"], id="one of two"),
        pytest.param(["the applicant's bank book", "本人確認の書類"], [], id="both, one by its English name"),
    ],
)
def test_the_documents_that_are_not_handed_in_are_named(
    allowance: Programme, handed_in: list[str], missing: list[str]
) -> None:
    assert assess(allowance, {"subject": BABY, "documents": handed_in}, ON)["missing_documents"] == missing
