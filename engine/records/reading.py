"""A landed file as text columns, line by line accountable: what cannot be read as a row is named, not lost."""

import codecs
import csv
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from engine.core.errors import FeedRejected
from engine.core.sql import load_queries

_SQL = load_queries(Path(__file__).with_name("reading.sql"))
#: encoding as a profile or manifest declares it → Python's codec; a byte order mark is dropped
ENCODINGS: Mapping[str, str] = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "shift_jis": "cp932"}
_BLOCK_BYTES = 1 << 20
_REASONS = {
    "MISSING COLUMNS": "too_few_fields",
    "TOO MANY COLUMNS": "too_many_fields",
    "UNQUOTED VALUE": "stray_quote",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
}


@dataclass(frozen=True, kw_only=True)
class Raw:
    """A file's rows as text (empty is NULL) under the file's own headers with their row_number (2 is the first below the header)."""

    rows: pl.DataFrame
    unreadable: pl.DataFrame  #: row_number, reason


def read_raw(path: Path, *, name: str, ending: str, encoding: str) -> Raw:
    """Reads a file. Raises FeedRejected that says why it cannot be read at all."""
    if ending == "parquet":
        try:
            frame = pl.read_parquet(path).cast(pl.String)
        except pl.exceptions.PolarsError as error:
            raise FeedRejected(f"{name} is not a Parquet file ({type(error).__name__})") from None
        return Raw(rows=frame.with_row_index("row_number", offset=2), unreadable=_none())
    if encoding not in ENCODINGS:
        raise FeedRejected(f"{name} declares the encoding {encoding!r}; use one of {', '.join(ENCODINGS)}")
    with _in_utf8(path, name, encoding) as readable:
        return _read_csv(readable, name, _header(readable, name))


@contextmanager
def _in_utf8(path: Path, name: str, encoding: str) -> Iterator[Path]:
    """The file itself, or a copy in UTF-8 while the block lasts, made block by block."""
    if encoding == "utf-8":
        yield path
        return
    decoder = codecs.getincrementaldecoder(ENCODINGS[encoding])()
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, suffix=".partial") as copy, path.open("rb") as stream:
        read = 0
        try:
            while block := stream.read(_BLOCK_BYTES):
                copy.write(decoder.decode(block).encode())
                read += len(block)
            copy.write(decoder.decode(b"", final=True).encode())
        except UnicodeError:
            raise FeedRejected(f"{name} is not {encoding} (near byte {read}); put right what declares it") from None
        copy.flush()
        yield Path(copy.name)


def _header(path: Path, name: str) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = next(csv.reader(stream), None)
    except UnicodeDecodeError as error:
        raise FeedRejected(_not_utf8(name, f"byte {error.start}")) from None
    except csv.Error:
        header = None
    if not header:
        raise FeedRejected(f"{name} is empty; a feed without news still has its header line")
    doubled = sorted({column for column in header if header.count(column) > 1})
    if doubled:
        raise FeedRejected(f"{name} has the column {doubled[0]} twice")
    return header


def _not_utf8(name: str, where: str) -> str:
    return f"{name} is not UTF-8 ({where}); declare its encoding in the profile or convert it"


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """Reads CSV files; holds nothing."""
    options: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(config=options)


def _read_csv(path: Path, name: str, header: list[str]) -> Raw:
    places = {f"c{place}": "VARCHAR" for place in range(len(header))}  # headers are the file's; they never become SQL
    connection = _engine().cursor()
    try:
        values = {"path": str(path), "columns": places}
        rows: pl.DataFrame = connection.sql(_SQL["read_csv"].text, params=values).pl()
        rejected = connection.sql(_SQL["rejects"].text).pl()
    except duckdb.Error as error:
        raise FeedRejected(f"{name} is not a well-formed CSV file ({type(error).__name__}); ask for it again") from None
    finally:
        connection.close()
    bad = rejected.filter(pl.col("error_type") == "INVALID ENCODING")
    if bad.height:
        raise FeedRejected(_not_utf8(name, f"line {bad['line'].min()}"))
    if rejected["several_lines"].any():
        raise FeedRejected(
            f"{name} has a quote that is never closed, from line {rejected['line'].min()} on; ask for it again"
        )
    unreadable = rejected.select(
        row_number=pl.col("line").cast(pl.UInt32),
        reason=pl.col("error_type").replace_strict(_REASONS, default="not_a_row", return_dtype=pl.String),
    )
    return Raw(rows=_numbered(rows.rename(dict(zip(places, header, strict=True))), unreadable), unreadable=unreadable)


def _numbered(rows: pl.DataFrame, unreadable: pl.DataFrame) -> pl.DataFrame:
    """Every row with its place in the file: the places that unreadable ones do not take."""
    places = pl.DataFrame(
        {"row_number": pl.int_range(2, 2 + rows.height + unreadable.height, dtype=pl.UInt32, eager=True)}
    )
    free = places.join(unreadable, on="row_number", how="anti").sort("row_number").head(rows.height)
    return pl.concat([free, rows], how="horizontal")


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"row_number": pl.UInt32, "reason": pl.String})
