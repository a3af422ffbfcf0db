"""The pieces of a programme file: what they refuse, values by date, and groups in three values."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from eligibility.parts import Criterion, DatedValue, Group
from engine.core.errors import ValueNotInForce

SAID: dict[str, Any] = {
    "unit": "JPY",
    "source": "law",
    "verified_on": date(2026, 4, 1),
    "next_review": date(2027, 4, 1),
}
ASK = {"ja": "確かめてください", "en": "Please check"}


def criterion(name: str) -> Criterion:
    return Criterion.model_validate(
        {"id": name, "label": ASK, "expr": "x", "cites": "law 1", "when_unknown": "ask", "ask": ASK}
    )


def group(kind: str, *parts: Criterion | Group) -> Group:
    return Group.model_validate({kind: parts})


def test_a_value_is_that_of_its_date_and_never_a_guess() -> None:
    value = DatedValue(**SAID, values={date(2024, 4, 1): 10, date(2026, 4, 1): 12})
    assert [value.on(date(2026, 3, 31), "limit"), value.on(date(2026, 4, 1), "limit")] == [10, 12]
    with pytest.raises(ValueNotInForce, match="limit has no value in force on 2024-03-31; the first is 2024-04-01"):
        value.on(date(2024, 3, 31), "limit")


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"values": {}}, id="no value"),
        pytest.param({"values": {date(2024, 4, 1): (1, 2)}}, id="a table without its step"),
        pytest.param({"values": {date(2024, 4, 1): 1}, "step": 5}, id="a step without a table"),
        pytest.param({"values": {date(2024, 4, 1): (1,), date(2025, 4, 1): 2}, "step": 5}, id="both forms"),
        pytest.param({"values": {date(2024, 4, 1): ()}, "step": 5}, id="an empty table"),
    ],
)
def test_a_value_has_one_form(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DatedValue(**SAID, **more)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"when_unknown": "ask"}, "say what to ask the reader"),
        ({"when_unknown": "verify"}, "say what staff must find out"),
        ({"when_unknown": "verify", "verify": ASK, "expr": None}, "when_unknown must be ask"),
    ],
)
def test_a_criterion_says_what_happens_when_it_is_unknown(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Criterion.model_validate({"id": "lives_here", "label": ASK, "expr": "x", "cites": "law 1"} | fields)


@pytest.mark.parametrize("fields", [{}, {"all": []}, {"all": [criterion("a")], "any": [criterion("b")]}])
def test_a_group_is_one_of_three_and_not_empty(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Group.model_validate(fields)


@pytest.mark.parametrize(("a", "b"), list(product([True, False, None], repeat=2)))
def test_a_group_is_decided_as_soon_as_it_can_be_and_never_before(a: bool | None, b: bool | None) -> None:
    results = {"a": a, "b": b}
    worlds = [{"a": x, "b": y} for x, y in product([True, False], repeat=2) if a in {x, None} and b in {y, None}]
    for kind, rule in (("all", all), ("any", any), ("none", lambda values: not any(values))):
        possible = {rule(world.values()) for world in worlds}
        expected = possible.pop() if len(possible) == 1 else None
        assert group(kind, criterion("a"), criterion("b")).verdict(results) is expected


def test_only_what_the_verdict_hangs_on_is_undecided() -> None:
    tree = group("all", group("any", criterion("a"), criterion("b")), criterion("c"), criterion("d"))
    assert [one.id for one in tree.criteria()] == ["a", "b", "c", "d"]
    results: dict[str, bool | None] = {"a": True, "b": None, "c": None, "d": True}
    assert [one.id for one in tree.undecided(results)] == ["c"]
    assert list(tree.undecided(results | {"d": False})) == []
