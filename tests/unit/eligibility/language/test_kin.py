"""Who raises whom: real homes, each person asked, by the evaluator and by the SQL of the night."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from eligibility.language.evaluate import Facts, evaluate
from eligibility.language.nodes import Constant
from eligibility.language.parse import parse
from tests.support.cases import SqlReader, sql_reader

ON = date(2026, 11, 20)
MINOR = "reaches_age_on(m.birth_date, 18) > as_of"
ASKED = {
    "children": f"any_of(subject.children as m, {MINOR})",
    "wards": f"any_of(subject.wards as m, {MINOR})",
    "raised": f"any_of(subject.raised as m, {MINOR})",
    "spouse": "any_of(subject.spouse as m, true)",
}
YES, NO, OPEN = True, False, None
NO_VALUES: dict[str, Constant] = {}


@pytest.fixture(scope="module")
def reader() -> Iterator[SqlReader]:
    with sql_reader() as found:
        yield found


def _home(*people: tuple[str | None, int]) -> list[dict[str, Any]]:
    """Each by the way from the head (CHILD.WIFE) and the age on the day asked about."""
    home = []
    for place, (relation, age) in enumerate(people):
        steps = dict(zip(("rel1", "rel2", "rel3", "rel4"), relation.split(".") if relation else (), strict=False))
        home.append({"resident_id": f"m{place}", "status": "RESIDENT", "birth_date": date(2026 - age, 5, 5), **steps})
    return home


#: people of a home in order, and for each of them whether they raise a minor there, and whether they have a spouse there
HOMES = [
    pytest.param([("HEAD", 35), ("CHILD", 8)], [(YES, NO), (NO, NO)], id="a mother with a child"),
    pytest.param(
        [("HEAD", 40), ("CHILD", 16), ("CHILD", 2)],
        [(YES, NO), (NO, NO), (NO, NO)],
        id="a child of 16 raises no brother of two",
    ),
    pytest.param(
        [("HEAD", 40), ("WIFE", 38), ("CHILD", 8)], [(YES, YES), (YES, YES), (NO, NO)], id="a couple with a child"
    ),
    pytest.param(
        [("HEAD", 40), ("WIFE_UNREGISTERED", 38), ("WIFE_UNREGISTERED.CHILD", 8)],
        [(YES, YES), (YES, YES), (NO, NO)],
        id="a couple, not registered, with her child",
    ),
    pytest.param([("HEAD", 16), ("SIBLING", 10)], [(OPEN, NO), (NO, NO)], id="a child head with a sister"),
    pytest.param([("HEAD", 16)], [(NO, NO)], id="a child that lives alone"),
    pytest.param([("HEAD", 18)], [(NO, NO)], id="a student that lives alone"),
    pytest.param(
        [("HEAD", 16), ("SIBLING", 20), ("SIBLING", 9)],
        [(NO, NO), (OPEN, NO), (NO, NO)],
        id="the grown sister of a child head",
    ),
    pytest.param(
        [("HEAD", 22), ("SIBLING", 9)], [(OPEN, NO), (NO, NO)], id="a grown head with a brother, without parents"
    ),
    pytest.param(
        [("HEAD", 22), ("SIBLING", 9), ("MOTHER", 45)],
        [(NO, NO), (NO, NO), (OPEN, NO)],
        id="a grown head with a brother and their mother",
    ),
    pytest.param(
        [("HEAD", 50), ("WIFE", 48), ("CHILD", 16), ("CHILD.CHILD", 0)],
        [(YES, YES), (YES, YES), (OPEN, NO), (NO, NO)],
        id="a mother of 16 with her parents",
    ),
    pytest.param(
        [("HEAD", 50), ("CHILD", 25), ("CHILD.CHILD", 3)],
        [(NO, NO), (OPEN, NO), (NO, NO)],
        id="a grown daughter with a child at her mother's",
    ),
    pytest.param(
        [("HEAD", 50), ("CHILD", 25), ("CHILD", 16), ("CHILD.CHILD", 8)],
        [(YES, NO), (OPEN, NO), (NO, NO), (NO, NO)],
        id="an uncle of 16 has no nephew of 8 to raise",
    ),
    pytest.param(
        [("HEAD", 70), ("WIFE", 68), ("CHILD.CHILD", 10)],
        [(OPEN, YES), (OPEN, YES), (NO, NO)],
        id="grandparents with a grandchild",
    ),
    pytest.param(
        [("HEAD", 70), ("CHILD", 40), ("CHILD.WIFE", 38), ("CHILD.CHILD", 10)],
        [(NO, NO), (OPEN, YES), (OPEN, YES), (NO, NO)],
        id="three generations",
    ),
    pytest.param(
        [("HEAD", 70), ("CHILD", 40), ("CHILD", 37), ("CHILD.WIFE", 38), ("CHILD.CHILD", 10)],
        [(NO, NO), (OPEN, OPEN), (OPEN, OPEN), (OPEN, OPEN), (NO, NO)],
        id="of two children of the head it is open which is married",
    ),
    pytest.param(
        [("HEAD", 40), ("MOTHER", 90), ("CHILD", 8)],
        [(YES, NO), (NO, NO), (NO, NO)],
        id="a great age does not raise the head's child",
    ),
    pytest.param(
        [("HEAD", 17), ("MOTHER", 45), ("SIBLING", 9)],
        [(NO, NO), (YES, NO), (NO, NO)],
        id="a mother who is not the head",
    ),
    pytest.param(
        [("HEAD", 17), ("MOTHER", 45), ("FATHER", 47)],
        [(NO, NO), (YES, YES), (YES, YES)],
        id="both parents of the head",
    ),
    pytest.param(
        [("HEAD", 40), ("SIBLING", 35), ("SIBLING.CHILD", 6)],
        [(NO, NO), (OPEN, NO), (NO, NO)],
        id="a sister with her child",
    ),
    pytest.param([("HEAD", 60), ("RELATIVE", 9)], [(OPEN, NO), (NO, NO)], id="a child of whom only kinship is known"),
    pytest.param(
        [("HEAD", 40), ("COHABITANT", 35), ("COHABITANT", 6)],
        [(NO, OPEN), (OPEN, OPEN), (NO, NO)],
        id="a woman and a child who only live there",
    ),
    pytest.param(
        [("HEAD", 40), ("CHILD", 6), ("COHABITANT", 35)],
        [(YES, OPEN), (NO, NO), (NO, OPEN)],
        id="a parent and somebody who only lives there",
    ),
    pytest.param([("HEAD", 40), (None, 6)], [(OPEN, OPEN), (OPEN, OPEN)], id="a relationship that is not on record"),
]


def _facts(people: list[tuple[str | None, int]]) -> list[Facts]:
    home = _home(*people)
    return [Facts(subject=who, household=home, as_of=ON, occurred_on=None) for who in home]


@pytest.mark.parametrize(("people", "expected"), HOMES)
def test_who_raises_whom_and_who_is_married(
    people: list[tuple[str | None, int]], expected: list[tuple[bool | None, bool | None]]
) -> None:
    asked = {name: parse(text, dated=_none)[0] for name, text in ASKED.items()}
    said = [{name: evaluate(node, one) for name, node in asked.items()} for one in _facts(people)]
    assert [(one["raised"], one["spouse"]) for one in said] == expected
    for one in said:
        assert one["raised"] is (one["children"] or one["wards"] if one["children"] in {True, False} else None)


def test_the_sql_says_the_same_of_every_home(reader: SqlReader) -> None:
    asked = {name: parse(text, dated=_none)[0] for name, text in ASKED.items()}
    facts = [one for home in HOMES for one in _facts(home.values[0])]  # type: ignore[arg-type]
    assert reader.values(asked, facts) == [{name: evaluate(node, one) for name, node in asked.items()} for one in facts]


@pytest.mark.parametrize(
    ("text", "people", "place", "expected"),
    [
        pytest.param(f"count_of(subject.children as m, {MINOR}) >= 2", [("CHILD", 3), ("CHILD", 9)], 0, YES, id="two"),
        pytest.param(f"count_of(subject.children as m, {MINOR}) >= 2", [("CHILD", 3), ("CHILD", 19)], 0, NO, id="one"),
        pytest.param(f"count_of(subject.children as m, {MINOR}) = 0", [("CHILD", 3)], 1, YES, id="of a child"),
        pytest.param(
            f"count_of(subject.children as m, {MINOR}) >= 2",
            [("CHILD", 25), ("CHILD.CHILD", 3), ("CHILD.CHILD", 9)],
            1,
            OPEN,
            id="two, if they are theirs",
        ),
        pytest.param(f"none_of(subject.children as m, {MINOR})", [("CHILD", 3)], 0, NO, id="none of"),
        pytest.param(
            f"none_of(subject.wards as m, {MINOR})", [("CHILD", 25), ("CHILD.CHILD", 3)], 0, YES, id="nobody's ward"
        ),
    ],
)
def test_children_are_counted(
    reader: SqlReader, text: str, people: list[tuple[str | None, int]], place: int, expected: bool | None
) -> None:
    home = _home(("HEAD", 50), *people)
    node, read = parse(text, dated=_none)
    facts = Facts(subject=home[place], household=home, as_of=ON, occurred_on=None)
    assert evaluate(node, facts) is expected
    assert reader.values({"it": node}, [facts]) == [{"it": expected}]
    assert {("residents", name) for name in ("rel1", "rel2", "rel3", "rel4", "birth_date")} <= read


@pytest.mark.parametrize(
    ("born", "on", "expected"),
    [
        pytest.param(date(2008, 11, 21), ON, OPEN, id="of age today"),
        pytest.param(date(2008, 11, 22), ON, NO, id="of age tomorrow"),
    ],
)
def test_only_who_is_of_age_may_raise_somebody_elses_child(born: date, on: date, expected: bool | None) -> None:
    home = [*_home(("HEAD", 16), ("SIBLING", 9), ("SIBLING", 16)), *_home(("SIBLING", 0))]
    elder = home[-1] | {"resident_id": "elder", "birth_date": born}
    node, _ = parse(ASKED["raised"], dated=_none)
    assert evaluate(node, Facts(subject=elder, household=[*home[:3], elder], as_of=on, occurred_on=None)) is expected


@pytest.mark.parametrize(
    ("age_days", "expected"),
    [pytest.param(0, OPEN, id="three tomorrow"), pytest.param(1, NO, id="three today")],
)
def test_somebody_under_18_has_no_child_of_three(age_days: int, expected: bool | None) -> None:
    home = _home(("HEAD", 50), ("CHILD", 17), ("CHILD", 25), ("CHILD.CHILD", 0))
    home[3] |= {"birth_date": date(2023, 11, 22 - age_days)}
    node, _ = parse(ASKED["raised"], dated=_none)
    assert evaluate(node, Facts(subject=home[1], household=home, as_of=ON, occurred_on=None)) is expected


def _none(name: str) -> Constant:
    raise KeyError(name)


#: a home, the place of who asks, and the places of those who surely must support them, and of those of whom it is open
SUPPORT = [
    pytest.param(
        [("HEAD", 35), ("CHILD", 8), ("MOTHER", 62), ("SIBLING", 30)], 0, {2, 3}, set(), id="parent and sister"
    ),
    pytest.param(
        [("HEAD", 60), ("WIFE", 58), ("CHILD", 30), ("CHILD.CHILD", 6)], 2, {0}, {1, 2}, id="back at her father's"
    ),
    pytest.param([("HEAD", 60), ("FATHER", 85), ("SIBLING", 55), ("CHILD", 30)], 3, {0, 1}, {3}, id="an uncle is none"),
    pytest.param(
        [("HEAD", 60), ("SIBLING.HUSBAND", 58), ("COHABITANT", 40), ("CHILD.WIFE", 30)], 0, set(), set(), id="none"
    ),
    pytest.param(
        [("HEAD", 60), ("CHILD", 30), ("CHILD.CHILD", 19), ("FATHER.MOTHER", 99)], 0, {1}, {2, 3}, id="far kin"
    ),
    pytest.param([("HEAD", 60), ("SIBLING", 58), (None, 40)], 1, set(), {0, 1, 2}, id="neither the head nor a child"),
    pytest.param([("HEAD", 40), ("CHILD", 17), ("CHILD", 18)], 0, {2}, set(), id="of age"),
]


@pytest.mark.parametrize(("home", "asking", "surely", "perhaps"), SUPPORT)
def test_who_must_support_somebody_at_home(
    reader: SqlReader, home: list[tuple[str | None, int]], asking: int, surely: set[int], perhaps: set[int]
) -> None:
    people = _home(*home)
    facts = Facts(subject=people[asking], household=people, records={}, as_of=ON, occurred_on=ON)
    nodes = {
        str(place): parse(
            f"any_of(subject.obligors as m, m.birth_date = '{one['birth_date']}')", dated=NO_VALUES.__getitem__
        )[0]
        for place, one in enumerate(people)
    }
    found = {place: evaluate(node, facts) for place, node in nodes.items()}
    assert {int(place) for place, value in found.items() if value is True} == surely
    assert {int(place) for place, value in found.items() if value is None} == perhaps
    assert reader.values(nodes, [facts]) == [found]
