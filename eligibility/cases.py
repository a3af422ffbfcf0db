"""Cases judged set-wise: the records of tonight's subjects and their households are copied out once, then every rule reads those.

A case is one subject of one settled event. Rules read whole views of history otherwise, once per expression.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from eligibility.language.compile import joins, to_sql
from eligibility.language.nodes import Node
from eligibility.language.sources import sources
from engine.core.sql import Query, load_queries
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("cases.sql"))
#: the warehouse's schema of tables that end with the connection: nothing of this is written to disk
TOUCHED = "temp"


def touch(
    warehouse: Warehouse, cases: pl.DataFrame, tables: Iterable[str], schema: str, *, members: Collection[str] = ()
) -> None:
    """Makes `temp.<table>` hold the records, as of `schema`, of the cases' subjects; of residents and of the tables in
    `members`, of their households.
    """
    with warehouse.frame("cases", cases):
        for table in sorted(tables):
            names = {"touched": f"{TOUCHED}.{table}", "source": f"{schema}.{table}"}
            if table == "residents":
                warehouse.define(_SQL["touch_households"].about(**names).text)
            else:
                person, *other = sorted({one.join for one in sources().values() if one.table == table})
                names |= {"person": person, "other": other[0] if other else person, "residents": f"{schema}.residents"}
                query = _SQL["touch_members" if table in members else "touch_persons"]
                warehouse.define(query.about(**names).text)


def forget(warehouse: Warehouse, tables: Iterable[str]) -> None:
    """Drops what was touched."""
    for table in sorted(tables):
        warehouse.define(_SQL["drop_touched"].about(touched=f"{TOUCHED}.{table}").text)


def evaluate(
    warehouse: Warehouse, cases: pl.DataFrame, asked: Mapping[str, Node], schema: str = TOUCHED
) -> dict[int, dict[str, Any]]:
    """case_id → name → value, for every expression asked, in one query."""
    if not asked or not cases.height:
        return {case: {} for case in cases["case_id"].to_list()}
    rows = judged(warehouse, cases, asked, schema).to_dicts()
    return {row["case_id"]: {name: row[name] for name in asked} for row in rows}


def judged(warehouse: Warehouse, cases: pl.DataFrame, asked: Mapping[str, Node], schema: str = TOUCHED) -> pl.DataFrame:
    """One row per case: case_id and a column for every expression asked, by its name. One query."""
    names = list(asked)
    values = ",\n".join(f"{to_sql(asked[name], schema)} AS v{place}" for place, name in enumerate(names))
    query = _SQL["evaluate"].about(
        values=Query(name="values", text=values),
        joins=Query(name="joins", text=joins(asked.values(), schema)),
    )
    with warehouse.frame("cases", cases):
        return warehouse.query(query).rename({f"v{place}": name for place, name in enumerate(names)})
