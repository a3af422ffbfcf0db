"""Everything settling needs, read as of one night."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.dates import days
from engine.core.sql import load_queries
from engine.night import Night
from events.dates import birthdays, months_reached
from events.detectors import Detector, load_detectors
from events.work import Candidate, Entry, Event, Work

STAGE = "detect_events"
_SQL = load_queries(Path(__file__).with_name("read.sql"))


def first_night(night: Night) -> date:
    """The night of the baseline: the first one that loaded anything, or tonight."""
    found = night.warehouse.query(_SQL["first_night"], municipality=night.municipality, night=night.on).item()
    return found if isinstance(found, date) else night.on


def read_work(night: Night) -> Work:
    """Tonight's candidates, the sequences that cancellations and corrections are read in, and the earlier events they concern."""
    values = {"municipality": night.municipality, "night": night.on}
    warehouse, waits = night.warehouse, night.settings.waits
    candidates = find_candidates(night)
    sequences = [
        sequence
        for name in ("register_entries", "nhi_entries")
        for sequence in _sequences(warehouse.query(_SQL[name], **values))
    ]
    people = {candidate.subject_id for candidate in candidates} | {sequence[0].subject_id for sequence in sequences}
    with warehouse.frame("people", _people(people)):
        known = [_event(row) for row in warehouse.query(_SQL["known"], **values).iter_rows(named=True)]
    people |= {subject for event in known for subject in event.subject_ids}
    with warehouse.frame("people", _people(people)):
        standing = warehouse.query(_SQL["standing"], **values)
    return Work(
        on=night.on,
        candidates=candidates,
        sequences=sequences,
        known=known,
        dead=set(standing.filter(pl.col("dead"))["resident_id"].to_list()),
        unnamed=set(standing.filter(pl.col("unnamed"))["resident_id"].to_list()),
        late_entry_days=waits.late_entry_days,
        unnamed_birth_days=waits.unnamed_birth_days,
    )


def _people(ids: Iterable[str]) -> pl.DataFrame:
    return pl.DataFrame({"subject_id": sorted(ids)}, schema={"subject_id": pl.String})


def _sequences(rows: pl.DataFrame) -> list[list[Entry]]:
    """Rows in the order of their person's history, a list a person."""
    entries = (
        Entry(**{**row, "moved": frozenset(row["moved"]), "counts": bool(row["counts"])})
        for row in rows.iter_rows(named=True)
    )
    return [list(sequence) for _, sequence in groupby(entries, key=lambda entry: entry.subject_id)]


def find_candidates(night: Night) -> list[Candidate]:
    """What every detector sees tonight; the calendar's for each date since the last finished night."""
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
    first = first_night(night)
    since = warehouse.last_marked(STAGE, night.municipality, night.on) or first
    since = max(since, first)
    reborn = warehouse.query(_SQL["corrected_births"], **values)
    limit = timedelta(days=night.settings.waits.late_entry_days)
    back_to = min(since, max(first, night.on - limit)) if reborn.height else since
    found: list[Candidate] = []
    with (
        warehouse.frame("corrected_births", reborn),
        warehouse.frame("calendar_days", _calendar(birthdays, back_to, since, night.on)),
        warehouse.frame("calendar_months", _calendar(months_reached, back_to, since, night.on)),
    ):
        for detector in load_detectors().values():
            rows = warehouse.query(_SQL["candidates"].about(select=detector.query), **values)
            found.extend(_candidate(detector, row) for row in rows.iter_rows(named=True))
    return found


def _calendar(frame_of: Callable[[Sequence[date]], pl.DataFrame], back_to: date, since: date, on: date) -> pl.DataFrame:
    """A frame of `events.dates` for (since, on], and for (back_to, since] to be used for corrected birth dates only."""
    dates = list(days(back_to + timedelta(days=1), on))
    return frame_of(dates).with_columns((pl.col("day") <= since).alias("corrected_only"))


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
        change_ids=(row["change_id"],),
        real=row["reason"] in detector.reasons,
        moves=bool(row["moves"]),
        together=detector.together == "household",
        from_calendar=detector.from_calendar,
    )


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
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
        was_reason=row["reason"] or "",
    )


def counts_of_nights(night: Night, since: date) -> dict[str, dict[date, int | None]]:
    """Code → night → how many events it brought; None where they were held as a flood, which teaches nothing."""
    values = {"municipality": night.municipality, "night": night.on, "since": since}
    history: dict[str, dict[date, int | None]] = {}
    for row in night.warehouse.query(_SQL["volumes"], **values).iter_rows(named=True):
        history.setdefault(row["code"], {})[row["night"]] = None if row["held"] else row["events"]
    return history


def residents(night: Night) -> int:
    """How many people live here as of the night."""
    return int(night.warehouse.query(_SQL["residents"], municipality=night.municipality, night=night.on).item())
