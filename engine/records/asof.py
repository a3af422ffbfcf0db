"""Any table as it was known on a night: views over history, bound to one municipality and date."""

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

from engine.core.sql import Query, load_queries, quoted
from engine.records.contract import TableContract, load_contracts
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("asof.sql"))


def bind(warehouse: Warehouse, municipality: str, on: date, schema: str) -> None:
    """Makes `<schema>.<table>` show every contract table as known on the night `on`."""
    bound = f"{schema}.bound"
    warehouse.define(_SQL["create_schema"].about(schema=schema).text)
    warehouse.write(_SQL["create_bound"].about(table=bound), municipality=municipality, on=on)
    for contract in load_contracts().values():
        rows = rows_as_of(contract, f"history.{contract.table}", bound)
        warehouse.define(_SQL["create_view"].about(view=f"{schema}.{contract.table}", rows=rows).text)


def rows_as_of(
    contract: TableContract, history: str | Query, bound: str, *, mark: str = "", only: Collection[str] | None = None
) -> Query:
    """SELECT of a contract's table, from a table of its history or of a part of that, as known on the night in `bound`.

    With several nights in `bound`: on each of them, and `mark` is the column of `bound` that keeps them apart. Then each number
    (column of type id) stands a second time, as `known_<column>`, behind its night's mark. `only`: these columns of the contract.
    """
    names = [name for name in contract.physical_columns() if only is None or name in only]
    columns = [f"h.{quoted(name)}" for name in names]
    numbers = [name for name in names if name in contract.columns and contract.columns[name].type == "id"]
    columns += [f"b.{quoted(mark)} || h.{quoted(name)} AS {quoted(f'known_{name}')}" for name in numbers if mark]
    part = listed([*([f"b.{quoted(mark)}"] if mark else []), f"h.{partition(contract)}"])
    return _SQL["rows"].about(history=history, bound=bound, part=part, columns=listed(columns))


def partition(contract: TableContract) -> str:
    """The column of history whose newest row counts."""
    return "person_id" if contract.kind == "history" else "source_key"


def needed_as_of(contract: TableContract) -> tuple[str, ...]:
    """The columns of history by which `rows_as_of` finds its rows."""
    return ("municipality_code", "night", "gone", "source_order", partition(contract))


def bind_night(warehouse: Warehouse, municipality: str, on: date) -> None:
    """Binds `now` to the night and `before` to the day before it."""
    bind(warehouse, municipality, on, "now")
    bind(warehouse, municipality, on - timedelta(days=1), "before")
