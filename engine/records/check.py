"""One landed file against its contract: refused whole, or split into typed rows and quarantined ones."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engine.core.errors import FeedRejected
from engine.records.contract import Column, TableContract
from engine.records.forbidden import (
    declares_individual_number,
    holds_individual_numbers,
    individual_numbers,
    is_dropped,
)
from engine.records.profiles import Profile

_POLARS = {
    "id": pl.String,
    "text": pl.String,
    "code": pl.String,
    "date": pl.Date,
    "integer": pl.Int32,
    "yen": pl.Int64,
    "boolean": pl.Boolean,
}
_PLACES = 1_000  # a branch number (枝番号) has at most three digits


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The good rows of a file, typed, with person_id, source_key, source_order and row_text; and the others with their reasons."""

    rows: pl.DataFrame
    quarantined: pl.DataFrame  #: row_number, resident_id, source_key, reason
    dropped_columns: tuple[str, ...]


def check_file(
    path: Path, *, name: str, ending: str, contract: TableContract, profile: Profile, municipality: str
) -> Checked:
    """Reads a landed file. Raises FeedRejected that names the file and the column when it must be refused whole."""
    raw = _read(path, name, ending)
    raw, dropped = _fitted(raw, name, contract, profile, municipality)
    _refuse_individual_numbers(raw, name, contract)
    return _typed(raw, contract, profile, dropped)


def _read(path: Path, name: str, ending: str) -> pl.DataFrame:
    """The file as text columns. Parquet values are written as the canonical profile writes them."""
    if ending == "parquet":
        try:
            return pl.read_parquet(path).cast(pl.String)
        except pl.exceptions.PolarsError as error:
            raise FeedRejected(f"{name} is not a Parquet file ({type(error).__name__})") from None
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedRejected(
            f"{name} is not UTF-8 (byte {error.start}); declare its encoding in the profile or convert it"
        ) from None
    header = next(csv.reader(io.StringIO(text)), None)
    if not header:
        raise FeedRejected(f"{name} is empty; a feed without news still has its header line")
    doubled = sorted({column for column in header if header.count(column) > 1})
    if doubled:
        raise FeedRejected(f"{name} has the column {doubled[0]} twice")
    try:
        return pl.read_csv(text.encode(), infer_schema=False).with_columns(pl.all().replace("", None))
    except pl.exceptions.PolarsError as error:
        raise FeedRejected(f"{name} is not a well-formed CSV file ({type(error).__name__}); ask for it again") from None


