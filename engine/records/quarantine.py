"""Rows that were set aside: where they stand, what brought them right, and which of them can be tried again."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from engine.core.sql import load_queries
from engine.warehouse.duck import Warehouse

SQL = load_queries(Path(__file__).with_name("quarantine.sql"))
SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "quarantine_id": pl.String,
    "file_id": pl.String,
    "table_name": pl.String,
    "business_date": pl.Date,
    "row_number": pl.Int64,
    "resident_id": pl.String,
    "source_key": pl.String,
    "reason": pl.String,
}
RESOLUTIONS = {"municipality_code": pl.String, "night": pl.Date, "quarantine_id": pl.String}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The file that a quarantined row stands in."""

    file_id: str
    table: str
    business_date: date


def quarantined(rows: pl.DataFrame, origin: Origin, *, municipality: str, night: date) -> pl.DataFrame:
    """The rows a check set aside (row_number, resident_id, source_key, reason), as rows of `history.quarantine`."""
    ids = [
        hashlib.sha256(f"{origin.file_id}|{origin.business_date}|{number}".encode()).hexdigest()[:16]
        for number in rows["row_number"]
    ]
    return rows.select(
        municipality_code=pl.lit(municipality),
        night=pl.lit(night),
        quarantine_id=pl.Series(ids, dtype=pl.String),
        file_id=pl.lit(origin.file_id),
        table_name=pl.lit(origin.table),
        business_date=pl.lit(origin.business_date),
        row_number="row_number",
        resident_id="resident_id",
        source_key="source_key",
        reason="reason",
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def resolved(
    warehouse: Warehouse, arrived: str, table: str, *, whole: bool, municipality: str, night: date
) -> list[str]:
    """Quarantined rows of earlier nights that a file of tonight brings right: by the same key again, or all if it is `whole`.

    `arrived` is what a check left of the file; `whole`: it is a full file without a fault.
    """
    query = SQL["resolved_by"].about(arrived=arrived, open=SQL["open_quarantine"])
    found = warehouse.query(query, municipality=municipality, night=night, table_name=table, whole=whole)
    return found["quarantine_id"].to_list()
