"""One landed file against its contract: refused whole, or split into typed rows and quarantined ones."""

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
from engine.records.reading import read_raw

_POLARS = {
    "id": pl.String,
    "text": pl.String,
    "code": pl.String,
    "date": pl.Date,
    "integer": pl.Int32,
    "yen": pl.Int64,
    "boolean": pl.Boolean,
}
_LONGEST = 1_000  #: characters of a value; an address with its 方書 has at most some three hundred
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_PLACES = 1_000  # a branch number (枝番号) has at most three digits


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The good rows of a file, typed, with person_id, source_key, source_order and row_text; and the others with their reasons."""

    rows: pl.DataFrame
    quarantined: pl.DataFrame  #: row_number, resident_id, source_key, reason
    dropped_columns: tuple[str, ...]


def check_file(
    path: Path,
    *,
    name: str,
    ending: str,
    contract: TableContract,
    profile: Profile,
    municipality: str,
    encoding: str | None = None,
) -> Checked:
    """Reads a landed file; its encoding is the profile's unless given. Raises FeedRejected naming file and column to refuse it whole."""
    raw = read_raw(path, name=name, ending=ending, encoding=encoding or profile.encoding)
    fitted, dropped = _fitted(raw.rows, name, contract, profile, municipality)
    _refuse_individual_numbers(fitted, name, contract)
    return _typed(fitted, raw.unreadable, contract, profile, dropped)


def _fitted(
    raw: pl.DataFrame, name: str, contract: TableContract, profile: Profile, municipality: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The columns under their contract names. The header must be the contract's, in any order."""
    numbers, raw = raw.select("row_number"), raw.drop("row_number")
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
    return pl.concat([numbers, raw.rename(headers).select(list(headers.values()))], how="horizontal"), dropped


def _refuse_individual_numbers(raw: pl.DataFrame, name: str, contract: TableContract) -> None:
    """Refuses a file in which a column not declared as an identifier is full of them."""
    for column in _suspects(contract):
        if holds_individual_numbers(raw[column], individual_numbers(raw[column])):
            raise FeedRejected(f"{name}: column {column} holds Individual Numbers; ask for the variant without them")


def _suspects(contract: TableContract) -> list[str]:
    return [name for name, column in contract.columns.items() if column.type in {"text", "code"} and not column.codes]


def _typed(
    raw: pl.DataFrame, unreadable: pl.DataFrame, contract: TableContract, profile: Profile, dropped: tuple[str, ...]
) -> Checked:
    """Types every column at once; a row with any value that does not fit goes to quarantine with the first reason."""
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
    for name in (name for name, kind in contract.physical_columns().items() if kind == "VARCHAR"):
        faults.append(pl.when(pl.col(name).str.contains(_CONTROL)).then(pl.lit(f"control_character: {name}")))
        faults.append(pl.when(pl.col(name).str.len_chars() > _LONGEST).then(pl.lit(f"too_long: {name}")))
    for name in _suspects(contract):
        hits = individual_numbers(raw[name])
        if hits.any():
            faults.append(pl.when(pl.lit(hits)).then(pl.lit(f"individual_number: {name}")))
    key = pl.concat_str([pl.col(part) for part in contract.key], separator="|")
    faults.append(pl.when(key.is_not_null() & key.is_duplicated()).then(pl.lit("key_twice_in_file")))
    judged = raw.with_columns(reason=pl.coalesce(*faults), source_key=key, person_id=pl.col(contract.person))
    bad = judged.filter(pl.col("reason").is_not_null())
    quarantined = pl.concat(
        [
            bad.select("row_number", pl.col("person_id").alias("resident_id"), "source_key", "reason"),
            unreadable.select(
                "row_number", resident_id=pl.lit(None, pl.String), source_key=pl.lit(None, pl.String), reason="reason"
            ),
        ]
    ).sort("row_number")
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
