"""Cases judged set-wise: the records of tonight's subjects and their households are copied out once, then every rule reads those.

A case is one subject of one settled event. Rules would read whole views of history otherwise, once per expression.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from eligibility.language.compile import FOUND, HOUSEHOLDS, PAIRS, PEOPLE, joins
from eligibility.language.gathered import gathered_sql
from eligibility.language.nodes import Node
from eligibility.language.shared import Shared
from eligibility.language.sources import numbers
from eligibility.language.together import KNOWN_CASES, Together
from engine.core.sql import Query, load_queries, quoted
from engine.records.asof import needed_as_of, partition, rows_as_of
from engine.records.contract import TableContract, load_contracts
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("cases.sql"))
_JUDGED = "judged"
#: the tables that facts stand in
FACTS = ("born", "related", "records", PEOPLE, HOUSEHOLDS, PAIRS)


def know(warehouse: Warehouse, cases: pl.DataFrame, states: pl.DataFrame, read: Mapping[str, Collection[str]]) -> None:
    """Makes `temp.<table>` show the records, in each state, of the cases' subjects and of everybody ever registered in their
    households: one look at history for all states.

    `states`: state, municipality_code, bound_on. `read`: the tables that are asked, and which columns of each.
    """
    with warehouse.frame("cases", cases), warehouse.frame("states", states):
        warehouse.define(_SQL["touch_people"].text)
        for contract in _contracts(read):
            only = _columns(contract, read)
            rows = rows_as_of(contract, _touched(contract, only), "states", mark="state", only=only)
            warehouse.define(_SQL["know"].about(known=f"{FOUND}.{contract.table}", rows=rows).text)


def _touched(contract: TableContract, only: Collection[str]) -> Query:
    """The history of a table's records of those people: what finding them as of a night needs, and these columns."""
    persons = _persons(contract)
    columns = listed(quoted(name) for name in sorted({*needed_as_of(contract), *only}))
    named = listed((_SQL["named"].about(person=one).text for one in persons), by=" OR ")
    # whose a record is never changes where that is part of its key: no second look for what it was before
    query = _SQL["touched_own" if {*persons} <= {*contract.key} else "touched"]
    names = {"history": f"history.{contract.table}", "part": partition(contract)}
    return query.about(columns=columns, named=named, **names)


def forget(warehouse: Warehouse, tables: Iterable[str]) -> None:
    """Drops all that was known: the names are free for whatever stage comes next."""
    drop(warehouse, ("touched_people", *(contract.table for contract in _contracts(tables))))


def drop(warehouse: Warehouse, made: Iterable[str]) -> None:
    """Drops tables of facts, those that are there."""
    for name in made:
        warehouse.define(_SQL["forget"].about(made=f"{FOUND}.{name}").text)


def _contracts(tables: Iterable[str]) -> list[TableContract]:
    return [load_contracts()[table] for table in sorted({*tables, "residents"})]


def _persons(contract: TableContract) -> list[str]:
    """The columns that say whose a record is."""
    return [name for name in numbers(contract.table) if name != "household_id"]


def _columns(contract: TableContract, read: Mapping[str, Collection[str]]) -> set[str]:
    """The columns of a table that finding facts reads: those asked, and those by which rows and members are found."""
    members = ("birth_date", "status") if contract.table == "residents" else ()
    return {*numbers(contract.table), *members, *read.get(contract.table, ())}


def find(warehouse: Warehouse, shared: Shared, about: Sequence[str] = ()) -> None:
    """Makes the tables of what was asked of people, records and households, and of `about` (columns of residents)."""
    every = set(load_contracts())
    made = shared.of_values() | {"records": shared.records(every), PEOPLE: shared.people(about, every)}
    make(warehouse, made | {HOUSEHOLDS: shared.households(), PAIRS: shared.pairs()})


def make(warehouse: Warehouse, facts: Mapping[str, str], **values: Any) -> None:
    """Makes tables of facts, one after the other: name → SELECT, with the values it asks for."""
    for name, select in facts.items():
        made = _SQL["make_facts"].about(table=f"{FOUND}.{name}", facts=Query(name="facts", text=select))
        warehouse.write(made, **values)


def judged_together(warehouse: Warehouse, cases: pl.DataFrame, asked: Mapping[str, Node]) -> pl.DataFrame:
    """As `judged`, each case of the records as known in its `state`: what many expressions ask is found once. Cases of one `as_of`."""
    (as_of,) = cases["as_of"].unique().to_list()
    state = pl.col("state")
    marked = cases.with_columns(subject_id=state + pl.col("subject_id"), household_id=state + pl.col("household_id"))
    together = Together(as_of=as_of)
    rewritten = {name: together.rewritten(node) for name, node in asked.items()}
    with warehouse.frame("cases", marked):
        make(warehouse, together.tables())
    found = _asked(warehouse, _SQL["evaluate"].about(cases=f"{FOUND}.{KNOWN_CASES}"), rewritten, FOUND)
    drop(warehouse, together.tables())
    return found


def judged(warehouse: Warehouse, cases: pl.DataFrame, asked: Mapping[str, Node], schema: str) -> pl.DataFrame:
    """One row per case: case_id and a column for every expression asked, by its name. One query."""
    with warehouse.frame("cases", cases):
        return _asked(warehouse, _SQL["evaluate"].about(cases="cases"), asked, schema)


def _asked(warehouse: Warehouse, query: Query, asked: Mapping[str, Node], schema: str) -> pl.DataFrame:
    """Equal expressions are worked out once."""
    sql = {name: gathered_sql(node, schema) for name, node in asked.items()}
    places = {text: f"v{place}" for place, text in enumerate(dict.fromkeys(sql.values()))}
    values = "".join(f",\n{text} AS {place}" for text, place in places.items())
    joined = Query(name="joins", text=joins(asked.values(), schema))
    found = planned_once(warehouse, query.about(values=Query(name="values", text=values), joins=joined))
    return found.sort("case_id").select("case_id", *(pl.col(places[text]).alias(name) for name, text in sql.items()))


def planned_once(warehouse: Warehouse, query: Query) -> pl.DataFrame:
    """The rows of a long SELECT by way of a table: what is read itself is planned twice, which takes longer than to write a few rows."""
    warehouse.define(_SQL["make_facts"].about(table=f"{FOUND}.{_JUDGED}", facts=query).text)
    found = warehouse.query(_SQL["judged"])
    drop(warehouse, [_JUDGED])
    return found
