"""The tables of history and changes, made from the contracts."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.core.sql import Query, load_queries, quoted
from engine.records.contract import TableContract
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("tables.sql"))


def create_tables(warehouse: Warehouse, contracts: Mapping[str, TableContract]) -> None:
    """Creates every history and changes table that is not there yet."""
    for query in _SQL.values():
        if query.name not in {"create_history_table", "create_changes_table"}:
            warehouse.define(query.text)
    for contract in contracts.values():
        columns = listed(f"{quoted(name)} {kind}" for name, kind in contract.physical_columns().items())
        history, changes = f"history.{contract.table}", f"changes.{contract.table}"
        warehouse.define(_SQL["create_history_table"].about(table=history, columns=columns).text)
        warehouse.define(_SQL["create_changes_table"].about(table=changes, columns=columns).text)


def listed(parts: Iterable[str], *, by: str = ", ") -> Query:
    """Parts of an expression or a column list, made of checked names, as a text a query can be told about."""
    return Query(name="list", text=by.join(parts))
