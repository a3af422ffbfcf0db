"""A landed file as a scan over text columns, line by line accountable: what cannot be read as a row is named, not lost."""

import codecs
import csv
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from engine.core.errors import FeedRejected
from engine.core.sql import Query, load_queries
from engine.warehouse.duck import Warehouse

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
class Source:
    """A file that can be scanned: its columns are text (empty is NULL) named c0, c1, … in the header's order."""

    name: str
    header: tuple[str, ...]
    values: Mapping[str, Any]  #: what a scan asks for
    parquet: bool
    empty: bool = False  #: a CSV file whose header is all it holds

    @property
    def scan(self) -> Query:
        """The rows, in the file's order; lines that are none are kept aside for `unreadable`."""
        return _SQL["scan_parquet" if self.parquet else "scan_csv"]


@contextmanager
def opened_source(path: Path, *, name: str, ending: str, encoding: str, scratch: Path) -> Iterator[Source]:
    """A file ready to be scanned while the block lasts. Raises FeedRejected that says why it cannot be read at all."""
    if ending == "parquet":
        with _as_text(path, name, scratch) as (readable, header):
            yield Source(name=name, header=header, values={"path": str(readable)}, parquet=True)
        return
    if encoding not in ENCODINGS:
        raise FeedRejected(f"{name} declares the encoding {encoding!r}; use one of {', '.join(ENCODINGS)}")
    with _in_utf8(path, name, encoding, scratch) as readable:
        header, empty = _header(readable, name)
        columns = {f"c{place}": "VARCHAR" for place in range(len(header))}  # headers never become SQL
        values = {"path": str(readable), "columns": columns}
        yield Source(name=name, header=header, values=values, parquet=False, empty=empty)


@contextmanager
def _as_text(path: Path, name: str, scratch: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """A Parquet file's header, and a copy of it with every column as text under its place."""
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=".parquet") as copy:
        try:
            frame = pl.scan_parquet(path)
            header = tuple(frame.collect_schema().names())
            texts = [pl.col(column).cast(pl.String).alias(f"c{place}") for place, column in enumerate(header)]
            frame.select(texts).sink_parquet(copy.name)
        except pl.exceptions.PolarsError as error:
            raise FeedRejected(f"{name} is not a Parquet file ({type(error).__name__})") from None
        yield Path(copy.name), header


@contextmanager
def _in_utf8(path: Path, name: str, encoding: str, scratch: Path) -> Iterator[Path]:
    """The file itself, or a copy in UTF-8 while the block lasts, made block by block."""
    if encoding == "utf-8":
        yield path
        return
    decoder = codecs.getincrementaldecoder(ENCODINGS[encoding])()
    with tempfile.NamedTemporaryFile("wb", dir=scratch, suffix=".csv") as copy, path.open("rb") as stream:
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


def _header(path: Path, name: str) -> tuple[tuple[str, ...], bool]:
    """The columns of a CSV file, and whether nothing stands below them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = next(csv.reader(stream), None)
            empty = not stream.read(1)
    except UnicodeDecodeError as error:
        raise FeedRejected(_not_utf8(name, f"byte {error.start}")) from None
    except csv.Error:
        header, empty = None, True
    if not header:
        raise FeedRejected(f"{name} is empty; a feed without news still has its header line")
    doubled = sorted({column for column in header if header.count(column) > 1})
    if doubled:
        raise FeedRejected(f"{name} has the column {doubled[0]} twice")
    return tuple(header), empty


def _not_utf8(name: str, where: str) -> str:
    return f"{name} is not UTF-8 ({where}); declare its encoding in the profile or convert it"


def scanned(warehouse: Warehouse, source: Source, query: Query, **values: Any) -> pl.DataFrame:
    """Runs a statement that reads `source.scan` to its end, and returns the lines that are no rows: row_number, reason.

    Line 2 is the first below the header. Raises FeedRejected when the file as a whole cannot be read.
    """
    warehouse.define(_SQL["forget_rejects"].text)
    try:
        warehouse.write(query, **source.values, **values)
    except duckdb.InvalidInputException as error:
        raise FeedRejected(
            f"{source.name} is not a well-formed CSV file ({type(error).__name__}); ask for it again"
        ) from None
    if source.parquet:
        return pl.DataFrame(schema={"row_number": pl.Int64, "reason": pl.String})
    rejected = warehouse.query(_SQL["rejects"])
    bad = rejected.filter(pl.col("error_type") == "INVALID ENCODING")
    if bad.height:
        raise FeedRejected(_not_utf8(source.name, f"line {bad['line'].item(0)}"))
    if rejected["several_lines"].any():
        raise FeedRejected(
            f"{source.name} has a quote that is never closed, from line {rejected['line'].item(0)} on; ask for it again"
        )
    return rejected.select(
        row_number="line",
        reason=pl.col("error_type").replace_strict(_REASONS, default="not_a_row", return_dtype=pl.String),
    )


def places_in_file(rows: pl.Series, unreadable: pl.Series) -> pl.Series:
    """Row numbers in the file (2 is the first below the header) of readable rows counted from 0, past the unreadable ones."""
    taken = unreadable.sort()
    readable_before = taken - 2 - pl.int_range(len(taken), eager=True)
    return rows + 2 + readable_before.search_sorted(rows, side="right").cast(pl.Int64)
