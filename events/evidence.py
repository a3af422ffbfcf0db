"""What an event rests on: the columns its detector names, before and after, with the date of the file they came in."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.sql import load_queries, quoted
from engine.night import Night
from engine.records.contract import load_contracts
from engine.records.tables import listed
from events.detectors import Detector, load_detectors
from events.work import Event

_SQL = load_queries(Path(__file__).with_name("read.sql"))
#: (table, change_id or subject_id) → before, after, file date
_Stood = Mapping[tuple[str, str], tuple[Mapping[str, Any], Mapping[str, Any], str | None]]


def evidence(night: Night, events: Sequence[Event]) -> list[list[dict[str, Any]]]:
    """For each event the list of {table, column, ja, before, after, file_date}, in the order its detector names the columns."""
    recorded = _recorded(night, events)
    standing = _standing(night, [event for event in events if event.from_calendar])
    found = []
    for event in events:
        detector = load_detectors()[event.code]
        rows = [recorded[detector.table, key] for key in event.change_ids if (detector.table, key) in recorded]
        if not rows:
            rows = [standing[detector.table, key] for key in event.subject_ids if (detector.table, key) in standing]
        found.append([entry for row in rows for entry in _entries(detector, *row)])
    return found


def _entries(
    detector: Detector, before: Mapping[str, Any], after: Mapping[str, Any], file_date: str | None
) -> list[dict[str, Any]]:
    return [
        {
            "table": detector.table,
            "column": column,
            "ja": load_contracts()[detector.table].columns[column].ja,
            "before": before.get(column),
            "after": after.get(column),
            "file_date": file_date,
        }
        for column in detector.evidence
    ]


def _recorded(night: Night, events: Sequence[Event]) -> _Stood:
    """The changes events rest on, whichever night brought them."""
    found: dict[tuple[str, str], tuple[Mapping[str, Any], Mapping[str, Any], str | None]] = {}
    for table, wanted in _by_table(events, lambda event: event.change_ids).items():
        with night.warehouse.frame("wanted", pl.DataFrame({"change_id": wanted})):
            query = _SQL["stood"].about(table=f"changes.{table}")
            rows = night.warehouse.query(query, municipality=night.municipality, night=night.on)
        for row in rows.iter_rows(named=True):
            before, after = json.loads(row["before"] or "null") or {}, json.loads(row["after"])
            found[table, row["change_id"]] = (before, after, row["file_date"].isoformat())
    return found


def _standing(night: Night, events: Sequence[Event]) -> _Stood:
    """What the records say of people whom the calendar alone brought up."""
    found: dict[tuple[str, str], tuple[Mapping[str, Any], Mapping[str, Any], str | None]] = {}
    for table, wanted in _by_table(events, lambda event: event.subject_ids).items():
        names = sorted({column for event in events for column in load_detectors()[event.code].evidence})
        columns = listed(f"{quoted(name)} := r.{quoted(name)}" for name in names)
        with night.warehouse.frame("wanted", pl.DataFrame({"subject_id": wanted})):
            part = "h.person_id" if load_contracts()[table].kind == "history" else "h.source_key"
            query = _SQL["stands"].about(table=f"history.{table}", columns=columns, part=listed([part]))
            rows = night.warehouse.query(query, municipality=night.municipality, night=night.on)
        for subject_id, after in rows.iter_rows():
            found[table, subject_id] = ({}, json.loads(after), None)
    return found


def _by_table(events: Iterable[Event], keys: Callable[[Event], Iterable[str]]) -> dict[str, list[str]]:
    wanted: dict[str, set[str]] = {}
    for event in events:
        wanted.setdefault(load_detectors()[event.code].table, set()).update(keys(event))
    return {table: sorted(of_table) for table, of_table in sorted(wanted.items())}
