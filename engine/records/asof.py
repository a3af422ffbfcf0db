"""Any table as it was known on a night: views over history, bound to one municipality and date."""

from datetime import date, timedelta
from pathlib import Path

from engine.core.sql import load_queries, quoted
from engine.records.contract import load_contracts
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("asof.sql"))


def bind(warehouse: Warehouse, municipality: str, on: date, schema: str) -> None:
    """Makes `<schema>.<table>` show every contract table as known on the night `on`."""
    bound = f"{schema}.bound"
    warehouse.define(_SQL["create_schema"].about(schema=schema).text)
    warehouse.write(_SQL["create_bound"].about(table=bound), municipality=municipality, on=on)
    for contract in load_contracts().values():
        view = _SQL["create_view"].about(
            view=f"{schema}.{contract.table}",
            history=f"history.{contract.table}",
            bound=bound,
            part="h.person_id" if contract.kind == "history" else "h.source_key",
            columns=listed(f"h.{quoted(name)}" for name in contract.physical_columns()),
        )
        warehouse.define(view.text)


def bind_night(warehouse: Warehouse, municipality: str, on: date) -> None:
    """Binds `now` to the night and `before` to the day before it."""
    bind(warehouse, municipality, on, "now")
    bind(warehouse, municipality, on - timedelta(days=1), "before")
