"""Programmes judged over everybody in the newest snapshot: for previews, comparisons and sweeps. Set-wise, no event needed.

However many programmes are asked for, the records are read once: what they ask of people, records and households is found
first (`language/shared`), and then every verdict, criterion by criterion where that is wanted, is a column of one query.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl
from sqlglot import exp

from eligibility.cases import FACTS, drop, find, judged, make, planned_once
from eligibility.language.compile import HOUSEHOLDS, PAIRS, PEOPLE, columns_of, joins, walk
from eligibility.language.flags import in_three_values, maybe, surely
from eligibility.language.nodes import Column, Constant, Logic, Node
from eligibility.language.shared import Shared, bit
from eligibility.language.sources import numbers
from eligibility.language.trees import UNKNOWN
from eligibility.parts import Criterion, Group
from eligibility.programme import Programme
from engine.core.errors import InputError
from engine.core.sql import Query, load_queries, quoted
from engine.records.numbering import told_by
from engine.records.reader import SnapshotReader
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("population.sql"))
#: where people and households have their numbers of the snapshot for ids
NUMBERED = "numbered"
#: the numbers of the people asked about, in SQL
_ASKED = "SELECT a.person FROM temp.asked AS a"
#: and of those of whom a small table says something
_ON_RECORD = "SELECT r.k FROM temp.records AS r"
_MEMORY_MB = 3_000
#: a table is large when it has more than an eighth as many rows as there are residents
_LARGE = 8
#: of more programmes than this, one or another may let in nearly everybody: to look first costs more than it saves
_FEW = 8
_IDS = ("resident_id", "household_id", "household_number")
_ALWAYS = Constant(value=True, kind="boolean")


@dataclass(frozen=True, kw_only=True)
class Population:
    """Everybody registered as of a snapshot, by number.

    `ids`: resident_id, household_id and household_number, those of a person in the row of their own number.
    """

    warehouse: Warehouse
    ids: pl.LazyFrame

    @cached_property
    def people(self) -> pl.DataFrame:
        """subject_id, household_id, birth_date, sex, rel1, area and members (how many are registered together), by subject_id."""
        return self.called(self.warehouse.query(_SQL["people"])).sort("subject_id")

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """How many records each table holds that is read."""
        tables = self.warehouse.query(_SQL["tables"], schema=NUMBERED)["table_name"]
        counts = (
            _SQL["count"].about(name=Query(name="name", text=f"'{one}'"), table=f"{NUMBERED}.{one}").text
            for one in tables
        )
        return dict(self.warehouse.query(_listed(counts, " UNION ALL ")).iter_rows())

    def found(self, people: Collection[str]) -> pl.DataFrame:
        """Those of these people who are in the register: person (the number), resident_id, household_id."""
        ids = self.ids.with_row_index("person").filter(pl.col("resident_id").is_in(list(people)))
        return ids.select("person", "resident_id", "household_id").collect()

    def called(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows about people of the register with the ids of subject_id and household_id in place of the numbers."""
        numbers = rows["subject_id"]  # column by column: only one is ever held whole
        ids = (self.ids.select(name).collect()[name][numbers] for name in ("resident_id", "household_id"))
        return _called(rows, pl.DataFrame(list(ids)))


def _called(rows: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(ids["resident_id"].alias("subject_id"), ids["household_id"])


@contextmanager
def population(reader: SnapshotReader, programmes: Sequence[Programme]) -> Iterator[Population]:
    """The snapshot's records that these programmes read. Raises InputError when the snapshot lacks one."""
    spilled = str(reader.folder.parent / ".spilled")  # what does not fit in memory stays on the volume of the records
    options: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{_MEMORY_MB}MB",
        "temp_directory": spilled,
        "preserve_insertion_order": False,
    }
    with Warehouse(duckdb.connect(config=options)) as warehouse:
        try:
            open_records(warehouse, columns_read(programmes), lambda table: _file(reader, table))
        except duckdb.BinderException:
            night = reader.folder.name
            raise InputError(f"the snapshot of {night} was made by another version: run `todoke night` again") from None
        yield Population(warehouse=warehouse, ids=reader.lazy("now.residents").select(_IDS))


