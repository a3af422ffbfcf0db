"""Append-only history: which of tonight's staged rows are new, written as one partition per table and night."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from engine.core.sql import Query, load_queries, quoted
from engine.records.contract import TableContract
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

SQL = load_queries(Path(__file__).with_name("history.sql"))


@dataclass(frozen=True, kw_only=True)
class Staged:
    """One checked file of a table on its way into history."""

    file_id: str
    business_date: date
    full: bool
    rows: pl.DataFrame


def append(
    warehouse: Warehouse, contract: TableContract, files: list[Staged], *, municipality: str, night: date
) -> int:
    """Makes what is new in these files, in business-date order, the night's partition of the table; returns its rows."""
    staged = _one_frame(files)
    table = f"history.{contract.table}"
    if contract.kind == "state":
        return _append_versions(warehouse, contract, files, staged, municipality=municipality, night=night)
    deleted = listed(["COALESCE(s.is_deleted, FALSE)"]) if "is_deleted" in contract.columns else listed(["FALSE"])
    query = SQL["new_keys"].about(table=table, deleted=deleted, columns=_columns(contract, "s"))
    with warehouse.frame("staged", staged):
        return warehouse.replace(table, municipality, night, query, municipality=municipality, night=night)


def _append_versions(
    warehouse: Warehouse,
    contract: TableContract,
    files: list[Staged],
    staged: pl.DataFrame,
    *,
    municipality: str,
    night: date,
) -> int:
    """State tables: a new version where the row differs; a last one, `gone`, where the newest full file has no row."""
    table = f"history.{contract.table}"
    fulls = [(order, file) for order, file in enumerate(files) if file.full]
    order, newest = fulls[-1] if fulls else (0, files[-1])
    query = SQL["new_versions"].about(
        newest=SQL["newest_versions"].about(table=table),
        table=table,
        staged_columns=_columns(contract, "s"),
        gone_columns=_columns(contract, "h"),
    )
    with warehouse.frame("staged", staged):
        return warehouse.replace(
            table,
            municipality,
            night,
            query,
            municipality=municipality,
            night=night,
            full=bool(fulls),
            full_order=order * _ROWS_A_FILE,
            full_file=newest.file_id,
            full_date=newest.business_date,
        )


_ROWS_A_FILE = 1_000_000_000


def _one_frame(files: list[Staged]) -> pl.DataFrame:
    """All files' rows below each other, numbered so that later files and later rows come later."""
    frames = [
        file.rows.with_columns(
            file_id=pl.lit(file.file_id),
            business_date=pl.lit(file.business_date),
            file_order=pl.int_range(pl.len(), dtype=pl.Int64) + order * _ROWS_A_FILE,
        )
        for order, file in enumerate(files)
    ]
    return pl.concat(frames)


def _columns(contract: TableContract, alias: str) -> Query:
    return listed(f"{alias}.{quoted(name)}" for name in contract.physical_columns())