def _fitted(
    raw: pl.DataFrame, name: str, contract: TableContract, profile: Profile, municipality: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The columns under their contract names. The header must be the contract's, in any order."""
    for header in raw.columns:
        if declares_individual_number(header):
            raise FeedRejected(f"{name}: column {header} declares Individual Numbers; ask for the variant without them")
    dropped = tuple(header for header in raw.columns if is_dropped(header))
    raw = raw.drop(dropped)
    place = profile.municipality_column
    if place is not None:
        if place not in raw.columns:
            raise FeedRejected(f"{name}: column {place} is missing")
        if raw.filter(pl.col(place).is_null() | (pl.col(place) != municipality)).height:
            raise FeedRejected(f"{name}: column {place} names another municipality than the settings ({municipality})")
        raw = raw.drop(place)
    headers = profile.headers_of(contract)
    missing = [header for header in headers if header not in raw.columns]
    unexpected = [header for header in raw.columns if header not in headers]
    if missing or unexpected:
        what = "; ".join(
            [
                *(f"column {header} is missing" for header in missing),
                *(f"column {header} is unexpected" for header in unexpected),
            ]
        )
        raise FeedRejected(f"{name}: {what} (contract {contract.table}.yaml)")
    return raw.rename(headers).select(list(headers.values())), dropped


def _refuse_individual_numbers(raw: pl.DataFrame, name: str, contract: TableContract) -> None:
    """Refuses a file in which a column not declared as an identifier is full of them."""
    for column in _suspects(contract):
        if holds_individual_numbers(raw[column], individual_numbers(raw[column])):
            raise FeedRejected(f"{name}: column {column} holds Individual Numbers; ask for the variant without them")


def _suspects(contract: TableContract) -> list[str]:
    return [name for name, column in contract.columns.items() if column.type in {"text", "code"} and not column.codes]


def _typed(raw: pl.DataFrame, contract: TableContract, profile: Profile, dropped: tuple[str, ...]) -> Checked:
    """Types every column at once; a row with any value that does not fit goes to quarantine with the first reason."""
    raw = raw.with_row_index("row_number", offset=2)  # line 1 is the header
    faults: list[pl.Expr] = []
    typed: list[pl.Expr] = []
    for name, column in contract.columns.items():
        value, fault = _value(name, column, contract, profile)
        typed.append(value)
        faults.append(pl.when(fault).then(pl.lit(f"{column_reason(column)}: {name}")))
        if column.uncertain:
            flag, flag_fault = _boolean(f"{name}_unknown", profile)
            typed += [flag, pl.col(f"{name}_text")]
            faults.append(pl.when(flag_fault).then(pl.lit(f"not_a_flag: {name}_unknown")))
        if not column.nullable:
            faults.append(pl.when(pl.col(name).is_null()).then(pl.lit(f"missing: {name}")))
    for name in _suspects(contract):
        hits = individual_numbers(raw[name])
        if hits.any():
            faults.append(pl.when(pl.lit(hits)).then(pl.lit(f"individual_number: {name}")))
    key = pl.concat_str([pl.col(part) for part in contract.key], separator="|")
    faults.append(pl.when(key.is_not_null() & key.is_duplicated()).then(pl.lit("key_twice_in_file")))
    judged = raw.with_columns(reason=pl.coalesce(*faults), source_key=key, person_id=pl.col(contract.person))
    bad = judged.filter(pl.col("reason").is_not_null())
    quarantined = bad.select("row_number", pl.col("person_id").alias("resident_id"), "source_key", "reason")
    good = judged.filter(pl.col("reason").is_null())
    text = pl.concat_str([pl.col(name).fill_null("\x1e") for name in contract.physical_columns()], separator="\x1f")
    rows = good.select(*typed, "person_id", "source_key", row_text=text).with_columns(source_order=_order(contract))
    return Checked(rows=rows, quarantined=quarantined, dropped_columns=dropped)


def column_reason(column: Column) -> str:
    """The reason code for a value that does not fit a column's type."""
    return {"code": "unknown_code", "date": "not_a_date", "boolean": "not_a_flag", "id": "not_an_identifier"}.get(
        column.type, "not_a_number"
    )


def _value(name: str, column: Column, contract: TableContract, profile: Profile) -> tuple[pl.Expr, pl.Expr]:
    """The typed value of a column and whether a given one does not fit."""
    given = pl.col(name)
    if column.type == "boolean":
        return _boolean(name, profile)
    if column.type == "text":
        return given, pl.lit(value=False)
    if column.type == "id":
        return given, given.is_not_null() & ~given.str.contains(r"^[0-9A-Za-z-]{1,20}$")
    if column.type == "code":
        codes = profile.codes_of(contract, name)
        if not codes:
            return given, pl.lit(value=False)
        value = given.replace_strict(list(codes), list(codes.values()), default=None, return_dtype=pl.String)
    elif column.type == "date":
        value = given.str.to_date(profile.dates, strict=False)
    else:
        value = given.cast(_POLARS[column.type], strict=False)
    return value.alias(name), given.is_not_null() & value.is_null()


def _boolean(name: str, profile: Profile) -> tuple[pl.Expr, pl.Expr]:
    given = pl.col(name)
    value = given.replace_strict(
        list(profile.booleans), list(profile.booleans.values()), default=None, return_dtype=pl.Boolean
    )
    return value.alias(name), given.is_not_null() & value.is_null()


def _order(contract: TableContract) -> pl.Expr:
    """One number that orders a person's rows: the history number, then the branch number; 0 for state tables."""
    order = pl.lit(0, dtype=pl.Int64)
    for name in contract.sequence:
        order = order * _PLACES + pl.col(name).cast(pl.Int64)
    return order
