"""Every contract has its table of history and of changes, and making them again loses nothing."""

import duckdb

from engine.records.contract import load_contracts
from engine.records.tables import create_tables, listed
from engine.warehouse.duck import Warehouse

_COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $schema"


def columns(warehouse: Warehouse, schema: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, column in warehouse.read(_COLUMNS, {"schema": schema}).iter_rows():
        found.setdefault(table, set()).add(column)
    return found


def test_every_contract_has_its_tables_with_every_column_and_the_municipality() -> None:
    warehouse = Warehouse(duckdb.connect())
    create_tables(warehouse, load_contracts())
    history, changes = columns(warehouse, "history"), columns(warehouse, "changes")
    for name, contract in load_contracts().items():
        assert {"municipality_code", "night", *contract.physical_columns()} <= history[name]
        assert {"municipality_code", "night", "before", "after", "class"} <= changes[name]
    assert {"files", "quarantine", "resolutions"} <= set(history)


def test_making_them_again_loses_nothing() -> None:
    warehouse = Warehouse(duckdb.connect())
    create_tables(warehouse, load_contracts())
    warehouse.define("INSERT INTO history.resolutions VALUES ('292010', '2026-11-20', 'q')")
    create_tables(warehouse, load_contracts())
    assert warehouse.read("SELECT quarantine_id FROM history.resolutions", {}).item() == "q"


def test_a_list_of_columns_is_joined_in_order() -> None:
    assert listed(["a", "b"]).text == "a, b"
