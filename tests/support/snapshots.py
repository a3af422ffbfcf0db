"""A snapshot's `now` tables from rows written by hand, published by the engine's own function."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from eligibility.columnar.reading import read_register
from eligibility.population import Population
from engine.core.sql import Query
from engine.records.contract import load_contracts
from engine.records.numbering import export_numbered, number_people, numbered
from engine.warehouse.duck import Warehouse
from tests.support.cases import POLARS

_MADE = Query(name="made", text="CREATE TABLE <table> AS SELECT * FROM incoming")


def publish(tables: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """Writes those contracts' tables; columns that a frame lacks are unknown."""
    with Warehouse(duckdb.connect()) as warehouse:
        warehouse.define("CREATE SCHEMA now")
        for table, frame in tables.items():
            columns = load_contracts()[table].physical_columns()
            given = [pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in columns]
            typed = frame.select(given) if frame.height else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
            typed = typed.cast({name: POLARS[kind] for name, kind in columns.items()})
            with warehouse.frame("incoming", typed):
                warehouse.define(_MADE.about(table=f"now.{table}").text)
        export_numbered(warehouse, tables, folder, named_in="now")


def numbered_population(warehouse: Warehouse, tables: Collection[str]) -> Population:
    """Everybody of plain tables in `now`, numbered as a snapshot's are: without files, for tests that make many towns."""
    number_people(warehouse, tables, named_in="now")
    read = {table: load_contracts()[table].columns for table in tables}
    held = {table: warehouse.query(numbered(table)) for table in tables}

    def rows(table: str, columns: Sequence[str]) -> tuple[int, list[pa.Table]]:
        return held[table].height, [held[table].select(columns).to_arrow()]

    register = read_register(rows, read)
    return Population(register=register, ids=held["residents"].lazy())
