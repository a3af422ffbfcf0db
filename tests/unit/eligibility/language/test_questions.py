from datetime import date

import pytest

from eligibility.language.nodes import Column, Constant, Flag, Node, Scale
from eligibility.language.parse import parse
from eligibility.language.questions import Questions

NO_VALUES: dict[str, Constant | Scale] = {}
ON = date(2026, 11, 20)


def _rewritten(*texts: str) -> list[Node]:
    asked = Questions(schema="now", as_of=ON, occurred_on=ON)
    return [asked.rewritten(parse(text, dated=NO_VALUES.__getitem__)[0]) for text in texts]


def test_equal_questions_are_asked_once_whatever_their_rows_are_called() -> None:
    first, second = _rewritten(
        "any_of(household as m, m.rel1 = 'HEAD')", "any_of(household as other, other.rel1 = 'HEAD')"
    )
    assert first == second


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("subject.rel1 = 'HEAD'", "people", id="one's own column"),
        pytest.param("any_of(subject.nhi as n, n.lost_on > as_of)", "people", id="one's own records"),
        pytest.param("any_of(household as m, m.rel1 = 'HEAD')", "households", id="the household"),
    ],
)
def test_a_yes_or_no_stands_as_a_flag_with_whom_it_is_asked_of(text: str, where: str) -> None:
    (flag,) = _rewritten(text)
    assert isinstance(flag, Flag)
    assert flag.table == where


def test_what_holds_two_people_against_each_other_stands_in_pairs() -> None:
    (column,) = _rewritten("count_of(household as m, m.birth_date < subject.birth_date) >= 2")
    assert isinstance(column, Column)
    assert column.table == "pairs"
