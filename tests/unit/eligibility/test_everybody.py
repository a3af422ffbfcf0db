from datetime import date
from typing import Any

import pytest

from eligibility.columnar.expressions import Expressions
from eligibility.columnar.plan import Plan
from eligibility.columnar.vectors import NO, UNKNOWN, YES
from eligibility.compiled import Compiled
from eligibility.everybody import asked_of, columns_read, judged
from eligibility.programme import parse_programme
from tests.support.programmes import TEXT, plain
from tests.support.registers import register_of

ON = date(2026, 11, 20)
PEOPLE = [
    {"resident_id": number, "household_id": number, "birth_date": born, "sex": sex}
    for number, (born, sex) in enumerate(
        [(date(2015, 5, 5), "1"), (date(1985, 5, 5), "2"), (None, "2"), (date(2015, 5, 5), "2")]
    )
]


def _programme(**changes: Any) -> Compiled:
    return parse_programme(plain(examples=None, **changes)).compiled(ON)


def _rules(on: date = ON) -> Expressions:
    return Expressions(plan=Plan(register=register_of(PEOPLE)), as_of=on, occurred_on=on)


def _barred(sex: str) -> dict[str, Any]:
    reads = {table: dict(read) for table, read in plain()["reads"].items()}
    reads["residents"]["columns"] = [*reads["residents"]["columns"], "sex"]
    barred = {"id": "barred", "label": TEXT, "expr": f"subject.sex = '{sex}'", "cites": "法"}
    return {"exclusions": [barred], "reads": reads}


def test_each_programme_gives_a_verdict_and_says_why() -> None:
    one, other = _programme(), _programme(slug="other", **_barred("1"))
    found = {name: answers.tolist() for name, answers in judged(_rules(), [one, other], explained=True).items()}
    assert found["plain"] == [1, 0, 1, 1]
    assert found["other"] == [0, 0, 1, 1]
    assert found["other|exclusion:barred"] == [YES, NO, NO, NO]
    assert found["plain|criterion:young"] == [YES, NO, UNKNOWN, YES]
    assert found["plain|criterion:asked"] == [UNKNOWN] * 4
    assert found["plain|amount:0"] == [YES] * 4
    assert {*judged(_rules(), [one])} == {"plain"}


def test_what_a_programme_comes_to_at_another_time_is_not_judged() -> None:
    with pytest.raises(AssertionError, match="plain is another on 2027-04-01"):
        judged(_rules(date(2027, 4, 1)), [_programme()])


def test_outside_its_time_a_programme_lets_nobody_in() -> None:
    assert judged(_rules(date(2026, 3, 31)), [_programme()])["plain"].tolist() == [0] * 4


@pytest.mark.parametrize("inner", ["all", "any", "none"])
def test_groups_are_met_as_the_law_joins_them(inner: str) -> None:
    parts = [
        {"id": name, "label": TEXT, "expr": expr, "cites": "法", "verify": TEXT}
        for name, expr in (("a", "subject.birth_date > '2000-01-01'"), ("b", "false"))
    ]
    expected = {"all": [0, 0, 0, 0], "any": [2, 0, 1, 2], "none": [0, 2, 1, 0]}[inner]
    assert judged(_rules(), [_programme(criteria={inner: parts})])["plain"].tolist() == expected


def test_what_is_asked_and_read_of_a_programme() -> None:
    programme = _programme(**_barred("1"))
    assert {*asked_of(programme)} == {"criterion:young", "criterion:asked", "exclusion:barred", "amount:0"}
    assert columns_read([programme])["residents"] == {"birth_date", "sex"}
