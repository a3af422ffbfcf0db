import csv
import io
from datetime import date

import pytest

from notices.desk.sheet import cell, lines


@pytest.mark.parametrize(
    ("value", "held"),
    [
        pytest.param("児童手当", "児童手当", id="words"),
        pytest.param('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")', id="a link"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-1", "'-1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\tx", "'\tx", id="a tab"),
        pytest.param("\rx", "'\rx", id="a carriage return"),
        pytest.param("\nx", "'\nx", id="a line feed"),
        pytest.param("  =1", "'  =1", id="behind blanks"),
        pytest.param("　=1", "'　=1", id="behind a wide blank"),
        pytest.param("＝1+1", "'＝1+1", id="the wide form"),
        pytest.param("a=1", "a=1", id="inside"),
        pytest.param("", "", id="nothing"),
        pytest.param(None, "", id="none"),
        pytest.param(-3, -3, id="a number"),
        pytest.param(0.41, 0.41, id="a probability"),
        pytest.param(date(2026, 12, 8), "2026-12-08", id="a date"),
    ],
)
def test_no_cell_is_worked_out(value: object, held: object) -> None:
    assert cell(value) == held


def test_a_file_is_what_a_spreadsheet_reads_back() -> None:
    rows: list[list[object]] = [["児童手当、ほか", -3, 'a "quoted"\nline'], [None, 1, "=1"]]
    text = "".join(lines(["制度", "日数", "語"], rows))
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert read == [["制度", "日数", "語"], ["児童手当、ほか", "-3", 'a "quoted"\nline'], ["", "1", "'=1"]]


def test_a_file_is_made_line_by_line() -> None:
    def rows() -> list[list[object]]:
        raise AssertionError("read before it was asked for")

    made = lines(["a"], (row for _ in [0] for row in rows()))
    assert [next(made), next(made)] == ["\ufeff", "a\r\n"]
