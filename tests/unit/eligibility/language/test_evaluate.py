from datetime import date
from typing import Any, Literal

import pytest

from eligibility.language.evaluate import Facts, evaluate
from eligibility.language.nodes import Column, Constant, Logic
from eligibility.language.parse import parse

HEAD = {"resident_id": "1", "status": "RESIDENT", "rel1": "HEAD", "birth_date": date(1990, 5, 5)}
CHILD = {"resident_id": "2", "status": "RESIDENT", "rel1": "CHILD", "birth_date": date(2020, 5, 5)}
NO_BIRTH_DATE = {"resident_id": "3", "status": "RESIDENT", "rel1": "CHILD", "birth_date": None}
AWAY = {"resident_id": "4", "status": "MOVED_OUT", "rel1": "CHILD", "birth_date": date(2022, 5, 5)}


def _value(text: str, **facts: Any) -> object:
    node, _ = parse(text, dated=lambda name: Constant(value=2, kind="number"))
    told: dict[str, Any] = {"subject": HEAD, "as_of": date(2026, 11, 20), "occurred_on": date(2026, 11, 18)} | facts
    return evaluate(node, Facts(**told))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("subject.alias = 'x' and false", False, id="unknown and false"),
        pytest.param("subject.alias = 'x' and true", None, id="unknown and true"),
        pytest.param("subject.alias = 'x' or true", True, id="unknown or true"),
        pytest.param("subject.alias = 'x' or false", None, id="unknown or false"),
        pytest.param("not subject.alias = 'x'", None, id="not unknown"),
        pytest.param("subject.sex in ('1')", None, id="unknown in a list"),
    ],
)
def test_three_values(text: str, expected: bool | None) -> None:
    assert _value(text) is expected


NOBODYS = Column(alias="nobody", table="residents", name="sex", kind="code")


@pytest.mark.parametrize(("operator", "first"), [("or", True), ("and", False)])
def test_nothing_is_worked_out_after_what_decides(operator: Literal["and", "or"], first: bool) -> None:
    unknown, deciding = Constant(value=None, kind="boolean"), Constant(value=first, kind="boolean")
    facts = Facts(subject=HEAD, as_of=date(2026, 11, 20), occurred_on=None)
    assert evaluate(Logic(operator=operator, parts=(unknown, deciding, NOBODYS)), facts) is first


SMALL = "m.birth_date > '2015-01-01'"


@pytest.mark.parametrize(
    ("text", "household", "expected"),
    [
        pytest.param(f"any_of(household as m, {SMALL})", [HEAD, CHILD, NO_BIRTH_DATE], True, id="one is enough"),
        pytest.param(f"any_of(household as m, {SMALL})", [HEAD, NO_BIRTH_DATE], None, id="perhaps one"),
        pytest.param(f"any_of(household as m, {SMALL})", [HEAD, AWAY], False, id="who moved out does not count"),
        pytest.param(f"none_of(household as m, {SMALL})", [HEAD, NO_BIRTH_DATE], None, id="perhaps none"),
        pytest.param(f"all_of(household as m, {SMALL})", [HEAD, NO_BIRTH_DATE], False, id="one is not"),
        pytest.param(f"all_of(household as m, {SMALL})", [CHILD, NO_BIRTH_DATE], None, id="perhaps all"),
        pytest.param(f"count_of(household as m, {SMALL}) >= 1", [CHILD, NO_BIRTH_DATE], True, id="at least one"),
        pytest.param(f"count_of(household as m, {SMALL}) >= 2", [CHILD, NO_BIRTH_DATE], None, id="perhaps two"),
        pytest.param(f"count_of(household as m, {SMALL}) >= 3", [CHILD, NO_BIRTH_DATE], False, id="never three"),
        pytest.param(f"count_of(household as m, {SMALL}) = 3", [CHILD, NO_BIRTH_DATE], False, id="not three"),
        pytest.param(f"count_of(household as m, {SMALL}) <> 3", [CHILD, NO_BIRTH_DATE], True, id="other than three"),
        pytest.param(f"count_of(household as m, {SMALL}) <= 2", [CHILD, NO_BIRTH_DATE], True, id="two at most"),
    ],
)
def test_members_whose_facts_are_unknown(text: str, household: list[dict[str, Any]], expected: bool | None) -> None:
    assert _value(text, household=household) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("any_of(household as m, m.rel1 = 'HEAD')", True, id="the subject answers it"),
        pytest.param("any_of(household as m, m.rel1 = 'CHILD')", None, id="somebody else may"),
        pytest.param("all_of(household as m, m.rel1 = 'CHILD')", False, id="the subject decides"),
        pytest.param("count_of(household as m, m.rel1 = 'CHILD') <= 2", None, id="nobody said how many"),
        pytest.param("count_of(household as m, m.rel1 = 'HEAD') >= 1", True, id="at least the subject"),
    ],
)
def test_a_household_nobody_told_of_is_unknown(text: str, expected: bool | None) -> None:
    assert _value(text) is expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param({}, None, id="a table nobody told of"),
        pytest.param({"nhi": []}, False, id="no row"),
        pytest.param({"nhi": [{"acquired_on": date(2020, 1, 1)}]}, True, id="a row"),
        pytest.param({"nhi": [{"resident_id": "8", "acquired_on": date(2020, 1, 1)}]}, False, id="somebody else's row"),
    ],
)
def test_records_that_are_absent_are_unknown_and_empty_ones_are_none(
    records: dict[str, Any], expected: bool | None
) -> None:
    assert _value("any_of(subject.nhi as n, n.acquired_on < as_of)", records=records) is expected


def test_a_claimants_row_is_not_the_childs() -> None:
    rows = {"child_allowance": [{"claimant_id": "1", "child_id": "2", "benefit_status": "RECEIVING"}]}
    assert _value("any_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')", records=rows) is False
    assert _value("any_of(subject.child_allowance as a, a.benefit_status = 'RECEIVING')", records=rows) is True


def test_facts_do_not_print_a_person() -> None:
    assert "1990" not in repr(Facts(subject=HEAD, as_of=date(2026, 11, 20), occurred_on=None))
