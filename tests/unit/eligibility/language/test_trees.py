import pytest

from eligibility.language.flags import maybe, surely
from eligibility.language.nodes import Constant, Flag, Logic, Node, Quantified, Scale
from eligibility.language.parse import parse
from eligibility.language.trees import UNKNOWN, alone, between_two, may_hold, relaxed

KNOWN, OTHER = (
    Flag(alias="subject.people", table="people", name=name, place=0, kind="boolean") for name in ("b0", "h0")
)
NO_VALUES: dict[str, Constant | Scale] = {}
NO = Constant(value=False, kind="boolean")


def _logic(operator: str, *parts: Node) -> Logic:
    return Logic(operator=operator, parts=parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("node", "may"),
    [
        pytest.param(KNOWN, '((c."b0" & 2) <> 0)', id="what is known is asked"),
        pytest.param(OTHER, "TRUE", id="what is not may be so"),
        pytest.param(_logic("not", OTHER), "(NOT FALSE)", id="and may be not so"),
        pytest.param(_logic("and", KNOWN, OTHER), '(((c."b0" & 2) = 2) AND TRUE)', id="both: the known one decides"),
        pytest.param(NO, "COALESCE(FALSE, TRUE)", id="a constant stays"),
    ],
)
def test_a_relaxed_condition_asks_only_what_is_known(node: Node, may: str) -> None:
    assert maybe(relaxed(node, lambda flag: flag == KNOWN), "now") == may


@pytest.mark.parametrize(
    ("node", "may"),
    [
        pytest.param(KNOWN, False, id="what is known not to be"),
        pytest.param(OTHER, True, id="what is not known"),
        pytest.param(_logic("not", KNOWN), True, id="its opposite"),
        pytest.param(_logic("not", OTHER), True, id="the opposite of what is not known"),
        pytest.param(_logic("and", KNOWN, OTHER), False, id="both"),
        pytest.param(_logic("or", KNOWN, OTHER), True, id="either"),
        pytest.param(_logic("or", KNOWN, NO), False, id="neither"),
        pytest.param(UNKNOWN, True, id="an unknown constant"),
        pytest.param(NO, False, id="a constant"),
    ],
)
def test_what_may_hold_where_a_flag_is_known_to_be_false(node: Node, may: bool) -> None:
    assert may_hold(node, lambda flag: False if flag == KNOWN else None) is may


def test_nothing_unknown_makes_a_relaxed_condition_sure() -> None:
    assert (
        surely(relaxed(_logic("or", OTHER, NO), lambda flag: flag == KNOWN), "now")
        == "(FALSE OR COALESCE(FALSE, FALSE))"
    )


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
