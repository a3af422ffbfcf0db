"""What a night asks is found once: equal questions have one column, and what cannot be found beforehand stays as it was."""

from datetime import date

import pytest

from eligibility.language.compile import HOUSEHOLDS, PAIRS, PEOPLE
from eligibility.language.nodes import Column, Constant, Node, Quantified, walk
from eligibility.language.parse import parse
from eligibility.language.together import KNOWN_CASES, Together

ON = date(2026, 11, 20)


def _tree(text: str) -> Node:
    return parse(text, dated=lambda name: Constant(value=1, kind="number"))[0]


@pytest.mark.parametrize(
    ("text", "table"),
    [
        pytest.param("age_on(subject.birth_date, as_of) < 18", PEOPLE, id="one's own row"),
        pytest.param("any_of(subject.nhi as n, n.lost_on > as_of)", PEOPLE, id="one's records"),
        pytest.param("any_of(household as m, m.rel1 = 'CHILD')", HOUSEHOLDS, id="the members"),
        pytest.param("any_of(household as m, m.birth_date > subject.birth_date)", PAIRS, id="two people"),
        pytest.param("any_of(subject.nhi as n, n.lost_on = event.occurred_on)", PAIRS, id="records beside the event"),
        pytest.param(
            "any_of(household as m, any_of(m.nhi as n, n.lost_on = event.occurred_on))", PAIRS, id="members' records"
        ),
    ],
)
def test_an_answer_is_a_column(text: str, table: str) -> None:
    found = Together(as_of=ON).rewritten(_tree(text))
    assert isinstance(found, Column)
    assert found.table == table


def test_what_is_asked_beside_the_subject_and_the_event_stays() -> None:
    text = "any_of(household as m, m.birth_date < subject.birth_date and m.birth_date > event.occurred_on)"
    assert any(isinstance(part, Quantified) for part in walk(Together(as_of=ON).rewritten(_tree(text))))


def test_equal_questions_have_one_column_whatever_their_rows_are_called() -> None:
    together = Together(as_of=ON)
    one, other = (
        together.rewritten(_tree(f"any_of(household as {name}, {name}.sex = '1')")) for name in ("one", "other")
    )
    assert one == other


def test_a_function_of_constants_is_worked_out_before() -> None:
    found = Together(as_of=ON).rewritten(_tree("fiscal_year_start(as_of) <= event.occurred_on"))
    assert Constant(value=date(2026, 4, 1), kind="date") in [*walk(found)]


def test_the_tables_are_told_in_the_order_in_which_they_are_made() -> None:
    together = Together(as_of=ON)
    together.rewritten(_tree("any_of(subject.nhi as n, n.lost_on > as_of) and subject.sex = '1'"))
    assert [[*step] for step in together.tables()] == [[PEOPLE, "subjects"], [HOUSEHOLDS, "beside"], [KNOWN_CASES]]
