"""A programme judged over everybody in the newest snapshot: for previews, comparisons and sweeps. Set-wise, no event needed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
from sqlglot import exp

from eligibility.cases import judged
from eligibility.language.compile import tables
from eligibility.language.nodes import Node
from eligibility.language.sources import sources
from eligibility.parts import Criterion, Group
from eligibility.programme import Compiled, Programme
from engine.core.errors import InputError
from engine.core.sql import Query, load_queries, quoted
from engine.records.contract import load_contracts
from engine.records.snapshot import SnapshotReader
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("population.sql"))
_NOW = "now"


@dataclass(frozen=True, kw_only=True)
class Population:
    """Everybody registered as of a snapshot. `people`: subject_id, household_id, birth_date, sex, rel1, area, members."""

    warehouse: Warehouse
    people: pl.DataFrame
    loaded: Collection[str]


@contextmanager
def population(reader: SnapshotReader, programmes: Sequence[Programme]) -> Iterator[Population]:
    """The snapshot's records that these programmes read, in memory. Raises InputError when the snapshot lacks one."""
    read = _read(programmes)
    with Warehouse(duckdb.connect()) as warehouse:
        warehouse.define("CREATE SCHEMA now")
        for table in sorted(read):
            if not reader.has(f"now.{table}"):
                raise InputError(f"the snapshot of {reader.folder.name} has no table now.{table}")
            path = exp.convert(str(reader.folder / f"now.{table}.parquet")).sql(dialect="duckdb")
            columns = Query(name="columns", text=", ".join(quoted(name) for name in sorted(read[table])))
            made = _SQL["open_table"].about(table=f"now.{table}", columns=columns, file=Query(name="file", text=path))
            warehouse.define(made.text)
        yield Population(warehouse=warehouse, people=warehouse.query(_SQL["people"]), loaded=frozenset(read))


_OF_RESIDENTS = frozenset({"resident_id", "household_id", "status", "birth_date", "sex", "rel1", "addr_code"})


def _read(programmes: Sequence[Programme]) -> dict[str, set[str]]:
    """Table → the columns that these programmes read of it, and those by which its rows are found."""
    found: dict[str, set[str]] = {"residents": set(_OF_RESIDENTS)}
    for programme in programmes:
        trees = programme.compiled(programme.verified_on)
        nodes = [*trees.criteria.values(), *trees.exclusions.values(), *trees.amounts]
        for table in tables(node for node in nodes if node is not None):
            joins = {one.join for one in sources().values() if one.table == table}
            found.setdefault(table, set(load_contracts()[table].columns) if table == "consents" else set()).update(
                joins
            )
        for table, column in trees.reads:
            found[table].add(column)
    return found


def verdicts(who: Population, programme: Programme, on: date, *, cases: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per person (or per case given): case_id, subject_id, verdict, excluded, and `criterion:<id>` for each.

    Without cases, each person as if the event were on that very date.
    """
    asked_about = _everybody(who, on) if cases is None else cases
    trees = programme.compiled(on)
    found = judged(who.warehouse, asked_about, _asked(trees), _NOW)
    unanswered = [name for name, tree in trees.criteria.items() if tree is None]
    found = found.with_columns(pl.lit(None, dtype=pl.Boolean).alias(f"criterion:{name}") for name in unanswered)
    return asked_about.join(found, on="case_id").with_columns(*_said(programme, trees, on))


def _everybody(who: Population, on: date) -> pl.DataFrame:
    return who.people.with_row_index("case_id").with_columns(
        pl.col("case_id").cast(pl.Int64), pl.lit(on).alias("as_of"), pl.lit(on).alias("occurred_on"), pl.lit("").alias("detail")
    )  # fmt: skip


def _asked(trees: Compiled) -> Mapping[str, Node]:
    asked = {f"criterion:{name}": tree for name, tree in trees.criteria.items() if tree is not None}
    asked |= {f"exclusion:{name}": tree for name, tree in trees.exclusions.items()}
    return asked | {f"amount:{place}": tree for place, tree in enumerate(trees.amounts) if tree is not None}


def _said(programme: Programme, trees: Compiled, on: date) -> tuple[pl.Expr, pl.Expr]:
    """verdict and excluded as `judge.verdict` gives them, for whole columns."""
    excluded = pl.lit("")
    for name in reversed(list(trees.exclusions)):
        excluded = pl.when(pl.col(f"exclusion:{name}")).then(pl.lit(name)).otherwise(excluded)
    if not programme.in_force(on):
        excluded = pl.lit("not_in_force")
    met = _met(programme.criteria)
    verdict = (
        pl.when((excluded != "") | met.eq_missing(False))
        .then(pl.lit("ineligible"))
        .when(met)
        .then(pl.lit("eligible"))
        .otherwise(pl.lit("possible"))
    )
    return verdict.alias("verdict"), excluded.alias("excluded")


def _met(group: Group) -> pl.Expr:
    """A group in three values: polars joins booleans as the law's logic does, unknown included."""
    parts = [pl.col(f"criterion:{part.id}") if isinstance(part, Criterion) else _met(part) for part in group.parts]
    if group.all is not None:
        return pl.all_horizontal(parts)
    return pl.any_horizontal(parts) if group.any is not None else ~pl.any_horizontal(parts)
