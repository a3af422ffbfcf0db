"""Stage 4 of the night: changes and the calendar in, life events with a state out."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.dates import days
from engine.core.sql import Query, load_queries
from engine.night import Night
from engine.records.contract import load_contracts
from engine.warehouse.duck import Warehouse
from events.dates import birthdays, months_reached
from events.detectors import Detector, load_detectors
from events.rules import RULES, Rule
from events.settle import name_events, settle, window_start
from events.volume import Band, bands
from events.work import Candidate, Event, Work

STAGE = "detect_events"
_SQL = load_queries(Path(__file__).with_name("tables.sql"))


@dataclass(frozen=True, kw_only=True)
class Events:
    """What the night found: events per code, and the codes that are held with what was expected."""

    found: Mapping[str, int]
    held: Mapping[str, Mapping[str, float]]

    def summary(self) -> Mapping[str, Any]:
        """events and held of the contract."""
        return {"events": dict(sorted(self.found.items())), "held": dict(self.held)}


def detect_events(night: Night) -> Events:
    """Finds tonight's events, settles them and the earlier ones they concern, and holds a kind that came in a flood."""
    return detect(night, RULES)


def detect(night: Night, rules: Sequence[Rule]) -> Events:
    """The same with the rules named, so that each can be shown to matter."""
    warehouse = night.warehouse
    for name in ("create_schema", "create_events", "create_states"):
        warehouse.define(_SQL[name].text)
    if night.on == first_night(night):
        work, decided, held = None, [], {}
    else:
        work = read_work(night)
        decided = settle(work, rules)
        name_events(night.municipality, work)
        held = _hold_floods(night, decided)
    new = [event for event in decided if event.new]
    warehouse.replace("events.events", night.municipality, night.on, _event_rows(night, new))
    warehouse.replace("events.states", night.municipality, night.on, _state_rows(night, decided))
    return Events(found=Counter(event.code for event in new), held=held)


def first_night(night: Night) -> date:
    """The night of the baseline: the first one that loaded anything, or tonight."""
    loaded = night.warehouse.query(_SQL["nights"], municipality=night.municipality, night=night.on)
    return loaded["night"][0] if loaded.height else night.on


def read_work(night: Night) -> Work:
    """Everything settling needs, read as of the night."""
    values = {"municipality": night.municipality, "night": night.on}
    warehouse, waits = night.warehouse, night.settings.waits
    voiding = warehouse.query(_SQL["voiding"], **values).to_dicts()
    return Work(
        on=night.on,
        candidates=_candidates(night),
        known=_known(warehouse, night.municipality, night.on - timedelta(days=1)),
        voiding=voiding,
        voided_nhi=set(warehouse.query(_SQL["voiding_nhi"], **values)["subject_id"].to_list()),
        dead=set(warehouse.query(_SQL["deaths"], **values, since=window_start(night.on))["subject_id"].to_list()),
        unnamed=set(warehouse.query(_SQL["unnamed"], **values)["resident_id"].to_list()),
        late_entry_days=waits.late_entry_days,
        unnamed_birth_days=waits.unnamed_birth_days,
    )


def _candidates(night: Night) -> list[Candidate]:
    """What every detector sees tonight; the calendar's for each date since the last finished night."""
    since = night.warehouse.last_marked(STAGE, night.municipality, night.on) or night.on - timedelta(days=1)
    since = max(since, first_night(night))
    dates = list(days(since + timedelta(days=1), night.on))
    found: list[Candidate] = []
    with (
        night.warehouse.frame("calendar_days", birthdays(dates)),
        night.warehouse.frame("calendar_months", months_reached(dates)),
    ):
        for detector in load_detectors().values():
            query = _SQL["candidates"].about(select=detector.query)
            rows = night.warehouse.query(query, municipality=night.municipality, night=night.on).to_dicts()
            found.extend(_candidate(detector, row) for row in rows)
    return found


def _candidate(detector: Detector, row: Mapping[str, Any]) -> Candidate:
    return Candidate(
        code=detector.code,
        subject_id=row["subject_id"],
        household_id=row["household_id"],
        detail=row["detail"],
        occurred_on=row["processed_on"] or row["file_date"],
        effective_on=row["effective_on"],
        date_unknown=bool(row["date_unknown"]) or row["effective_on"] is None,
        notified_on=row["notified_on"],
        processed_on=row["processed_on"],
        file_date=row["file_date"],
        change_id=row["change_id"],
        reason=row["reason"] or "",
        moves=bool(row["moves"]),
        together=detector.together == "household",
        from_calendar=detector.from_calendar,
    )


