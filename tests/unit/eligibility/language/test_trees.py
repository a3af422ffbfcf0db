import pytest

from eligibility.language.nodes import Constant, Quantified, Scale
from eligibility.language.parse import parse
from eligibility.language.trees import alone, between_two

NO_VALUES: dict[str, Constant | Scale] = {}


@pytest.mark.parametrize(
    ("text", "by_itself", "of_two"),
    [
        pytest.param("any_of(household as m, m.rel1 = 'HEAD')", True, True, id="of the members"),
        pytest.param("any_of(household as m, m.birth_date > subject.birth_date)", False, True, id="beside the subject"),
        pytest.param(
            "any_of(subject.nhi as n, n.lost_on > subject.birth_date)", False, False, id="records beside the subject"
        ),
        pytest.param("any_of(household as m, m.birth_date < as_of)", False, False, id="on a day that is not given yet"),
    ],
)
def test_what_rows_depend_on(text: str, *, by_itself: bool, of_two: bool) -> None:
    node, _ = parse(text, dated=NO_VALUES.__getitem__)
    assert isinstance(node, Quantified)
    assert (alone(node), between_two(node)) == (by_itself, of_two)
