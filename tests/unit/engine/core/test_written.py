import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from engine.core.written import read, written


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """What holds anything."""

    value: Any


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What holds two."""

    left: Any
    right: Any


TYPES: Mapping[str, type] = {"Leaf": Leaf, "Pair": Pair}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="nothing"),
        pytest.param('児童 ["#", 0]', id="a text that looks like more"),
        pytest.param(date(2024, 2, 29), id="a date"),
        pytest.param(("date", ("2024-02-29",), ()), id="tuples of tuples"),
        pytest.param(frozenset([("a", "b"), ("a", "c")]), id="a set"),
        pytest.param({"#": Leaf(value=1), date(2024, 10, 1): {}}, id="a mapping"),
        pytest.param(Pair(left=Leaf(value=(Leaf(value=None),)), right=Leaf(value="x")), id="records in records"),
    ],
)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert read(written(value), TYPES) == value


def test_one_and_true_are_told_apart() -> None:
    found = read(written((Leaf(value=1), Leaf(value=True), Leaf(value=0), Leaf(value=False))), TYPES)
    assert [type(one.value) for one in found] == [int, bool, int, bool]


def test_a_record_is_written_once_however_often_it_stands_there() -> None:
    text = written(Pair(left=Leaf(value="x"), right=(Leaf(value="x"), Leaf(value="y"))))
    assert len(json.loads(text)[0]) == 3
    found = read(text, TYPES)
    assert found.left is found.right[0]


@pytest.mark.parametrize("value", [1.5, [1], Leaf], ids=["a fraction", "a list", "a type"])
def test_what_is_neither_plain_nor_a_record_is_not_written(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be written"):
        written(value)
