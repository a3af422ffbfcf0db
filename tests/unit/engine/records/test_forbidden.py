from pathlib import Path

import pytest

from engine.records.forbidden import (
    are_individual_numbers,
    declares_individual_number,
    is_dropped,
    know_individual_numbers,
)
from engine.warehouse.duck import open_warehouse

#: an invented number whose check digit is right, and the same with a wrong one
RIGHT, WRONG = "123456789018", "123456789017"


@pytest.mark.parametrize(
    ("header", "declares"),
    [
        pytest.param("個人番号", True, id="in Japanese"),
        pytest.param("My Number", True, id="with a space"),
        pytest.param("INDIVIDUAL_NUMBER", True, id="in capitals"),
        pytest.param("宛名番号", False, id="the resident's own number"),
        pytest.param("個人番号変更年月日", False, id="a date about it"),
    ],
)
def test_a_column_is_refused_by_what_it_says_of_itself(header: str, declares: bool) -> None:
    assert declares_individual_number(header) is declares


def test_what_is_dropped_at_the_door() -> None:
    assert is_dropped("障害名")
    assert is_dropped("基礎年金番号")
    assert not is_dropped("総合等級")


@pytest.mark.parametrize(
    ("value", "hit"),
    [
        (RIGHT, True),
        (WRONG, False),
        (None, False),
        ("12345", False),
        ("", False),
        (f"{RIGHT}0", False),
        ("000000000000", True),
    ],
)
def test_the_check_digit_tells(value: str | None, hit: bool, tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "r.duckdb", memory_limit_mb=128, scratch=tmp_path) as warehouse:
        know_individual_numbers(warehouse)
        found = warehouse.read("SELECT is_individual_number(CAST($value AS VARCHAR)) AS hit", {"value": value})
    assert found["hit"].to_list() == [hit]


def test_the_check_digit_is_that_of_the_law(tmp_path: Path) -> None:
    """番号法総務省令 5条: the weighted sum of P(n)·Q(n), and 0 where the rest is 0 or 1."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    eleven = [f"{seed * 7_919_111_313 % 10**11:011d}" for seed in range(1, 200)]
    rests = [sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 for digits in eleven]
    right = [digits + str(0 if rest <= 1 else 11 - rest) for digits, rest in zip(eleven, rests, strict=True)]
    with open_warehouse(tmp_path / "r.duckdb", memory_limit_mb=128, scratch=tmp_path) as warehouse:
        know_individual_numbers(warehouse)
        found = warehouse.read(
            "SELECT count(*) AS n FROM (SELECT unnest($all) AS x) WHERE is_individual_number(x)", {"all": right}
        )
    assert found["n"].item() == len(right)


@pytest.mark.parametrize(
    ("hits", "values", "full"),
    [
        pytest.param(20, 20, True, id="twenty that check out"),
        pytest.param(19, 19, False, id="nineteen are too few to tell"),
        pytest.param(18, 20, True, id="nine in ten"),
        pytest.param(17, 20, False, id="fewer than nine in ten"),
    ],
)
def test_when_a_column_as_a_whole_holds_them(hits: int, values: int, full: bool) -> None:
    assert are_individual_numbers(hits, values) is full
