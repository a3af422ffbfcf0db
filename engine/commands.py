"""Commands of the records: contracts, quarantine, any table as of a past night."""

from datetime import date
from typing import Annotated, Any

import polars as pl
import typer

from engine.core.console import front, parse_date, print_json, print_rows
from engine.core.errors import InputError
from engine.records.contract import TableContract, load_contracts
from engine.records.snapshot import read_snapshot

records_app = typer.Typer(no_args_is_help=True, help="Feeds and history.")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@records_app.command("contract")
def contract(as_json: AsJson = False) -> None:
    """Every table's contract: columns, types, keys, codes."""
    tables = load_contracts()
    if as_json:
        print_json({"tables": {name: described(table) for name, table in tables.items()}})
        return
    rows = (
        {"table": name, "ja": table.ja, "interface": table.interface, "kind": table.kind, "key": table.key}
        for name, table in tables.items()
    )
    print_rows(rows, as_json=False, columns=("table", "ja", "interface", "kind", "key"))


def described(table: TableContract) -> dict[str, Any]:
    """One table in the shape of `records contract --json`."""
    columns = {
        name: {
            "type": column.type,
            "ja": column.ja,
            "codes": column.codes,
            "personal": column.personal,
            "nullable": column.nullable,
        }
        for name, column in table.columns.items()
    }
    return {
        "system": table.system,
        "interface": table.interface,
        "kind": table.kind,
        "key": list(table.key),
        "columns": columns,
    }


@records_app.command("quarantine")
def quarantine(context: typer.Context, as_json: AsJson = False) -> None:
    """Rows that were not loaded and that no later file has brought right: where they stand and why."""
    snapshot = read_snapshot(front(context).settings)
    resolved = snapshot.table("history.resolutions")["quarantine_id"].to_list()
    rows = (
        snapshot.table("history.quarantine")
        .filter(~pl.col("quarantine_id").is_in(resolved))
        .sort("night", "table_name", "row_number")
    )
    columns = ("business_date", "table_name", "row_number", "reason")
    print_rows(rows.drop("source_key").iter_rows(named=True), as_json=as_json, columns=columns)


@records_app.command("as-of")
def as_of(context: typer.Context, on: str, table: str, as_json: AsJson = False) -> None:
    """A table as it was known on a night (YYYY-MM-DD)."""
    day: date = parse_date(on)
    contracts = load_contracts()
    if table not in contracts:
        raise InputError(f"there is no table {table!r}; `todoke records contract` lists them")
    contract = contracts[table]
    rows = read_snapshot(front(context).settings).table(f"history.{table}").filter(pl.col("night") <= day)
    part = "person_id" if contract.kind == "history" else "source_key"
    newest = rows.sort("source_order", "night").group_by(part, maintain_order=True).last().filter(~pl.col("gone"))
    columns = ("municipality_code", *contract.physical_columns())
    print_rows(newest.select(columns).iter_rows(named=True), as_json=as_json, columns=columns)
