"""People and households numbered densely from 0, once, for all that reads a snapshot: four bytes each, and found without a text.

Households go by their id; residents by household and id, so that members lie together; whoever else is named comes after them.
Every table lies in the order of whom its rows are about: a person's records lie together, and so do a household's.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from engine.core.sql import Query, load_queries, quoted
from engine.records.contract import load_contracts, number_of
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("numbering.sql"))
_RESIDENTS = "residents"


def export_numbered(
    warehouse: Warehouse, tables: Collection[str], folder: Path, *, named_in: Literal["now", "history"]
) -> None:
    """Writes `now.<table>` of these contracts and of residents to Parquet files: numbers beside ids, in the order of whom rows are about.

    `named_in`: whose tables are looked through for everybody there is. History names more, and is read at once; `now` is found anew.
    """
    every = {*tables, _RESIDENTS}
    number_people(warehouse, every, named_in=named_in)
    for table in sorted(every):
        warehouse.export(numbered(table), folder / f"now.{table}.parquet")
    for made in ("people", "households"):
        warehouse.define(_SQL["forget"].about(made=f"temp.numbered_{made}").text)


def number_people(warehouse: Warehouse, tables: Collection[str], *, named_in: Literal["now", "history"]) -> None:
    """Gives a number to everybody and every household that `now.<table>` names, for `numbered` to tell."""
    warehouse.define(_SQL["number_households"].text)
    ids = ((table, name, whom) for table in sorted(tables) for name, whom in load_contracts()[table].ids.items())
    named = [
        _SQL["named"].about(table=f"{named_in}.{table}", person=name).text
        for table, name, whom in ids
        if whom == "person"
    ]
    warehouse.define(_SQL["number_people"].about(named=listed(named, by=" UNION ALL ")).text)


def numbered(table: str) -> Query:
    """SELECT of `now.<table>` with each number beside its id, as an unsigned integer of 32 bits, in the order of whom it is about.

    Reads what `number_people` made.
    """
    ids = list(enumerate(load_contracts()[table].ids.items()))
    columns = (f", n{place}.number AS {quoted(number_of(name))}" for place, (name, _) in ids)
    joins = (_SQL[f"join_{whom}"].about(number=f"n{place}", id=name).text for place, (name, whom) in ids)
    rows = _SQL["numbered"].about(table=f"now.{table}", columns=listed(columns, by=""), joins=listed(joins, by=" "))
    return _SQL["in_order"].about(rows=rows, person=number_of(load_contracts()[table].person))
