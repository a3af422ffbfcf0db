import pytest

from eligibility.columnar.frames import EVENT, Naming
from eligibility.language.nodes import Constant, Node
from eligibility.language.parse import parse


def _tree(text: str) -> Node:
    node, _ = parse(text, dated=dict[str, Constant]().__getitem__)
    return node


@pytest.mark.parametrize(
    ("text", "of_cases", "whose"),
    [
        pytest.param("subject.birth_date < as_of", True, {"subject"}, id="the subject"),
        pytest.param("subject.nhi.acquired_on < event.occurred_on", True, {"subject", EVENT}, id="an event"),
        pytest.param("subject.nhi.acquired_on < event.occurred_on", False, {"subject"}, id="the same event for all"),
        pytest.param("any_of(household as m, m.birth_date < as_of)", True, {"subject"}, id="members are the subject's"),
        pytest.param("event.detail = '4'", True, {EVENT}, id="an event alone"),
        pytest.param("event.detail = '4'", False, set(), id="nobody"),
    ],
)
def test_whom_an_expression_names_outside_itself(text: str, of_cases: bool, whose: set[str]) -> None:
    assert Naming(of_cases=of_cases).about(_tree(text)).whose == whose


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        pytest.param(
            "subject.birth_date < as_of and age_on(subject.birth_date, as_of) > 3", [["birth_date"]], id="one"
        ),
        pytest.param("subject.birth_date < subject.effective_date", [["birth_date"], ["effective_date"]], id="two"),
        pytest.param(
            "relation(subject.rel1, subject.rel2, subject.rel3, subject.rel4) = 'CHILD'",
            [["rel1", "rel2", "rel3", "rel4"]],
            id="several together",
        ),
        pytest.param("any_of(household as m, m.birth_date < as_of)", None, id="rows of its own"),
    ],
)
def test_the_columns_an_expression_is_of(text: str, columns: list[list[str]] | None) -> None:
    found = Naming(of_cases=True).about(_tree(text)).columns
    assert (None if found is None else sorted([one.name for one in several] for several in found)) == columns


def test_an_expression_is_looked_at_once() -> None:
    naming, tree = Naming(of_cases=True), _tree("subject.birth_date < as_of")
    assert naming.about(tree) is naming.about(tree)