def _known(warehouse: Warehouse, municipality: str, before: date) -> list[Event]:
    rows = warehouse.query(_SQL["known"], municipality=municipality, night=before).sort("night", "event_id").to_dicts()
    return [
        Event(
            code=row["code"],
            detail=row["detail"],
            subject_ids=tuple(row["subject_ids"]),
            household_id=row["household_id"],
            occurred_on=row["occurred_on"],
            notified_on=row["notified_on"],
            processed_on=row["processed_on"],
            detected_on=row["detected_on"],
            change_ids=tuple(row["change_ids"]),
            date_unknown=False,
            from_calendar=load_detectors()[row["code"]].from_calendar,
            new=False,
            event_id=row["event_id"],
            was=row["state"],
        )
        for row in rows
    ]


def known_events(warehouse: Warehouse, municipality: str, on: date) -> pl.DataFrame:
    """Every event found up to a night, one row each, with its newest `state` and `reason` up to then."""
    return warehouse.query(_SQL["known"], municipality=municipality, night=on)


def _hold_floods(night: Night, decided: list[Event]) -> dict[str, dict[str, float]]:
    """Holds tonight's events of every kind whose number is far above what the night should bring."""
    seen = Counter(event.code for event in decided if event.new)
    limits = _bands(night)
    held: dict[str, dict[str, float]] = {}
    for code, number in sorted(seen.items()):
        if code in limits and number > limits[code].upper:
            held[code] = {"expected": limits[code].expected, "seen": number}
            for event in decided:
                if event.new and event.code == code and event.state in {"settled", "waiting"}:
                    event.decide("held", "volume")
    return held


def _bands(night: Night) -> dict[str, Band]:
    values = {"municipality": night.municipality, "night": night.on}
    history: dict[str, dict[date, int]] = {}
    for row in night.warehouse.query(_SQL["volumes"], **values).iter_rows(named=True):
        history.setdefault(row["code"], {})[row["night"]] = row["events"]
    first = first_night(night)
    nights = list(days(first + timedelta(days=1), night.on - timedelta(days=1)))
    residents = int(night.warehouse.query(_SQL["residents"], **values).item())
    return bands(history, nights, night.on, residents, night.settings.volume)


_EVENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "event_id": pl.String,
    "code": pl.String,
    "name": pl.String,
    "class": pl.String,
    "detail": pl.String,
    "subject_ids": pl.List(pl.String),
    "household_id": pl.String,
    "occurred_on": pl.Date,
    "notified_on": pl.Date,
    "processed_on": pl.Date,
    "detected_on": pl.Date,
    "change_ids": pl.List(pl.String),
    "evidence": pl.String,
    "urgency": pl.Int32,
}


def _event_rows(night: Night, events: list[Event]) -> pl.DataFrame:
    stood = _evidence(night, events)
    rows = []
    for event in events:
        detector = load_detectors()[event.code]
        evidence = [entry for change in event.change_ids for entry in stood.get(change, [])]
        rows.append(
            {
                "municipality_code": night.municipality,
                "night": night.on,
                "event_id": event.event_id,
                "code": event.code,
                "name": detector.name,
                "class": detector.event_class,
                "detail": event.detail,
                "subject_ids": list(event.subject_ids),
                "household_id": event.household_id,
                "occurred_on": event.occurred_on,
                "notified_on": event.notified_on,
                "processed_on": event.processed_on,
                "detected_on": event.detected_on,
                "change_ids": list(event.change_ids),
                "evidence": json.dumps(evidence, ensure_ascii=False),
                "urgency": detector.urgency,
            }
        )
    return pl.DataFrame(rows, schema=_EVENTS).sort("event_id")


def _evidence(night: Night, events: list[Event]) -> dict[str, list[dict[str, Any]]]:
    """change_id → what stood before and after in the columns the detector rests on."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in sorted({load_detectors()[event.code].table for event in events if not event.from_calendar}):
        query: Query = _SQL["evidence"].about(table=f"changes.{table}")
        for row in night.warehouse.query(query, municipality=night.municipality, night=night.on).iter_rows(named=True):
            before, after = json.loads(row["before"] or "null") or {}, json.loads(row["after"])
            found[row["change_id"]] = [
                {
                    "table": table,
                    "column": column,
                    "ja": load_contracts()[table].columns[column].ja,
                    "before": before.get(column),
                    "after": after.get(column),
                    "file_date": row["file_date"].isoformat(),
                }
                for column in _evidence_columns(events, table)
            ]
    return found


def _evidence_columns(events: list[Event], table: str) -> list[str]:
    detectors = [load_detectors()[code] for code in sorted({event.code for event in events})]
    return list(
        dict.fromkeys(column for detector in detectors if detector.table == table for column in detector.evidence)
    )


def _state_rows(night: Night, events: list[Event]) -> pl.DataFrame:
    schema = {
        "municipality_code": pl.String,
        "night": pl.Date,
        "event_id": pl.String,
        "state": pl.String,
        "reason": pl.String,
    }
    rows = [
        {
            "municipality_code": night.municipality,
            "night": night.on,
            "event_id": event.event_id,
            "state": event.state,
            "reason": event.reason,
        }
        for event in events
        if event.state is not None
    ]
    return pl.DataFrame(rows, schema=schema).sort("event_id")
