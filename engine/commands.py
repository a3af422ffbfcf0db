"""Commands of the records: contracts, quarantine, any table as of a past night."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from engine.core.clock import today
from engine.core.console import front, parse_date, print_json, print_rows
from engine.core.errors import InputError
from engine.night import Night
from engine.records.contract import TableContract, load_contracts
from engine.records.explaining import Language, SetAside, found_by_id, set_aside, tried_again
from engine.records.integrity import read_integrity
from engine.records.load import STAGE, load_records
from engine.records.pages import write_pages
from engine.records.snapshot import read_snapshot
from engine.records.tables import create_tables
from engine.warehouse.duck import open_warehouse

records_app = typer.Typer(no_args_is_help=True, help="Feeds and history.")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@records_app.command("contract")
def contract(
    as_json: AsJson = False,
    to_pages: Annotated[Path | None, typer.Option("--pages", help="Write a page per table into this folder.")] = None,
) -> None:
    """Every table's contract: columns, types, keys, codes."""
    if to_pages is not None:
        typer.echo(f"{len(write_pages(to_pages))} pages in {to_pages}")
        return
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


@records_app.command("load")
def load(
    context: typer.Context,
    on: Annotated[str, typer.Option("--date", help="The business date, YYYY-MM-DD.")],
    as_json: AsJson = False,
) -> None:
    """The first stage of a night alone: feeds in, history out. The night itself goes on from there."""
    with _records(context, parse_date(on)) as night:
        last = night.warehouse.last_marked(STAGE, night.municipality, date.max)
        if last is not None and night.on < last:
            raise InputError(f"nights run in order and that of {last} is loaded; what {night.on} brought was read then")
        loaded = load_records(night).summary()
        night.warehouse.mark(STAGE, night.municipality, night.on, loaded)
    print_json(loaded, pretty=not as_json)


@records_app.command("quarantine")
def quarantine(
    context: typer.Context,
    explain: Annotated[str, typer.Option(help="One row by its id: what is wrong, what to do, whom it holds.")] = "",
    retry: Annotated[
        bool, typer.Option(help="Read the rows' files again by today's rules and say what would become of them.")
    ] = False,
    lang: Annotated[str, typer.Option(help="ja or en")] = "ja",
    as_json: AsJson = False,
) -> None:
    """Rows that were not loaded and that no later file has brought right: where they stand and why."""
    language: Language = "en" if lang == "en" else "ja"
    with _records(context) as night:
        if explain:
            row = found_by_id(set_aside(night), explain)
            print_json(_told(row, language)) if as_json else typer.echo(row.words(language))
            return
        rows = [_told(row, language) for row in set_aside(night)]
        columns = ["quarantine_id", "business_date", "file_name", "row_number", "reason"]
        if retry:
            tried = tried_again(night)
            rows = [_told(row, language) | {"today": fault or "loads with the next night"} for row, fault in tried]
            columns.append("today")
    print_rows(rows, as_json=as_json, columns=tuple(columns))


def _told(row: SetAside, language: Language) -> dict[str, Any]:
    found = {
        name: getattr(row, name)
        for name in ("quarantine_id", "night", "file_name", "business_date", "row_number", "reason")
    }
    return found | {"table_name": row.table, "held": row.held, "words": row.words(language)}


@records_app.command("integrity")
def integrity(
    context: typer.Context,
    on: Annotated[str, typer.Option("--date", help="The night, YYYY-MM-DD; else the newest.")] = "",
    as_json: AsJson = False,
) -> None:
    """Whether the records hang together: rows against the night before, people and households that lack their other half."""
    with _records(context) as night:
        report = read_integrity(night.warehouse, night.municipality, parse_date(on) if on else None)
    if as_json:
        findings = [
            {"kind": one.kind, "table": one.table, "detail": one.detail, "number": one.number, "before": one.before}
            for one in report.findings
        ]
        print_json({"night": report.night, "findings": findings})
        return
    typer.echo(f"night of {report.night}")
    aside = {one.table: 0 for one in report.of("quarantined")}
    for one in report.of("quarantined"):
        aside[one.table] += one.number
    delivered, strangers = (
        {one.table: one.number for one in report.of(kind)} for kind in ("delivered", "not_registered")
    )
    rows = [
        {
            "table": one.table,
            "rows": one.number,
            "since the night before": None if one.before is None else f"{one.number - one.before:+d}",
            "delivered": delivered[one.table],
            "not in the register": strangers[one.table],
            "set aside": aside.get(one.table, 0),
        }
        for one in report.of("standing")
    ]
    print_rows(rows, as_json=False, columns=tuple(rows[0]))
    for kind in ("household_without_head", "household_with_heads", "child_without_guardian"):
        typer.echo(f"{kind.replace('_', ' ')}: {sum(one.number for one in report.of(kind))}")
    for one in report.of("short"):
        typer.echo(
            f"short: {one.table} of {one.detail} brought {one.number} rows fewer than usual; ask the office for the rest"
        )


@contextmanager
def _records(context: typer.Context, on: date | None = None) -> Iterator[Night]:
    """The records file, for a moment, as of a day; Busy while a night holds it."""
    settings, clock = front(context).settings, front(context).clock
    paths = settings.paths
    with open_warehouse(paths.records, memory_limit_mb=settings.memory_limit_mb, scratch=paths.scratch) as warehouse:
        create_tables(warehouse, load_contracts())
        day = on or today(clock)
        yield Night(
            on=day, municipality=settings.municipality.code, warehouse=warehouse, settings=settings, clock=clock
        )


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