def open_records(warehouse: Warehouse, read: Mapping[str, Collection[str]], rows: Callable[[str], Query]) -> None:
    """Shows tables as `engine.records.numbering` numbered them: these columns of each, from what `rows` calls it in SQL."""
    warehouse.define(_SQL["create_schema"].about(schema=NUMBERED).text)
    for table, columns in sorted(read.items()):
        told = (f"{quoted(told_by(table, name))} AS {quoted(name)}" for name in sorted(columns))
        names = _listed(told, ", ")
        made = _SQL["open_table"].about(table=f"{NUMBERED}.{table}", columns=names, rows=rows(table))
        warehouse.define(made.text)


def _file(reader: SnapshotReader, table: str) -> Query:
    """The file of a table, in SQL. Raises InputError when the snapshot lacks it."""
    path = exp.convert(str(reader.path(f"now.{table}"))).sql(dialect="duckdb")
    return Query(name="file", text=f"read_parquet({path})")


_OF_RESIDENTS = frozenset({"status", "birth_date", "sex", "rel1", "addr_code"})


def columns_read(programmes: Iterable[Programme]) -> dict[str, set[str]]:
    """Table → the columns that these programmes read of it, and those by which its rows are found."""
    trees = [one.compiled(one.verified_on) for one in programmes]
    every = (node for one in trees for node in (*one.criteria.values(), *one.exclusions.values(), *one.amounts))
    read = {"residents": set[str]()} | columns_of(node for node in every if node is not None)
    read["residents"] |= _OF_RESIDENTS
    return {table: {*numbers(table), *names} for table, names in read.items()}


