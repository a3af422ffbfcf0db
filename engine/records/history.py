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
from engine.warehouse.duck import Warehouse

SQL = load_queries(Path(__file__).with_name("history.sql"))


@dataclass(frozen=True, kw_only=True)
class Staged:
    """One checked file of a table on its way into history."""

    file_id: str
    business_date: date
    full: bool
    checked: Checked


def known_rows(contract: TableContract, *, full: bool) -> Query:
    """True for rows of a file that history has accepted as they are, as a check asks it: most of a full file's, few of a delta's."""
    table = f"history.{contract.table}"
    if not full:
        return NOTHING
    if contract.kind == "history":
        return SQL["known_row"].about(table=table)
    return SQL["known_version"].about(current=SQL["current_versions"].about(table=table))


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
        since = max((place for place, file in enumerate(files) if file.full), default=0)
        later = SQL["told_later"].about(staged=staged) if len(files) > 1 else listed(["FALSE"])
        query = SQL["new_versions"].about(table=table, told_later=later, staged=staged)
        warehouse.write(query, **values, since_file=since)
        if files[since].full and _may_have_vanished(warehouse, contract, files[since:], values):
            parts.append(_vanished(contract, files[since:], values))
    parts += _new_rows(warehouse, contract, files, values)
    return warehouse.replace_by(table, municipality, night, parts)


def forget_news(warehouse: Warehouse) -> None:
    """Drops what `append` left."""
    warehouse.write(SQL["forget_wanted"])


def _arrived(place: int, file: Staged) -> Query:
    day = f"DATE '{file.business_date.isoformat()}'"
    return SQL["arrived_rows"].about(
        arrived=file.checked.arrived, place=listed([str(place)]), business_date=listed([day])
    )


def _may_have_vanished(
    warehouse: Warehouse, contract: TableContract, files: list[Staged], values: Mapping[str, Any]
) -> bool:
    """Whether a full file (the first of these) may lack a key that stands. A line that does not name its key may be any of them."""
    if not all(file.checked.all_named for file in files):
        return False
    told = files[0].checked
    if len(files) > 1 or not told.all_different:
        return True
    current = SQL["current_versions"].about(table=f"history.{contract.table}")
    standing, changed = warehouse.query(SQL["met_again"].about(current=current, arrived=told.arrived), **values).row(0)
    return bool(standing > changed + told.known)


def _vanished(
    contract: TableContract, files: list[Staged], values: Mapping[str, Any]
) -> tuple[Query, Mapping[str, Any]]:
    """What stands and is in none of these files, a full one and those after it."""
    table = f"history.{contract.table}"
    met = [SQL["keys_met"].about(arrived=file.checked.arrived).text for file in files]
    query = SQL["vanished"].about(
        table=table,
        current=SQL["current_versions"].about(table=table),
        met=listed(met, by=" UNION ALL "),
        columns=_columns(contract, "h"),
    )
    return query, {**values, "full_file": files[0].file_id, "full_date": files[0].business_date}


def _new_rows(
    warehouse: Warehouse, contract: TableContract, files: list[Staged], values: Mapping[str, Any]
) -> Iterator[tuple[Query, Mapping[str, Any]]]:
    """The wanted rows of each file that has any: only these are read as values."""
    flagged = contract.kind == "history" and "is_deleted" in contract.columns
    deleted = listed(["COALESCE(t.is_deleted, FALSE)" if flagged else "FALSE"])
    for place in warehouse.query(SQL["files_wanted"])["file_place"]:
        file = files[place]
        query = SQL["new_rows"].about(
            deleted=deleted, columns=_columns(contract, "t"), read_back=file.checked.read_back
        )
        about = {"file_id": file.file_id, "business_date": file.business_date, "file_place": place}
        yield query, {**values, **about}


def _columns(contract: TableContract, alias: str) -> Query:
    return listed(f"{alias}.{quoted(name)}" for name in contract.physical_columns())
