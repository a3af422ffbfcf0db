from eligibility.language.nodes import Column, Constant, Logic, Node, children, flat, walk
from eligibility.language.parse import parse


def _tree(text: str) -> Node:
    return parse(text, dated=dict[str, Constant]().__getitem__)[0]


def test_every_expression_below_is_walked_through() -> None:
    tree = _tree("any_of(household as m, m.sex in ('1') and age_on(m.birth_date, as_of) > 3)")
    assert [one.name for one in walk(tree) if isinstance(one, Column)] == ["sex", "birth_date"]
    assert [type(one).__name__ for one in children(tree)] == ["Logic"]
    assert children(Constant(value=1, kind="number")) == ()


def test_conditions_joined_in_one_way_are_one_list() -> None:
    tree = _tree(
        "subject.sex = '1' and (subject.sex = '2' and subject.sex = '1') and (subject.rel1 = 'HEAD' or subject.rel1 = 'WIFE')"
    )
    assert isinstance(tree, Logic)
    found = list(flat(tree.operator, tree.parts))
    assert len(found) == 4
    assert isinstance(found[-1], Logic) and found[-1].operator == "or"
