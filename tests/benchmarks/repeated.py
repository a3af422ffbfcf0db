"""A small invented town repeated under other numbers, so that every household keeps its members and records."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
from sqlglot import exp

from engine.core.sql import Query, quoted
from engine.records.asof import bind_night
from engine.records.contract import load_contracts
from engine.records.load import load_records
from engine.records.numbering import export_numbered
from engine.records.reader import SnapshotReader
from engine.records.tables import create_tables
from engine.warehouse.duck import Warehouse
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.truth import night_of, opened

TOWN = 5_000
TONIGHT = BASELINE + timedelta(days=1)
_INSERT = """
INSERT INTO <history> BY NAME
SELECT '292010' AS municipality_code, $night AS night, 'f' AS file_id, $night AS business_date, <person> AS person_id,
       <key> AS source_key, 1 AS source_order, '' AS row_hash, FALSE AS gone, <columns>
FROM read_parquet(<file>)
"""
_VIEW = Query(name="view", text="CREATE VIEW <table> AS SELECT * FROM read_parquet(<file>)")


def repeated_town(folder: Path, residents: int, tables: Iterable[str]) -> SnapshotReader:
    """A snapshot's `now` tables of so many residents: each record of the town once per number from 0 on."""
    settings = settings_in(folder)
    build_town(residents=TOWN, seed=1, baseline=BASELINE, nights=1, folder=folder)
    home = folder / "repeated"
    home.mkdir()
    with opened(settings) as warehouse:
        night = night_of(settings, warehouse, BASELINE)
        load_records(night)
        bind_night(warehouse, night.municipality, BASELINE)
        for table in tables:
            warehouse.export(f"now.{table}", folder / f"{table}.parquet")
    settings.paths.records.unlink()
    for table in tables:
        _repeat(folder / f"{table}.parquet", folder / f"many.{table}.parquet", table, residents // TOWN)
    with Warehouse(duckdb.connect()) as warehouse:
        warehouse.define("CREATE SCHEMA now")
        for table in tables:
            file = Query(name="file", text=exp.convert(str(folder / f"many.{table}.parquet")).sql(dialect="duckdb"))
            warehouse.define(_VIEW.about(table=f"now.{table}", file=file).text)
        export_numbered(warehouse, [*tables], home, named_in="now")
    return SnapshotReader(home)


def _repeat(source: Path, target: Path, table: str, times: int) -> None:
    """The records of a file so many times, the town's after one another, with a mark on each number of theirs."""
    numbers = {name for name, column in load_contracts()[table].columns.items() if column.type == "id"}
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        rows = connection.read_parquet(str(source))
        marked = ", ".join(
            f"{name} || '-' || CAST(n AS VARCHAR) AS {name}" if name in numbers else name for name in rows.columns
        )
        towns = connection.sql(f"SELECT {marked} FROM range({times:d}) AS t (n) CROSS JOIN rows")
        towns.write_parquet(str(target), compression="zstd")


def fill_history(warehouse: Warehouse, reader: SnapshotReader) -> None:
    """The same records as history first seen on the baseline night."""
    create_tables(warehouse, load_contracts())
    for table, contract in load_contracts().items():
        path = reader.folder / f"now.{table}.parquet"
        if path.exists():
            key = " || '|' || ".join(f"COALESCE(CAST({quoted(name)} AS VARCHAR), '')" for name in contract.key)
            columns = ", ".join(quoted(name) for name in contract.physical_columns())
            texts = {"key": key, "file": f"'{path}'", "columns": columns}
            names = {name: Query(name=name, text=text) for name, text in texts.items()}
            insert = Query(name="insert", text=_INSERT).about(
                history=f"history.{table}", person=contract.person, **names
            )
            warehouse.write(insert, night=BASELINE)


def events_of(reader: SnapshotReader, triggers: Iterable[str], count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """So many events that settled tonight, and their states: kinds in turn, people from all over the register.

    One in ten was detected on one of three earlier nights and waited; each happened on one of the last fourteen days.
    """
    people = pl.read_parquet(reader.folder / "now.residents.parquet", columns=["resident_id", "household_id"])
    kinds = sorted(triggers)
    chosen = people.gather_every(max(people.height // count, 1)).head(count).with_row_index("place")
    place = pl.col("place").cast(pl.Int64)
    events = chosen.select(
        municipality_code=pl.lit("292010"),
        detected_on=pl.lit(TONIGHT)
        - pl.duration(days=pl.when(place % 10 == 0).then(place // 10 % 3 + 1).otherwise(0)).cast(pl.Duration("ms")),
        event_id=pl.format("e{}", place),
        code=place.map_elements(lambda number: kinds[number % len(kinds)], return_dtype=pl.String),
        name=pl.lit("event"),
        detail=pl.when(place % 2 == 0).then(pl.lit("")).otherwise(pl.lit("4")),
        subject_ids=pl.concat_list("resident_id"),
        household_id="household_id",
        occurred_on=pl.lit(TONIGHT) - pl.duration(days=place % 14),
        change_ids=pl.concat_list(pl.lit("c")),
        evidence=pl.lit("[]"),
        urgency=pl.lit(1),
    ).with_columns(pl.lit("automatic").alias("class"), pl.col("detected_on").alias("night"))
    states = events.select(
        "municipality_code", "event_id", night=pl.lit(TONIGHT), state=pl.lit("settled"), reason=pl.lit("")
    )
    return events.with_columns(notified_on="occurred_on", processed_on="detected_on"), states
