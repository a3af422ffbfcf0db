"""Registers from rows written by hand: numbers stand where a snapshot has them, all that is left out is unknown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from eligibility.columnar.reading import read_register
from eligibility.columnar.register import Register
from engine.records.contract import load_contracts, told_by
from tests.support.cases import POLARS

Row = Mapping[str, Any]


def register_of(people: Iterable[Row], **tables: Iterable[Row]) -> Register:
    """Everybody a RESIDENT unless said otherwise; ids are whole numbers: resident_id=0, household_id=0."""
    rows: dict[str, list[Row]] = {"residents": [{"status": "RESIDENT", **one} for one in people]}
    rows |= {name: list(of) for name, of in tables.items()}

    def read(table: str, columns: Sequence[str]) -> tuple[int, list[pa.Table]]:
        contract = load_contracts()[table]
        schema = {
            told_by(table, name): pl.UInt32 if contract.columns[name].names else POLARS[kind]
            for name, kind in contract.physical_columns().items()
            if name in contract.columns
        }
        told = [{told_by(table, name): value for name, value in row.items()} for row in rows[table]]
        return len(told), [pl.DataFrame(told, schema=schema).select(columns).to_arrow()]

    return read_register(read, {table: load_contracts()[table].columns for table in rows})
