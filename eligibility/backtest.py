"""A programme asked of past nights: how many matches each would have had, judged by the night's own code on the records it knew.

The snapshot holds history as far back as it is kept, every row with the night that first saw it; so any of those nights can be asked.
"""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from sqlglot import exp

from eligibility.catalogue import Published
from eligibility.match import matches_of
from eligibility.programme import Programme
from engine.core.settings import Settings
from engine.core.sql import Query, load_queries
from engine.night import Night
from engine.records.asof import bind_night
from engine.records.contract import load_contracts
from engine.records.reader import SnapshotReader
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("backtest.sql"))
_VERDICTS = ("eligible", "possible", "ineligible")


def backtest(reader: SnapshotReader, programme: Programme, settings: Settings) -> list[dict[str, Any]]:
    """For each past night with an event that leads to this programme: night, cases, and how many of each verdict.

    On a night before the programme exists all are ineligible. Raises InputError when the snapshot lacks a table of history.
    """
    version = Published(programme=programme, version="", signed_off_by=(), demonstration=True)
    rows = []
    with Warehouse(duckdb.connect()) as warehouse:
        for schema in ("history", "events"):
            warehouse.define(f"CREATE SCHEMA {schema}")
        for name in (*(f"history.{table}" for table in load_contracts()), "events.events", "events.states"):
            file = Query(name="file", text=exp.convert(str(reader.path(name))).sql(dialect="duckdb"))
            warehouse.define(_SQL["open_view"].about(table=name, file=file).text)
        for on in _nights(reader, programme):
            night = Night(
                on=on, municipality=settings.municipality.code, warehouse=warehouse, settings=settings, clock=settings.clock()
            )  # fmt: skip
            bind_night(warehouse, night.municipality, on)
            found = matches_of(night, [version])
            counted = dict(found["verdict"].value_counts().iter_rows())
            if not programme.in_force(on):
                counted = {"ineligible": found.height}
            told = {verdict: int(counted.get(verdict, 0)) for verdict in _VERDICTS}
            rows.append({"night": on.isoformat(), "cases": found.height, **told})
    return rows


def _nights(reader: SnapshotReader, programme: Programme) -> list[date]:
    """The nights on which an automatic event of the programme settled."""
    codes = pl.col("code").is_in(list(programme.triggers)) & (pl.col("class") == "automatic")
    mine = reader.lazy("events.events").filter(codes).select("event_id")
    settled = reader.lazy("events.states").filter(pl.col("state") == "settled")
    nights = settled.join(mine, on="event_id", how="semi").select(pl.col("night").unique().sort()).collect()
    return nights["night"].to_list()
