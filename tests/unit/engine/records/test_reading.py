"""Every line of a file is a row, or is named as one that cannot be read; a file that cannot be read at all says why."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from engine.core.errors import FeedRejected
from engine.core.sql import Query
from engine.records.reading import opened_source, places_in_file, scanned
from engine.warehouse.duck import open_warehouse

Row = tuple[int | str | None, ...]
Read = Callable[..., tuple[tuple[str, ...], list[Row], list[Row]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Header, rows with their places in the file, and lines that are no rows."""

    def run(data: bytes, encoding: str = "utf-8", ending: str = "csv") -> tuple[tuple[str, ...], list[Row], list[Row]]:
        path = tmp_path / f"feed.{ending}"
        path.write_bytes(data)
        source = opened_source(path, name=path.name, ending=ending, encoding=encoding, scratch=tmp_path)
        with (
            open_warehouse(tmp_path / "r.duckdb", memory_limit_mb=256, scratch=tmp_path / "s") as warehouse,
            source as one,
        ):
            with warehouse.ordered():
                text = f"CREATE OR REPLACE TEMP TABLE read AS SELECT * FROM {one.scan.text}"
                unreadable = scanned(warehouse, one, Query(name="read", text=text))
            rows = warehouse.read("SELECT rowid AS place, * FROM read ORDER BY rowid", {})
        places = places_in_file(rows["place"], unreadable["row_number"])
        return one.header, rows.with_columns(place=places).rows(), unreadable.rows()

    return run


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"a,b\n1,2\n3,\n", id="plain"),
        pytest.param(b"a,b\r\n1,2\r\n3,\r\n", id="Windows line ends"),
        pytest.param(b"\xef\xbb\xbfa,b\n1,2\n3,\n", id="a byte order mark"),
        pytest.param(b'"a","b"\n"1","2"\n"3",""\n', id="quoted"),
        pytest.param(b"a,b\n1,2\n3,", id="no line end at the end"),
        pytest.param(b"a,b\n\n1,2\n\n3,\n\n", id="blank lines"),
    ],
)
def test_rows_are_text_with_their_place_and_empty_is_null(data: bytes, read: Read) -> None:
    _, rows, unreadable = read(data)
    assert rows == [(2, "1", "2"), (3, "3", None)]
    assert unreadable == []


@pytest.mark.parametrize(("encoding", "codec"), [("utf-16", "utf-16"), ("shift_jis", "cp932"), ("utf-8", "utf-8")])
def test_what_a_file_declares_is_how_it_is_read(encoding: str, codec: str, read: Read, tmp_path: Path) -> None:
    _, rows, _ = read("氏名,番地\n髙橋,①番\n".encode(codec), encoding)
    assert rows == [(2, "髙橋", "①番")]
    assert [path.name for path in tmp_path.glob("*.csv")] == ["feed.csv"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b"3", "too_few_fields", id="too few"),
        pytest.param(b"3,4,5", "too_many_fields", id="too many"),
        pytest.param(b'"x"y,4', "stray_quote", id="a stray quote"),
        pytest.param(b"3," + b"x" * 3_000_000, "line_too_long", id="a huge field"),
    ],
)
def test_a_line_that_is_no_row_is_named_and_the_others_keep_their_places(line: bytes, reason: str, read: Read) -> None:
    _, rows, unreadable = read(b"a,b\n1,2\n" + line + b"\n5,6\n")
    assert unreadable == [(3, reason)]
    assert rows == [(2, "1", "2"), (4, "5", "6")]


@pytest.mark.parametrize(
    ("data", "encoding", "said"),
    [
        pytest.param(b"", "utf-8", "is empty", id="nothing"),
        pytest.param(b"a,b,a\n", "utf-8", "column a twice", id="a column twice"),
        pytest.param(b"a,b\n1,\x83\x65\n", "utf-8", "is not UTF-8", id="another encoding"),
        pytest.param(b"a,b\n" + b"1,2\n" * 100_000 + b"\xff,2\n", "utf-8", "not UTF-8 .line 100002", id="far down"),
        pytest.param(b"a,b\n1,2\n", "utf-16", "is not utf-16", id="not what it declares"),
        pytest.param("a,b\n1,氏\n".encode(), "shift_jis", "is not shift_jis", id="not Shift_JIS"),
        pytest.param(b"a,b\n", "ebcdic", "use one of utf-8, utf-16, shift_jis", id="an encoding nobody knows"),
        pytest.param(b'a,b\n1,"2\n3,4\n5,6\n', "utf-8", "never closed, from line 2", id="a quote never closed"),
        pytest.param(b"a,b\n1,2\r\n3,4\n", "utf-8", "not a well-formed CSV", id="two kinds of line ends"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, encoding: str, said: str, read: Read) -> None:
    with pytest.raises(FeedRejected, match=said) as refused:
        read(data, encoding)
    assert "feed.csv" in str(refused.value)


def test_a_parquet_file_is_read_and_one_that_is_none_is_said(read: Read, tmp_path: Path) -> None:
    pl.DataFrame({"a": [1, None]}).write_parquet(tmp_path / "made.parquet")
    header, rows, _ = read((tmp_path / "made.parquet").read_bytes(), ending="parquet")
    assert (header, rows) == (("a",), [(2, "1"), (3, None)])
    with pytest.raises(FeedRejected, match=r"feed\.parquet is not a Parquet file"):
        read(b"a,b\n", ending="parquet")


def test_hostile_headers_are_names_and_nothing_else(read: Read) -> None:
    header, rows, _ = read(b'"a""; DROP TABLE x; --",$path\n1,2\n')
    assert header == ('a"; DROP TABLE x; --', "$path")
    assert rows == [(2, "1", "2")]


def test_places_count_past_lines_that_are_no_rows() -> None:
    places = places_in_file(pl.Series([0, 1, 2, 3]), pl.Series([2, 5, 6]))
    assert places.to_list() == [3, 4, 7, 8]
