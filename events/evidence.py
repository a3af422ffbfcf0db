"""What an event rests on: the columns its detector names, before and after, with the date of the file they came in."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from engine.core.sql import Query, load_queries, quoted
from engine.night import Night
from engine.records.contract import load_contracts
from engine.records.tables import listed
from events.detectors import load_detectors
from events.work import Event

_SQL = load_queries(Path(__file__).with_name("read.sql"))


class _Stood(NamedTuple):
    """What a row said before and after, and the date of its file."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    file_date: str | None


def evidence(night: Night, events: Sequence[Event]) -> list[list[dict[str, Any]]]:
    """For each event the list of {table, column, ja, before, after, file_date}, in the order its detector names the columns.

    What the calendar alone brings shows what `people_now` says of its subjects.
    """
    recorded = _recorded(night, events)
    standing = _standing(night, [event for event in events if event.from_calendar])
    found = []
    for event in events:
        table = load_detectors()[event.code].table
        rows = [recorded[table, key] for key in event.change_ids if (table, key) in recorded]
        if not rows and event.from_calendar:
            rows = [standing[key] for key in event.subject_ids if key in standing]
        found.append([entry for row in rows for entry in _entries(event.code, row)])
    return found


def _entries(code: str, row: _Stood) -> Iterable[dict[str, Any]]:
    for table, column, ja in _shown(code):
        yield {
            "table": table,
            "column": column,
            "ja": ja,
            "before": row.before.get(column),
            "after": row.after.get(column),
            "file_date": row.file_date,
        }


@cache
def _shown(code: str) -> list[tuple[str, str, str]]:
    """Table, column and Japanese name of what an event of this kind shows."""
    detector = load_detectors()[code]
    columns = load_contracts()[detector.table].columns
    return [(detector.table, column, columns[column].ja) for column in detector.evidence]


def _recorded(night: Night, events: Sequence[Event]) -> dict[tuple[str, str], _Stood]:
    """The changes events rest on, whichever night brought them: (table, change_id) → what stood."""
    asked = {
        (table, change)
        for event in events
        for table in [load_detectors()[event.code].table]
        for change in event.change_ids
    }
    if not asked:
        return {}
    codes = {event.code for event in events}
    text = listed((_stood(table, codes).text for table in sorted({table for table, _ in asked})), by=" UNION ALL ")
    wanted = pl.DataFrame(sorted(asked), schema=["table_name", "change_id"], orient="row")
    with night.warehouse.frame("wanted", wanted):
        rows = night.warehouse.query(text, municipality=night.municipality, night=night.on)
    said = json.loads(f"[{','.join(rows['stood'])}]")
    keys = zip(rows["table_name"], rows["change_id"], strict=True)
    dates = rows["file_date"].dt.to_string("iso")
    return {
        key: _Stood(one["before"], one["after"], file_date)
        for key, one, file_date in zip(keys, said, dates, strict=True)
    }


def _stood(table: str, codes: Iterable[str]) -> Query:
    columns = sorted({column for code in codes for of, column, _ in _shown(code) if of == table})
    sides = {
        side: listed(f"{quoted(name)} := c.{side}.{quoted(name)}" for name in columns) for side in ("before", "after")
    }
    return _SQL["stood"].about(changes=f"changes.{table}", table_name=listed([f"'{quoted(table)[1:-1]}'"]), **sides)


def _standing(night: Night, events: Sequence[Event]) -> dict[str, _Stood]:
    """What the register says of people whom the calendar alone brought up."""
    if not events:
        return {}
    columns = sorted({column for event in events for _, column, _ in _shown(event.code)})
    query = _SQL["stands"].about(columns=listed(f"{quoted(name)} := p.{quoted(name)}" for name in columns))
    wanted = sorted({subject for event in events for subject in event.subject_ids})
    with night.warehouse.frame("wanted", pl.DataFrame({"subject_id": wanted})):
        rows = night.warehouse.query(query)
    return {subject: _Stood({}, json.loads(said), None) for subject, said in rows.iter_rows()}
