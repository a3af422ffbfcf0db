import polars as pl
import pytest

from engine.records.forbidden import (
    declares_individual_number,
    holds_individual_numbers,
    individual_numbers,
    is_dropped,
)

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


def test_the_check_digit_tells() -> None:
    assert individual_numbers(pl.Series([RIGHT, WRONG, None, "12345", ""])).to_list() == [
        True,
        False,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("values", "full"),
    [
        pytest.param([RIGHT] * 20, True, id="twenty that check out"),
        pytest.param([RIGHT] * 19, False, id="nineteen are too few to tell"),
        pytest.param([RIGHT] * 18 + [WRONG] * 2, True, id="nine in ten"),
        pytest.param([RIGHT] * 17 + [WRONG] * 3, False, id="fewer than nine in ten"),
        pytest.param([RIGHT] * 20 + [None] * 80, True, id="empty cells do not dilute"),
    ],
)
def test_when_a_column_as_a_whole_holds_them(values: list[str | None], full: bool) -> None:
    column = pl.Series(values, dtype=pl.String)
    assert holds_individual_numbers(column, individual_numbers(column)) is full
