from datetime import date, timedelta
from pathlib import Path

import pytest

from events.causes import Sign, said, signs_of
from tests.support.eventful import BASELINE, FIRST, Register, move_within

FLOOD = FIRST + timedelta(days=9)


def ordinary(register: Register) -> None:
    """Ten nights in which people of two wards move, and a name is put right now and then."""
    for number in range(30):
        ward = "001" if number % 10 else "007"
        register.lives(f"o{number}", addr_code=ward, household_id=f"ho{number}")
        night = FIRST + timedelta(days=number % 8)
        if number % 3:
            move_within(register, night, night, who=f"o{number}", addr_code="002", household_id=f"ho{number}")
        else:
            register.row(f"o{number}", night, "TYPO_FIX", kana="ナラ")
    register.run(BASELINE, FLOOD - timedelta(days=1))


def ward_moves(register: Register, people: int = 40) -> None:
    for number in range(people):
        register.lives(f"w{number}", addr_code="007", household_id=f"hw{number}")


@pytest.fixture
def flooded(tmp_path: Path) -> Register:
    """A night in which the whole of ward 007 moves."""
    register = Register(tmp_path)
    ward_moves(register)
    ordinary(register)
    for number in range(40):
        register.row(f"w{number}", FLOOD, "MOVE_WITHIN", addr_line="新町1", household_id=f"hw{number}")
    return register


def test_a_hold_names_the_file_the_column_and_the_value_that_stands_out(flooded: Register) -> None:
    held = flooded.run(FLOOD).held["E09"]
    assert held["seen"] == 40
    signs = {(sign.column, sign.side, sign.value): sign for sign in signs_of(flooded.night(FLOOD), "E09")}
    ward = next(sign for (column, _, value), sign in signs.items() if (column, value) == ("addr_code", "007"))
    assert (ward.file, ward.rows, ward.of) == ("residents.csv", 40, 40)
    assert ward.usual is not None
    assert ward.usual < 0.2
    assert "residents.csv: addr_code 007" in held["cause"]["en"]
    assert "40 of 40 rows, usually" in held["cause"]["en"]
    assert "residents.csvの住所_町字コード" in held["cause"]["ja"]


def test_the_hold_is_written_with_its_numbers_and_signs(flooded: Register) -> None:
    held = flooded.run(FLOOD).held["E09"]
    rows = [row for row in flooded.rows("events.holds") if row["code"] == "E09"]
    assert {(row["night"], row["seen"], row["upper_limit"]) for row in rows} == {(FLOOD, 40, held["upper"])}
    assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))
    assert held["cause"]["en"] == "; ".join(row["said_en"] for row in rows)


def test_the_same_night_again_says_the_same_and_an_ordinary_one_holds_nothing(flooded: Register) -> None:
    first = flooded.run(FLOOD)
    assert flooded.run(FLOOD).held == first.held
    assert [row for row in flooded.rows("events.holds") if row["night"] != FLOOD] == []


def test_a_column_that_moves_in_a_whole_file_is_named(tmp_path: Path) -> None:
    register = Register(tmp_path)
    for number in range(40):
        register.lives(f"s{number}", birth_date=date(1980, 5, 5), household_id=f"hs{number}")
    ordinary(register)
    for number in range(40):
        register.row(
            f"s{number}",
            FLOOD,
            "TYPO_FIX",
            birth_date=date(1961, 11, 19) + timedelta(days=1),
            household_id=f"hs{number}",
        )
    register.run(FLOOD)
    [sign, *_] = signs_of(register.night(FLOOD), "E25")
    assert (sign.column, sign.side, sign.rows, sign.usual) == ("birth_date", "moved", 40, 0.0)


SIGN = Sign(
    file="residents.csv",
    table="residents",
    column="move_reason",
    side="after",
    value="MOVE_WITHIN",
    rows=812,
    of=830,
    usual=0.31,
)


@pytest.mark.parametrize(
    ("sign", "lang", "text"),
    [
        pytest.param(SIGN, "en", "residents.csv: move_reason MOVE_WITHIN after the change in 812 of 830 rows, usually 31 %", id="English"),
        pytest.param(SIGN, "ja", "residents.csvの異動事由の異動後が「転居」：830行のうち812行（ふだん31 %）", id="Japanese, in the code's own word"),
        pytest.param(Sign(**{**SIGN.__dict__, "usual": None}), "en", "residents.csv: move_reason MOVE_WITHIN after the change in 812 of 830 rows", id="nothing to compare with"),
        pytest.param(Sign(**{**SIGN.__dict__, "column": "nationality", "value": "VNM"}), "en", "residents.csv: nationality one value after the change in 812 of 830 rows, usually 31 %", id="the value of a sensitive column is not told"),
    ],
)  # fmt: skip
def test_a_sign_in_words(sign: Sign, lang: str, text: str) -> None:
    assert said([sign], lang) == text


def test_a_flood_without_a_sign_says_what_to_do() -> None:
    assert "no column that stands out" in said([], "en")
    assert "担当課" in said([], "ja")


def test_a_handful_of_rows_is_no_sign(tmp_path: Path) -> None:
    register = Register(tmp_path)
    ward_moves(register, people=5)
    register.run(BASELINE, FIRST)
    for number in range(5):
        register.row(
            f"w{number}", FIRST + timedelta(days=1), "MOVE_WITHIN", addr_line="新町1", household_id=f"hw{number}"
        )
    register.run(FIRST + timedelta(days=1))
    assert signs_of(register.night(FIRST + timedelta(days=1)), "E09") == []
