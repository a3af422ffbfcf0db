"""The features of a model as of a night, from history: the same text for training on past nights and for scoring tonight's."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from engine.core.sql import load_queries
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse
from events.probable.registry import Model

_SQL = load_queries(Path(__file__).with_name("reading.sql"))
#: the columns beside the features
ABOUT = ("seed_id", "subject_id", "seen_on", "as_of", "household_id", "recorded_on")


def read_rows(warehouse: Warehouse, municipality: str, model: Model, *, since: date, until: date) -> pl.DataFrame:
    """One row per subject whose question was raised on a night in (since, until]: ABOUT and the model's features as numbers.

    Each row knows what was known `wait_days` after its record, no more; `recorded_on` is the first night that held the outcome, whenever.
    Rows whose outcome was known by then are left out: there is nothing left to ask.
    """
    _make_readable(warehouse, model)
    values = {"municipality": municipality, "since": since, "until": until, "code": model.code, "wait": model.wait_days}
    queries = model.queries
    warehouse.write(_SQL["placed"].about(seeds=queries["seeds"]), **values)
    members = [name for name in model.reads["residents"].columns if name != "birth_date"]
    warehouse.write(_SQL["members"].about(columns=listed(f'r."{name}"' for name in ("birth_date", *members))))
    rows = warehouse.query(_SQL["scored"].about(features=queries["features"], outcomes=queries["outcomes"]))
    known = pl.col("recorded_on").is_not_null() & (pl.col("recorded_on") <= pl.col("as_of"))
    return rows.filter(~known).select(*ABOUT, *(pl.col(name).cast(pl.Float64) for name in model.features))


def with_outcome(rows: pl.DataFrame, model: Model, known_until: date) -> pl.DataFrame:
    """The rows whose horizon has passed by a night, with `outcome`: whether it was recorded within it."""
    end = pl.col("as_of") + timedelta(days=model.horizon_days)
    recorded = pl.col("recorded_on").is_not_null() & (pl.col("recorded_on") <= end)
    return rows.filter(end <= known_until).with_columns(outcome=recorded)


def groups_of(warehouse: Warehouse, municipality: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `sex`, `nationality` and `age_band` of their subjects, for the model card alone."""
    with warehouse.frame("wanted", rows.select("subject_id").unique()):
        groups = warehouse.query(_SQL["groups"], municipality=municipality)
    age = (pl.col("as_of") - pl.col("birth_date")).dt.total_days() / 365.25
    over = pl.when(age >= 75).then(pl.lit("75 or over")).when(age >= 60).then(pl.lit("60-74"))
    over = over.when(age >= 45).then(pl.lit("45-59")).when(age >= 30).then(pl.lit("30-44"))
    band = over.when(age < 30).then(pl.lit("under 30"))
    return rows.join(groups, on="subject_id", how="left", maintain_order="left").with_columns(age_band=band)


def _make_readable(warehouse: Warehouse, model: Model) -> None:
    for table, read in model.reads.items():
        keys = ("household_id",) if table == "residents" else ()
        columns = listed(f'h."{name}"' for name in (*keys, *read.columns))
        view = _SQL["readable"].about(view=f"readable_{table}", history=f"history.{table}", columns=columns)
        warehouse.define(view.text)
