"""Programmes judged over everybody in the newest snapshot: for previews, comparisons and sweeps. Set-wise, no event needed.

However many programmes are asked for, the records are read once: what they ask of people, records and households is found
first (`language/shared`), and then every verdict, criterion by criterion where that is wanted, is a column of one query.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl
from sqlglot import exp

from eligibility.cases import find, judged
from eligibility.language.compile import joins, tables
from eligibility.language.flags import in_three_values, maybe, surely
from eligibility.language.nodes import Constant, Logic, Node
from eligibility.language.shared import Shared
from eligibility.language.sources import sources
from eligibility.parts import Criterion, Group
from eligibility.programme import Programme
from engine.core.errors import InputError
from engine.core.sql import Query, load_queries, quoted
from engine.records.contract import load_contracts
from engine.records.snapshot import SnapshotReader
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("population.sql"))
_NOW = "now"
_MEMORY_MB = 3_000
#: a criterion that no record can answer
_UNKNOWN = Constant(value=None, kind="boolean")


@dataclass(frozen=True, kw_only=True)
class Population:
    """Everybody registered as of a snapshot."""

    warehouse: Warehouse

    @cached_property
    def people(self) -> pl.DataFrame:
        """subject_id, household_id, birth_date, sex, rel1, area and members (how many are registered together), by subject_id."""
        return self.warehouse.query(_SQL["people"])


@contextmanager
def population(reader: SnapshotReader, programmes: Sequence[Programme]) -> Iterator[Population]:
    """The snapshot's records that these programmes read. Raises InputError when the snapshot lacks one."""
    spilled = str(reader.folder.parent / ".spilled")  # what does not fit in memory stays on the volume of the records
    with Warehouse(duckdb.connect(config={"memory_limit": f"{_MEMORY_MB}MB", "temp_directory": spilled})) as warehouse:
        warehouse.define("CREATE SCHEMA now")
        for table, columns in sorted(columns_read(programmes).items()):
            if not reader.has(f"now.{table}"):
                raise InputError(f"the snapshot of {reader.folder.name} has no table now.{table}")
            path = exp.convert(str(reader.folder / f"now.{table}.parquet")).sql(dialect="duckdb")
            listed = Query(name="columns", text=", ".join(quoted(name) for name in sorted(columns)))
            made = _SQL["open_table"].about(table=f"now.{table}", columns=listed, file=Query(name="file", text=path))
            warehouse.define(made.text)
        yield Population(warehouse=warehouse)


_OF_RESIDENTS = frozenset({"resident_id", "household_id", "status", "birth_date", "sex", "rel1", "addr_code"})


def columns_read(programmes: Iterable[Programme]) -> dict[str, set[str]]:
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


def judge_everybody(
    who: Population,
    programmes: Sequence[Programme],
    on: date,
    *,
    explained: bool = False,
    let_in: bool = False,
    about: Sequence[str] = (),
) -> pl.DataFrame:
    """Programmes judged over everybody in one pass, each person as if the event were on that date. One row per person.

    Columns: subject_id, household_id, members, those of `about` (columns of residents), and for each programme `<slug>`: 2 eligible,
    1 possible, 0 ineligible. `explained`: also `<slug>|criterion:<id>` and `<slug>|exclusion:<id>`, each true, false or unknown
    (null). `let_in`: only people whom one of the programmes lets in.
    """
    columns: dict[str, str] = {}
    trees = {one.slug: _trees(one, on) for one in programmes}
    shared = Shared(schema=_NOW, as_of=on, occurred_on=on, detail="")
    asked = {slug: {name: shared.rewritten(node) for name, node in one.items()} for slug, one in trees.items()}
    find(who.warehouse, shared, about)
    for one in programmes:
        columns[one.slug] = _verdict_sql(one, asked[one.slug], on)
        if explained:
            columns |= {f"{one.slug}|{name}": in_three_values(node, _NOW) for name, node in asked[one.slug].items()}
    places = {f"v{place}": name for place, name in enumerate(columns)}
    any_of_them = (f"j.{place} > 0" for place, name in places.items() if name in trees)
    query = _SQL["judge"].about(
        about=_listed(f"c.{quoted(name)}," for name in about),
        carried=_listed(f", p.{quoted(name)}" for name in about),
        found=Query(name="found", text=shared.found("p", "h")),
        values=_listed((f"{columns[name]} AS {place}" for place, name in places.items()), ",\n"),
        joins=Query(name="joins", text=joins([node for one in asked.values() for node in one.values()], _NOW)),
        which=_listed(any_of_them, " OR ") if let_in else Query(name="which", text="TRUE"),
    )
    return who.warehouse.query(query).rename(places)


