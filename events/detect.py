"""Stage 4 of the night: changes and the calendar in, life events with a state out."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.dates import days
from engine.core.later import Later
from engine.core.sql import load_queries
from engine.night import Night
from engine.warehouse.duck import Warehouse
from events.causes import said, signs_of, write_holds
from events.detectors import load_detectors
from events.evidence import evidence
from events.people import count_residents, residents
from events.reading import STAGE, counts_of_nights, first_night, read_work
from events.rules import RULES, Rule
from events.settle import name_events, settle
from events.volume import Band, bands, learning_since
from events.work import Event

__all__ = ["STAGE", "Events", "detect", "detect_events", "known_events"]
pyarrow = Later("pyarrow")
_SQL = load_queries(Path(__file__).with_name("tables.sql"))


@dataclass(frozen=True, kw_only=True)
class Events:
    """What the night found: events per code, and the codes that are held with what was expected."""

    found: Mapping[str, int]
    held: Mapping[str, Mapping[str, Any]]

    def summary(self) -> Mapping[str, Any]:
        """events and held of the contract."""
        return {"events": dict(sorted(self.found.items())), "held": dict(self.held)}


def detect_events(night: Night) -> Events:
    """Finds tonight's events, settles them and the earlier ones they concern, and holds a kind that came in a flood."""
    return detect(night, RULES)


def detect(night: Night, rules: Sequence[Rule], *, deaths: bool = True) -> Events:
    """The same with the rules (and the settling of deaths) named, so that each can be shown to matter.

    The baseline's night makes no events.
    """
    for name in ("create_schema", "create_events", "create_states", "create_living"):
        night.warehouse.define(_SQL[name].text)
    decided: list[Event] = []
    held: dict[str, dict[str, Any]] = {}
    if night.on != first_night(night):
        work = read_work(night)
        decided = settle(work, rules, deaths=deaths)
        name_events(night.municipality, work)
        living = count_residents(night)
        held = _hold_floods(night, decided, living)
    else:
        living = residents(night)
    new = [event for event in decided if event.new]
    night.warehouse.replace("events.events", night.municipality, night.on, _event_rows(night, new))
    counted = pl.DataFrame({"municipality_code": [night.municipality], "night": [night.on], "residents": [living]})
    night.warehouse.replace("events.living", night.municipality, night.on, counted)
    night.warehouse.replace("events.states", night.municipality, night.on, _state_rows(night, decided))
    return Events(found=Counter(event.code for event in new), held=held)


def known_events(warehouse: Warehouse, municipality: str, on: date) -> pl.DataFrame:
    """Every event found up to a night, one row each, with its newest `state` and `reason` up to then."""
    return warehouse.query(_SQL["known"], municipality=municipality, night=on)


def _hold_floods(night: Night, decided: list[Event], living: int) -> dict[str, dict[str, Any]]:
    """Holds tonight's events of every kind whose number is far above what the night should bring; control events are never held.

    Code → expected, upper, seen, and the likely cause in Japanese and English.
    """
    seen = Counter(
        event.code for event in decided if event.new and load_detectors()[event.code].event_class != "control"
    )
    limits = _bands(night, sorted(seen), living) if seen else {}
    held: dict[str, dict[str, Any]] = {}
    for code, number in sorted(seen.items()):
        if number <= limits[code].upper:
            continue
        held[code] = {"expected": limits[code].expected, "upper": limits[code].upper, "seen": number}
        for event in decided:
            late = event.reason == "R5_backdated"  # a flood of old dates is a flood too: no thousands of staff tasks
            if event.new and event.code == code and (event.state in {"settled", "waiting"} or late):
                event.decide("held", "volume")
    signs = {code: signs_of(night, code) for code in held}
    write_holds(night, held, signs)
    for code, numbers in held.items():
        numbers["cause"] = {lang: said(signs[code], lang) for lang in ("ja", "en")}
    return held


def _bands(night: Night, codes: Sequence[str], living: int) -> dict[str, Band]:
    """The bands of tonight's codes, learned from the nights since the baseline."""
    since = learning_since(first_night(night), night.on)
    nights = list(days(since + timedelta(days=1), night.on - timedelta(days=1)))
    history = counts_of_nights(night, since)
    last = night.warehouse.last_marked(STAGE, night.municipality, night.on)
    return bands(codes, history, nights, night.on, living, night.settings.volume, since=last)


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
    "urgency": pl.Int64,
}
_STATES = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "event_id": pl.String,
    "state": pl.String,
    "reason": pl.String,
}


def _event_rows(night: Night, events: Sequence[Event]) -> pl.DataFrame:
    kinds = [load_detectors()[event.code] for event in events]
    told = json.JSONEncoder(ensure_ascii=False)
    columns = {
        "municipality_code": [night.municipality] * len(events),
        "night": [night.on] * len(events),
        "event_id": [event.event_id for event in events],
        "code": [event.code for event in events],
        "name": [kind.name for kind in kinds],
        "class": [kind.event_class for kind in kinds],
        "detail": [event.detail for event in events],
        "subject_ids": _lists(event.subject_ids for event in events),
        "household_id": [event.household_id for event in events],
        "occurred_on": [event.occurred_on for event in events],
        "notified_on": [event.notified_on for event in events],
        "processed_on": [event.processed_on for event in events],
        "detected_on": [event.detected_on for event in events],
        "change_ids": _lists(event.change_ids for event in events),
        "evidence": [told.encode(shown) for shown in evidence(night, events)],
        "urgency": [kind.urgency for kind in kinds],
    }
    return pl.DataFrame(columns, schema=_EVENTS).sort("event_id")


def _lists(ids: Iterable[tuple[str, ...]]) -> pl.Series:
    """A column of lists. Arrow makes it from Python's tuples at once, Polars item by item."""
    return pl.Series(pyarrow.array(ids, pyarrow.list_(pyarrow.string())))


def _state_rows(night: Night, events: Sequence[Event]) -> pl.DataFrame:
    rows = [
        (night.municipality, night.on, event.event_id, event.state, event.reason)
        for event in events
        if event.state is not None
    ]
    return pl.DataFrame(rows, schema=_STATES, orient="row").sort("event_id")
