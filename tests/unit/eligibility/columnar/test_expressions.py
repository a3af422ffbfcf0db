"""Single expressions over a small register, told by hand; against the evaluator they are held in tests/property/test_one_pass."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from eligibility.columnar.expressions import Expressions
from eligibility.columnar.plan import Plan
from eligibility.columnar.register import Register
from eligibility.columnar.vectors import NO, UNKNOWN, YES
from eligibility.language.nodes import Constant, Node, Scale
from eligibility.language.parse import parse
from tests.support.registers import register_of

ON = date(2026, 11, 20)
CONSENT = {"resident_tax": ("TAX", "some_programme")}
SCALE = Scale(values=(100, 200), step=50, kind="yen")
PEOPLE = (
    {"resident_id": 0, "household_id": 0, "rel1": "HEAD", "birth_date": date(1980, 5, 5), "sex": "1"},
    {"resident_id": 1, "household_id": 0, "rel1": "CHILD", "birth_date": date(2010, 5, 5), "sex": "2"},
    {"resident_id": 2, "household_id": 0, "rel1": "CHILD", "birth_date": date(2015, 5, 5)},
    {"resident_id": 3, "household_id": 1, "rel1": "HEAD", "sex": "2"},
)
TABLES: dict[str, list[dict[str, Any]]] = {
    "resident_tax": [
        {"resident_id": 0, "fiscal_year": 2026, "income_yen": 150, "dependants": 1},
        {"resident_id": 3, "fiscal_year": 2026, "income_yen": 150, "dependants": None},
        {"resident_id": 3, "fiscal_year": 2025, "income_yen": 90, "dependants": 0},
    ],
    "nhi": [{"resident_id": 1, "acquired_on": date(2020, 4, 1)}],
    "consents": [{"resident_id": 0, "data_group": "TAX", "programme": "some_programme", "given_on": date(2026, 1, 1)}],
    "child_allowance": [{"claimant_id": 0, "child_id": 2, "benefit_status": "RECEIVING"}],
}


@pytest.fixture(scope="module")
def register() -> Register:
    return register_of(PEOPLE, **TABLES)


def _tree(text: str, **consent: tuple[str, str]) -> Node:
    values: dict[str, Constant | Scale] = {"scale": SCALE}
    return parse(text, dated=values.__getitem__, consent=consent)[0]


def _rules(register: Register) -> Expressions:
    return Expressions(plan=Plan(register=register), as_of=ON, occurred_on=ON)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("subject.birth_date < '2012-01-01'", [YES, YES, NO, UNKNOWN], id="one column"),
        pytest.param("subject.sex = '2' or subject.birth_date > '2012-01-01'", [NO, YES, YES, YES], id="two columns"),
        pytest.param("subject.nhi.acquired_on < as_of", [UNKNOWN, YES, UNKNOWN, UNKNOWN], id="of whom there is a record"),
        pytest.param("any_of(household as m, m.sex = '1')", [YES, YES, YES, NO], id="members"),
        pytest.param("any_of(household as m, m.birth_date < '1970-01-01')", [NO, NO, NO, UNKNOWN], id="a member unknown"),
        pytest.param("all_of(household as m, m.birth_date < as_of)", [YES, YES, YES, UNKNOWN], id="all members"),
        pytest.param("count_of(household as m, m.rel1 = 'CHILD') >= 2", [YES, YES, YES, NO], id="members counted"),
        pytest.param("rank_of(household as m, m.rel1 = 'CHILD', m.birth_date) = 1", [YES, YES, NO, YES], id="rank"),
        pytest.param("any_of(household as m, m.birth_date > subject.birth_date)", [YES, YES, NO, UNKNOWN], id="two people"),
        pytest.param(
            "any_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')", [NO, NO, YES, NO], id="records by child"
        ),
        pytest.param(
            "any_of(household as m, any_of(m.allowance_as_child as a, a.benefit_status = 'RECEIVING'))",
            [YES, YES, YES, NO],
            id="records of members",
        ),
        pytest.param(
            "one_of(subject.resident_tax as t, t.fiscal_year = 2026, t.income_yen)"
            " < value('scale', one_of(subject.resident_tax as t, t.fiscal_year = 2026, t.dependants))",
            [YES, UNKNOWN, UNKNOWN, UNKNOWN],
            id="a scale",
        ),
        pytest.param("sum_of(subject.resident_tax as t, t.income_yen < 1000, t.income_yen) = 240", [NO, NO, NO, YES], id="sum"),
        pytest.param(
            "relation(subject.rel1, subject.rel2, subject.rel3, subject.rel4) in ('HEAD', 'SIBLING')",
            [YES, NO, NO, YES],
            id="relation",
        ),
        pytest.param("any_of(subject.children as m, m.birth_date > '2012-01-01')", [YES, NO, NO, NO], id="children"),
        pytest.param("event.detail = '4'", [NO] * 4, id="nobody's"),
        pytest.param("subject.ward_flag = true", [UNKNOWN] * 4, id="nowhere on record"),
    ],
)  # fmt: skip
def test_everybody_is_answered(register: Register, text: str, expected: list[np.uint8]) -> None:
    rules = _rules(register)
    assert rules.plan.answers([rules.asked(_tree(text))])[0].tolist() == expected


def test_what_is_read_by_consent_is_unknown_of_who_gave_none(register: Register) -> None:
    rules = _rules(register)
    asked = _tree("any_of(subject.resident_tax as t, t.income_yen > 100)", **CONSENT)
    assert rules.plan.answers([rules.asked(asked)])[0].tolist() == [YES, UNKNOWN, UNKNOWN, UNKNOWN]


def test_a_rule_may_call_its_rows_what_it_likes(register: Register) -> None:
    rules = _rules(register)
    told = [
        _tree(f"any_of(household as {one}, any_of({one}.resident_tax as {other}, {other}.income_yen > 100))", **CONSENT)
        for one, other in (("m", "t"), ("consent", "row"), ("row", "consent"))
    ]
    assert len({rules.asked(node) for node in told}) == 1
    assert rules.plan.answers([rules.asked(told[1])])[0].tolist() == [YES, YES, YES, UNKNOWN]


def test_equal_questions_are_one_step_whatever_their_rows_are_called(register: Register) -> None:
    rules = _rules(register)
    one, other = (_tree(f"any_of(household as {name}, {name}.sex = '1')") for name in "mn")
    assert rules.asked(one) == rules.asked(other)


def test_an_answer_that_all_share_takes_no_look_at_anybody(register: Register) -> None:
    rules = _rules(register)
    assert rules.asked(_tree("subject.status = 'RESIDENT'")) in rules.plan.fixed
    assert rules.asked(_tree("subject.rel1 = 'MOTHER'")) in rules.plan.fixed
    assert rules.asked(_tree("subject.rel1 = 'HEAD'")) in rules.plan.steps


def test_answers_are_joined_and_turned_round(register: Register) -> None:
    rules = _rules(register)
    first, second = rules.asked(_tree("subject.birth_date < '2012-01-01'")), rules.asked(_tree("subject.sex = '2'"))
    found = rules.plan.answers([rules.every([first, second]), rules.not_surely(first)])
    assert [one.tolist() for one in found] == [[NO, YES, NO, UNKNOWN], [NO, NO, YES, YES]]
