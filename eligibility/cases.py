"""Cases judged set-wise: the records of tonight's subjects and their households are copied out once, then every rule reads those.

A case is one subject of one settled event. Rules would read whole views of history otherwise, once per expression.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from eligibility.language.compile import FOUND, joins, to_sql
from eligibility.language.nodes import Node
from eligibility.language.sources import numbers
from eligibility.language.together import Together
from engine.core.sql import Query, load_queries, quoted
from engine.records.asof import needed_as_of, partition, rows_as_of
from engine.records.contract import TableContract, load_contracts
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("cases.sql"))
_JUDGED = "judged"


@contextmanager
def in_memory(warehouse: Warehouse) -> Iterator[None]:
    """A place for what is found of cases; all of it is gone when the block ends."""
    warehouse.define(_SQL["attach"].text)
    try:
        yield
    finally:
        warehouse.define(_SQL["detach"].text)


def know(warehouse: Warehouse, cases: pl.DataFrame, states: pl.DataFrame, read: Mapping[str, Collection[str]]) -> None:
    """Makes `found.<table>` hold the records, in each state, of the cases' subjects and of everybody ever registered in their
    households: one look at history for all states.

    `states`: state, municipality_code, bound_on. `read`: the tables that are asked, and which columns of each.
    """
    with warehouse.frame("cases", cases), warehouse.frame("states", states):
        warehouse.define(_SQL["found_states"].text)
        warehouse.define(_SQL["found_people"].text)
    known = []
    for contract in (load_contracts()[table] for table in sorted({*read, "residents"})):
        only = _columns(contract, read)
        rows = rows_as_of(contract, _touched(contract, only), f"{FOUND}.states", mark="state", only=only)
        known.append(_SQL["know"].about(known=f"{FOUND}.{contract.table}", rows=rows).text)
    warehouse.define_beside(known)


def _touched(contract: TableContract, only: Collection[str]) -> Query:
    """The history of a table's records of those people: what finding them as of a night needs, and these columns."""
    persons = _persons(contract)
    columns = listed(quoted(name) for name in sorted({*needed_as_of(contract), *only}))
    named = listed((_SQL["named"].about(person=one).text for one in persons), by=" OR ")
    # whose a record is never changes where that is part of its key: no second look for what it was before
    query = _SQL["touched_own" if {*persons} <= {*contract.key} else "touched"]
    names = {"history": f"history.{contract.table}", "part": partition(contract)}
    return query.about(columns=columns, named=named, **names)


def _persons(contract: TableContract) -> list[str]:
    """The columns that say whose a record is."""
    return [name for name in numbers(contract.table) if name != "household_id"]


def _columns(contract: TableContract, read: Mapping[str, Collection[str]]) -> set[str]:
    """The columns of a table that finding facts reads: those asked, and those by which rows and members are found."""
    members = ("status",) if contract.table == "residents" else ()
    return {*numbers(contract.table), *members, *read.get(contract.table, ())}


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What is asked of cases, as SQL. `tables`: name → SELECT, each made from those of the steps before it, the last of them with all
    answers; `answers`: name of an expression → the column of its answer."""

    tables: Sequence[Mapping[str, str]]
    answers: Mapping[str, str]


def questions(asked: Mapping[str, Node], as_of: date) -> Questions:
    """The SQL of expressions, each by its name, over cases of one date. What many ask is found once, equal ones are worked out once."""
    together = Together(as_of=as_of)
    rewritten = {name: together.rewritten(node) for name, node in asked.items()}
    sql = {name: to_sql(node, FOUND) for name, node in rewritten.items()}
    places = {text: f"v{place}" for place, text in enumerate(dict.fromkeys(sql.values()))}
    values = _SQL["evaluate"].about(
        values=listed(["c.case_id", *(f"{text} AS {place}" for text, place in places.items())]),
        joins=listed([joins(rewritten.values(), FOUND)]),
    )
    answers = {name: places[text] for name, text in sql.items()}
    # a long SELECT is written first: what is read itself is planned twice, which takes longer than to write a few rows
    return Questions(tables=(*together.tables(), {_JUDGED: values.text}), answers=answers)


def judged_together(warehouse: Warehouse, cases: pl.DataFrame, asked: Questions) -> pl.DataFrame:
    """One row per case, in their order, of the records as known in its `state`: case_id, and a column for each expression asked."""
    state = pl.col("state")
    marked = cases.with_columns(subject_id=state + pl.col("subject_id"), household_id=state + pl.col("household_id"))
    with warehouse.frame("cases", marked):
        warehouse.define(_SQL["found_cases"].text)
    for step in asked.tables:
        made = (
            _SQL["make_facts"].about(table=f"{FOUND}.{name}", facts=Query(name=name, text=text))
            for name, text in step.items()
        )
        warehouse.define_beside([one.text for one in made])
    judged = warehouse.query(_SQL["judged"])
    each = cases.select("case_id").join(judged, on="case_id", how="left", validate="1:1", maintain_order="left")
    return each.select("case_id", *(pl.col(place).alias(name) for name, place in asked.answers.items()))