def judge_everybody(
    who: Population,
    programmes: Sequence[Programme],
    on: date,
    *,
    explained: bool = False,
    let_in: bool = False,
    about: Sequence[str] = (),
    of: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Programmes judged over everybody in one pass, each person as if the event were on that date. One row per person.

    Columns: subject_id, household_id, members, those of `about` (columns of residents), and for each programme `<slug>`: 2 eligible,
    1 possible, 0 ineligible. `explained`: also `<slug>|criterion:<id>`, `<slug>|exclusion:<id>` and `<slug>|amount:<place>` (whether
    it counts), each true, false or unknown (null). `let_in`: only people whom one of the programmes lets in, and each programme
    is explained for those it lets in alone; what it says of others is null. `of`: only these people.
    """
    trees = {one.slug: _trees(one, on) | (_counting(one, on) if explained else {}) for one in programmes}
    shared = Shared(schema=NUMBERED, as_of=on, occurred_on=on, detail="")
    asked = {slug: {name: shared.rewritten(node) for name, node in one.items()} for slug, one in trees.items()}
    asking = [_asking(one, trees[one.slug], asked[one.slug], on) for one in programmes]
    ids = None if of is None else who.found(of)
    few = ids is None and let_in and len(programmes) <= _FEW
    if ids is not None:
        _find_of(who, shared, about, asking, ids["person"].to_list())
    elif few:
        _narrow(who, shared, about, asking)
    else:
        find(who.warehouse, shared, about)
    told = _told(programmes, asked, explained=explained, let_in=let_in)
    query = _SQL["judge"].about(
        about=_listed(f", c.{quoted(name)}" for name in about),
        said=_listed(f",\n{sql} AS x{place}" for place, sql in enumerate(told.values())),
        verdicts=_listed(_verdicts_sql(programmes, asked, on, marked=few)),
        carried=_listed(f", p.{quoted(name)}" for name in (*about, *(["may"] if few else []))),
        found=_listed([shared.found("p", "h", "t")]),
        joins=_listed([joins(_every(asked.values()), NUMBERED)]),
        which=_listed((f"c.said{place} > 0" for place in range(len(programmes))) if let_in else ["TRUE"], " OR "),
        whom=_listed(["TRUE" if ids is None and not few else "p.may <> 0"]),
    )
    found = who.warehouse.query(query) if ids is None else planned_once(who.warehouse, query)
    drop(who.warehouse, FACTS)
    found = found.rename({f"x{place}": name for place, name in enumerate(told)})
    if ids is None:
        return who.called(found)
    return _called(found, found.select(person="subject_id").join(ids, on="person", maintain_order="left"))


def _verdicts_sql(
    programmes: Sequence[Programme], asked: Mapping[str, Mapping[str, Node]], on: date, *, marked: bool
) -> Iterator[str]:
    """Each programme's verdict as a column; `marked`: only of whom it may let in, by their `may`."""
    for place, one in enumerate(programmes):
        said = _verdict_sql(one, asked[one.slug], on)
        said = f"CASE WHEN (c.may & {bit(place):d}) <> 0 THEN {said} ELSE 0 END" if marked else said
        yield f",\nCAST({said} AS TINYINT) AS said{place}"


def _told(
    programmes: Sequence[Programme], asked: Mapping[str, Mapping[str, Node]], *, explained: bool, let_in: bool
) -> dict[str, str]:
    """What is told of each programme, by the name of its column: the verdict and, where it is explained, what was asked."""
    told = {}
    guarded = let_in and len(programmes) > 1
    for place, one in enumerate(programmes):
        told[one.slug] = f"c.said{place}"
        for name, node in asked[one.slug].items() if explained else ():
            value = in_three_values(node, NUMBERED)
            told[f"{one.slug}|{name}"] = f"CASE WHEN c.said{place} > 0 THEN {value} END" if guarded else value
    return told


def _every(asked: Iterable[Mapping[str, Node]]) -> list[Node]:
    return [node for one in asked for node in one.values()]


@dataclass(frozen=True, kw_only=True)
class _Asking:
    """A programme: whom it lets in, the tables it reads, and whether it asks anything of pairs."""

    lets_in: Node
    reads: set[str]
    pairs: bool


def _asking(programme: Programme, trees: Mapping[str, Node], asked: Mapping[str, Node], on: date) -> _Asking:
    """What a programme asks, from its expressions as they are written and as they read what was found."""
    pairs = any(isinstance(part, Column) and part.table == PAIRS for node in asked.values() for part in walk(node))
    return _Asking(lets_in=_lets_in(programme, asked, on), reads=set(columns_of(trees.values())), pairs=pairs)


def _together(programmes: Sequence[_Asking]) -> _Asking:
    """What several programmes ask, as one that may let in anybody."""
    reads = set[str]().union(*(one.reads for one in programmes))
    return _Asking(lets_in=UNKNOWN, reads=reads, pairs=any(one.pairs for one in programmes))


def _narrow(who: Population, shared: Shared, about: Sequence[str], programmes: Sequence[_Asking]) -> None:
    """Finds facts as `find` does, each person with the programmes that may let them in (`may`), and those of pairs for them alone. Of
    large tables: only what is on record of households in which a programme that reads them may let somebody in, by all the rest."""
    read = _together(programmes).reads - {"residents"}
    small = {table for table in read if who.rows[table] * _LARGE <= who.rows["residents"]}
    lets_in = [one.lets_in for one in programmes]
    make(who.warehouse, {"records": shared.records(small)})
    if shared.only_on_record(lets_in, small):
        _set_aside(who.warehouse, shared, _ON_RECORD, about)
    make(who.warehouse, shared.of_values())
    if read == small:
        make(who.warehouse, {PEOPLE: shared.marked(lets_in, about, small)})
        _complete(who.warehouse, shared, programmes)
    else:
        make(who.warehouse, {"homes": shared.homes(lets_in, small), "near": shared.near(lets_in, about, small)})
        _look_up(who.warehouse, shared, about, programmes, read - small)


def _find_of(
    who: Population, shared: Shared, about: Sequence[str], programmes: Sequence[_Asking], people: list[int]
) -> None:
    """Finds facts of these people, by number: `may` says who of their households they are."""
    one = _together(programmes)
    make(who.warehouse, {"asked": _SQL["asked"].text}, asked=people)
    _set_aside(who.warehouse, shared, _ASKED, about)
    make(who.warehouse, shared.of_values() | {"records": shared.records(())})
    make(who.warehouse, {"near": shared.near_of(_ASKED, about)})
    _look_up(who.warehouse, shared, about, [one], one.reads - {"residents"})


def _look_up(
    warehouse: Warehouse, shared: Shared, about: Sequence[str], programmes: Sequence[_Asking], tables: Collection[str]
) -> None:
    """Asks those tables of the people in `near`, each for the programmes that read it, and finds the rest."""
    bits = {table: _bits(table in one.reads for one in programmes) for table in tables}
    make(warehouse, {"records": shared.records(tables, bits), PEOPLE: shared.completed(about, tables, bits)})
    _complete(warehouse, shared, programmes)


def _complete(warehouse: Warehouse, shared: Shared, programmes: Sequence[_Asking]) -> None:
    """Finds what is asked of households and pairs, from `people`; what led there is no longer needed."""
    drop(warehouse, ["asked", "at_home", "homes", "near"])
    pairs = shared.pairs(_bits(one.pairs for one in programmes))
    make(warehouse, {HOUSEHOLDS: shared.households(), PAIRS: pairs})


def _bits(holds: Iterable[bool]) -> int:
    """The programmes, by their places, of which something holds."""
    return sum(bit(place) for place, one in enumerate(holds) if one)


def _set_aside(warehouse: Warehouse, shared: Shared, people: str, about: Sequence[str]) -> None:
    """Copies the rows of those people and of whom they live with out of the register; from then on nobody else is looked at."""
    make(warehouse, {"at_home": shared.aside(people, about)})
    shared.at_home = True


def verdicts(
    who: Population,
    programme: Programme,
    on: date,
    *,
    cases: pl.DataFrame | None = None,
    let_in: bool = False,
    of: Sequence[str] | None = None,
) -> pl.DataFrame:
    """One row per person (or per case given): subject_id, verdict, excluded, and `criterion:<id>` for each.

    Without cases, each person as if the event were on that very date (`let_in`: only those let in; `of`: only these people); then
    also household_id, members, birth_date, area, and `amount:<place>` for every amount of the programme: whether it counts.
    """
    if cases is None:
        about = ("birth_date", "addr_code")
        found = judge_everybody(who, [programme], on, explained=True, let_in=let_in, about=about, of=of)
        found = found.rename(lambda name: name.removeprefix(f"{programme.slug}|")).drop(programme.slug)
        found = found.with_columns(pl.col("addr_code").str.slice(0, 6).alias("area"))
    else:
        trees = programme.compiled(on)
        asked = {name: tree for name, tree in _trees(programme, on).items() if tree is not UNKNOWN}
        found = cases.join(judge_cases(who, cases, asked), on="case_id")
        unanswered = [name for name, tree in trees.criteria.items() if tree is None]
        found = found.with_columns(pl.lit(None, dtype=pl.Boolean).alias(f"criterion:{name}") for name in unanswered)
    return found.with_columns(*_said(programme, on))


def judge_cases(who: Population, cases: pl.DataFrame, asked: Mapping[str, Node]) -> pl.DataFrame:
    """One row per case: case_id and a column for every expression asked, by its name. Of who is not in the register nothing is known."""
    ids = who.ids.with_row_index("person")
    people = ids.select("person", subject_id="resident_id")
    homes = ids.select("household_id", "household_number").unique()
    told = cases.lazy().join(people, on="subject_id", how="left").join(homes, on="household_id", how="left")
    told = told.drop("subject_id", "household_id").rename({"person": "subject_id", "household_number": "household_id"})
    return judged(who.warehouse, told.collect(), asked, NUMBERED)


def _listed(texts: Iterable[str], between: str = " ") -> Query:
    return Query(name="listed", text=between.join(texts))


def _trees(programme: Programme, on: date) -> dict[str, Node]:
    """Every criterion and exclusion of a programme as a tree, by its name."""
    trees = programme.compiled(on)
    asked = {f"criterion:{name}": UNKNOWN if tree is None else tree for name, tree in trees.criteria.items()}
    return asked | {f"exclusion:{name}": tree for name, tree in trees.exclusions.items()}


def _counting(programme: Programme, on: date) -> dict[str, Node]:
    """When each amount of a programme counts, by its place."""
    amounts = programme.compiled(on).amounts
    return {f"amount:{place}": _ALWAYS if tree is None else tree for place, tree in enumerate(amounts)}


def _lets_in(programme: Programme, asked: Mapping[str, Node], on: date) -> Node:
    """The condition that may hold of whom a programme lets in, and of nobody else."""
    if not programme.in_force(on):
        return Constant(value=False, kind="boolean")
    barred = (Logic(operator="not", parts=(asked[f"exclusion:{one.id}"],)) for one in programme.exclusions)
    return Logic(operator="and", parts=(_met_tree(programme.criteria, asked), *barred))


def _verdict_sql(programme: Programme, asked: Mapping[str, Node], on: date) -> str:
    """`judge.verdict` as a number."""
    if not programme.in_force(on):
        return "0"
    met = _met_tree(programme.criteria, asked)
    barred = "".join(f"WHEN {surely(asked[f'exclusion:{one.id}'], NUMBERED)} THEN 0 " for one in programme.exclusions)
    return f"CASE {barred}WHEN {surely(met, NUMBERED)} THEN 2 WHEN {maybe(met, NUMBERED)} THEN 1 ELSE 0 END"


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
