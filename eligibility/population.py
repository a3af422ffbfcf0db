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
from eligibility.language.compile import joins, tables, to_sql
from eligibility.language.nodes import Node
from eligibility.language.shared import Shared
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
    asked = _found_once(who, _asked(trees), on) if cases is None else _asked(trees)
    found = judged(who.warehouse, asked_about, asked, _NOW)
    unanswered = [name for name, tree in trees.criteria.items() if tree is None]
    found = found.with_columns(pl.lit(None, dtype=pl.Boolean).alias(f"criterion:{name}") for name in unanswered)
    return asked_about.join(found, on="case_id").with_columns(*_said(programme, trees, on))


def let_in(who: Population, programmes: Sequence[Programme], on: date) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each programme's slug with everybody it lets in, as if the event were on that date: subject_id, household_id, verdict.

    All programmes are judged in one pass over the people; the verdicts stay in the warehouse, one programme comes out at a time.
    """
    trees = {one.slug: one.compiled(on) for one in programmes}
    every = {f"{slug}|{name}": node for slug, one in trees.items() for name, node in _asked(one).items()}
    asked = _found_once(who, {name: node for name, node in every.items() if "|amount:" not in name}, on)
    values = [f"{_verdict_sql(one, trees[one.slug], asked, on)} AS v{place}" for place, one in enumerate(programmes)]
    query = _SQL["judge_all"].about(
        values=Query(name="values", text=",\n".join(values)),
        joins=Query(name="joins", text=joins(asked.values(), _NOW)),
    )
    who.warehouse.write(query, on=on)
    for place, one in enumerate(programmes):
        yield one.slug, who.warehouse.query(_SQL["let_in"].about(verdict=f"v{place}"))


def _found_once(who: Population, asked: Mapping[str, Node], on: date) -> Mapping[str, Node]:
    """The same questions, with what they ask of records and households found once for everybody, in tables of the warehouse."""
    shared = Shared(schema=_NOW)
    rewritten = {name: shared.rewritten(node) for name, node in asked.items()}
    who.warehouse.write(_SQL["moment"], on=on)
    for name, facts in (("person_facts", shared.person_facts()), ("household_facts", shared.household_facts())):
        made = _SQL["make_facts"].about(table=f"{_NOW}.{name}", facts=Query(name="facts", text=facts))
        who.warehouse.define(made.text)
    return rewritten


def _verdict_sql(programme: Programme, trees: Compiled, asked: Mapping[str, Node], on: date) -> str:
    """`judge.verdict` as a number: 2 eligible, 1 possible, 0 ineligible."""
    if not programme.in_force(on):
        return "0"
    excluded = [to_sql(asked[f"{programme.slug}|exclusion:{name}"], _NOW) for name in trees.exclusions]
    met = _met_sql(programme, programme.criteria, asked)
    barred = "".join(f"WHEN {one} THEN 0 " for one in excluded)
    return f"CAST(CASE {barred}WHEN {met} THEN 2 WHEN NOT {met} THEN 0 ELSE 1 END AS TINYINT)"


def _met_sql(programme: Programme, group: Group, asked: Mapping[str, Node]) -> str:
    parts = []
    for part in group.parts:
        if isinstance(part, Criterion):
            node = asked.get(f"{programme.slug}|criterion:{part.id}")
            parts.append(to_sql(node, _NOW) if node is not None else "CAST(NULL AS BOOLEAN)")
        else:
            parts.append(_met_sql(programme, part, asked))
    joined = (" AND " if group.all is not None else " OR ").join(parts)
    return f"(NOT ({joined}))" if group.all is None and group.any is None else f"({joined})"


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
