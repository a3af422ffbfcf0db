"""Append-only history: which of tonight's rows are new, written as one partition per table and night."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.core.sql import Query, load_queries, quoted
from engine.records.check import NOTHING, Checked
from engine.records.contract import TableContract
from engine.records.tables import listed
from engine.records.values import source_key
from engine.warehouse.duck import Warehouse

SQL = load_queries(Path(__file__).with_name("history.sql"))


@dataclass(frozen=True, kw_only=True)
class Staged:
    """One checked file of a table on its way into history."""

    file_id: str
    business_date: date
    full: bool
    checked: Checked


def known_rows(warehouse: Warehouse, contract: TableContract, *, full: bool, municipality: str, night: date) -> Query:
    """True for rows of a file that history has already, as a check can ask it: most of a full file's, few of a delta's.

    For a full file of a state table it leaves the temporary table `known_rows`: source_key, row_hash, gone, business_date.
    """
    table = f"history.{contract.table}"
    if not full:
        return NOTHING
    if contract.kind == "history":
        return SQL["known_key"].about(table=table, source_key=source_key(contract))
    warehouse.write(SQL["create_known"].about(table=table), municipality=municipality, night=night)
    return SQL["known_version"]


def append(
    warehouse: Warehouse, contract: TableContract, files: list[Staged], *, municipality: str, night: date
) -> int:
    """Makes what is new in these files, in business-date order, the night's partition of the table; returns its rows."""
    table, values = f"history.{contract.table}", {"municipality": municipality, "night": night}
    staged = listed([_arrived(place, file).text for place, file in enumerate(files)], by=" UNION ALL ")
    parts: list[tuple[Query, Mapping[str, Any]]] = []
    if contract.kind == "history":
        warehouse.write(SQL["new_keys"].about(table=table, staged=staged), **values)
    else:
        fulls = [place for place, file in enumerate(files) if file.full]
        values["since_file"] = max(fulls, default=0)
        warehouse.write(SQL["new_versions"].about(table=table, staged=staged), **values)
        if fulls:
            gone = SQL["vanished"].about(table=table, staged=staged, columns=_columns(contract, "h"))
            told = files[fulls[-1]]
            parts.append((gone, values | {"full_file": told.file_id, "full_date": told.business_date}))
    parts += _new_rows(warehouse, contract, files, values)
    return warehouse.replace_by(table, municipality, night, parts)


def forget_news(warehouse: Warehouse) -> None:
    """Drops what `known_rows` and `append` left."""
    for name in ("forget_wanted", "forget_known"):
        warehouse.write(SQL[name])


def _arrived(place: int, file: Staged) -> Query:
    day = f"DATE '{file.business_date.isoformat()}'"
    return SQL["arrived_rows"].about(
        arrived=file.checked.arrived, place=listed([str(place)]), business_date=listed([day])
    )


def _new_rows(
    warehouse: Warehouse, contract: TableContract, files: list[Staged], values: Mapping[str, Any]
) -> Iterator[tuple[Query, Mapping[str, Any]]]:
    """The wanted rows of each file that has any: only these are read as values."""
    deleted = listed(
        [
            "COALESCE(t.is_deleted, FALSE)"
            if contract.kind == "history" and "is_deleted" in contract.columns
            else "FALSE"
        ]
    )
    for place in warehouse.query(SQL["files_wanted"])["file_place"]:
        file = files[place]
        query = SQL["new_rows"].about(
            deleted=deleted, columns=_columns(contract, "t"), read_back=file.checked.read_back
        )
        about = {"file_id": file.file_id, "business_date": file.business_date, "file_place": place}
        yield query, {**values, **about}


def _columns(contract: TableContract, alias: str) -> Query:
    return listed(f"{alias}.{quoted(name)}" for name in contract.physical_columns())