def verdicts(who: Population, programme: Programme, on: date, *, cases: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per person (or per case given): subject_id, verdict, excluded, and `criterion:<id>` for each.

    Without cases, each person as if the event were on that very date; then also household_id, members, birth_date and area.
    """
    if cases is None:
        found = judge_everybody(who, [programme], on, explained=True, about=("birth_date", "addr_code"))
        found = found.rename(lambda name: name.removeprefix(f"{programme.slug}|")).drop(programme.slug)
        found = found.with_columns(pl.col("addr_code").str.slice(0, 6).alias("area"))
    else:
        trees = programme.compiled(on)
        asked = {name: tree for name, tree in _trees(programme, on).items() if tree is not _UNKNOWN}
        found = cases.join(judged(who.warehouse, cases, asked, _NOW), on="case_id")
        unanswered = [name for name, tree in trees.criteria.items() if tree is None]
        found = found.with_columns(pl.lit(None, dtype=pl.Boolean).alias(f"criterion:{name}") for name in unanswered)
    return found.with_columns(*_said(programme, on))


def amounts(who: Population, programme: Programme, on: date, people: pl.DataFrame) -> pl.DataFrame:
    """The people given, each with a column `amount:<place>` for every amount of the programme: whether it counts for them."""
    trees = {f"amount:{place}": tree for place, tree in enumerate(programme.compiled(on).amounts)}
    cases = people.with_row_index("case_id").with_columns(
        pl.col("case_id").cast(pl.Int64), pl.lit(on).alias("as_of"), pl.lit(on).alias("occurred_on"), pl.lit("").alias("detail")
    )  # fmt: skip
    asked = {name: tree for name, tree in trees.items() if tree is not None}
    found = judged(who.warehouse, cases, asked, _NOW) if asked else cases.select("case_id")
    always = [pl.lit(value=True).alias(name) for name, tree in trees.items() if tree is None]
    return cases.join(found, on="case_id").with_columns(*always)


def _listed(texts: Iterable[str], between: str = " ") -> Query:
    return Query(name="listed", text=between.join(texts))


def _trees(programme: Programme, on: date) -> dict[str, Node]:
    """Every criterion and exclusion of a programme as a tree, by its name."""
    trees = programme.compiled(on)
    asked = {f"criterion:{name}": _UNKNOWN if tree is None else tree for name, tree in trees.criteria.items()}
    return asked | {f"exclusion:{name}": tree for name, tree in trees.exclusions.items()}


def _verdict_sql(programme: Programme, asked: Mapping[str, Node], on: date) -> str:
    """`judge.verdict` as a number."""
    if not programme.in_force(on):
        return "CAST(0 AS TINYINT)"
    met = _met_tree(programme.criteria, asked)
    barred = "".join(f"WHEN {surely(asked[f'exclusion:{one.id}'], _NOW)} THEN 0 " for one in programme.exclusions)
    return f"CAST(CASE {barred}WHEN {surely(met, _NOW)} THEN 2 WHEN {maybe(met, _NOW)} THEN 1 ELSE 0 END AS TINYINT)"


def _met_tree(group: Group, asked: Mapping[str, Node]) -> Node:
    """What a group of criteria asks, as one expression."""
    parts = tuple(
        asked[f"criterion:{one.id}"] if isinstance(one, Criterion) else _met_tree(one, asked) for one in group.parts
    )
    if group.all is not None:
        return Logic(operator="and", parts=parts)
    any_of = Logic(operator="or", parts=parts)
    return any_of if group.any is not None else Logic(operator="not", parts=(any_of,))


def _said(programme: Programme, on: date) -> tuple[pl.Expr, pl.Expr]:
    """verdict and excluded as `judge.verdict` gives them, for whole columns."""
    excluded = pl.lit("")
    for one in reversed(programme.exclusions):
        excluded = pl.when(pl.col(f"exclusion:{one.id}")).then(pl.lit(one.id)).otherwise(excluded)
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
