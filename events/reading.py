"""Everything settling needs, read as of one night."""

from collections.abc import Iterable, Mapping, Set
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.dates import days
from engine.core.sql import Query, load_queries, quoted
from engine.night import Night
from engine.records.contract import load_contracts
from engine.records.tables import listed
from events.dates import Reached, reached_on
from events.detectors import Detector, load_detectors
from events.people import copy_asked, copy_people
from events.releases import released
from events.work import Candidate, Entry, Event, Work

STAGE = "detect_events"
_SQL = load_queries(Path(__file__).with_name("read.sql"))


def first_night(night: Night) -> date:
    """The night of the baseline: the first one that loaded anything, or tonight."""
    (row,) = night.warehouse.rows(_SQL["first_night"], municipality=night.municipality, night=night.on)
    return row["night"] or night.on


def read_work(night: Night) -> Work:
    """Tonight's candidates, the sequences that cancellations and corrections are read in, and the earlier events they concern."""
    values = {"municipality": night.municipality, "night": night.on}
    warehouse, waits = night.warehouse, night.settings.waits
    free = released(warehouse, night.municipality, night.on)
    news = {row["table_name"] for row in warehouse.rows(_SQL["tables_with_news"], **values)}
    candidates = find_candidates(night, news)
    sequences = _reversals(night, news)
    if "residents" in news:
        sequences += _sequences(warehouse.rows(_SQL["register_entries"], **values))
    if "nhi" in news:
        sequences += _sequences(warehouse.rows(_SQL["nhi_entries"], **values), _made(candidates))
    people = {candidate.subject_id for candidate in candidates} | {sequence[0].subject_id for sequence in sequences}
    touched = pl.DataFrame(
        {"change_id": [entry.change_id for sequence in sequences for entry in sequence]},
        schema={"change_id": pl.String},
    )
    with warehouse.frame("people", _people(people)), warehouse.frame("touched", touched):
        known = [_event(row) for row in warehouse.rows(_SQL["known"], **values)]
    people |= {subject for event in known for subject in event.subject_ids}
    with warehouse.frame("people", _people(people)):
        standing = warehouse.rows(_SQL["standing"], **values)
    return Work(
        on=night.on,
        candidates=candidates,
        sequences=sequences,
        known=known,
        dead={row["resident_id"] for row in standing if row["dead"]},
        unnamed={row["resident_id"] for row in standing if row["unnamed"]},
        unborn={(row["resident_id"], row["registered_on"]) for row in warehouse.rows(_SQL["unborn"])},
        released=free,
        quiet=frozenset(night.settings.events.quiet),
        late_entry_days=waits.late_entry_days,
        unnamed_birth_days=waits.unnamed_birth_days,
    )


def _people(ids: Iterable[str]) -> pl.DataFrame:
    return pl.DataFrame({"subject_id": sorted(ids)}, schema={"subject_id": pl.String})


def _made(candidates: Iterable[Candidate]) -> Mapping[str, Set[str]]:
    """Change → the codes whose detectors see it tonight."""
    made: dict[str, set[str]] = {}
    for candidate in candidates:
        for change in candidate.change_ids:
            made.setdefault(change, set()).add(candidate.code)
    return made


def _sequences(rows: Iterable[Mapping[str, Any]], made: Mapping[str, Set[str]] | None = None) -> list[list[Entry]]:
    """Rows in the order of their person's history, a list a person. `made`: what each change makes, where a correction says it itself."""
    entries = (
        Entry(
            **{**row, "moved": frozenset(row["moved"])},
            makes=None if made is None else frozenset(made.get(row["change_id"], ())),
        )
        for row in rows
    )
    return [list(sequence) for _, sequence in groupby(entries, key=lambda entry: entry.subject_id)]


@cache
def _reversible() -> Mapping[str, list[str]]:
    """Tables that keep one row a key and bring events that can be taken back → what those events rest on."""
    found: dict[str, set[str]] = {}
    for detector in load_detectors().values():
        recorded = detector.event_class in {"automatic", "staff-only"} and not detector.from_calendar
        if recorded and load_contracts()[detector.table].kind == "state":
            found.setdefault(detector.table, set()).update(detector.evidence)
    return {table: sorted(columns) for table, columns in sorted(found.items())}


def _reversals(night: Night, news: Set[str]) -> list[list[Entry]]:
    """The rows that tonight's rows of such tables take back, each before the row that does. What is gone later than the limit has ended."""
    values = {"municipality": night.municipality, "night": night.on}
    since = night.on - timedelta(days=night.settings.waits.late_entry_days)
    parts = [
        _SQL["reversals"].about(
            changes=f"changes.{table}",
            same_key=_alike(load_contracts()[table].key, "c.after", "t.after"),
            stood=_alike(columns, "t.before", "c.after"),
            back_again=_alike(columns, "t.after", "c.before"),
            untouched=_alike(columns, "c.before", "c.after"),
        )
        for table, columns in _reversible().items()
        if table in news
    ]
    if not parts:
        return []
    pairs = listed((part.text for part in parts), by=" UNION ALL ")
    return _sequences(night.warehouse.rows(_SQL["taken_back"].about(pairs=pairs), **values, since=since))


def _alike(columns: Iterable[str], one: str, other: str) -> Query:
    """Whether two rows say the same in these columns."""
    same = (f"{one}.{quoted(name)} IS NOT DISTINCT FROM {other}.{quoted(name)}" for name in columns)
    return listed(same, by=" AND ")


def find_candidates(night: Night, news: Set[str]) -> list[Candidate]:
    """What every detector sees tonight; the calendar's for each date since the last finished night. `news`: the tables with rows tonight.

    A detector whose tables brought nothing tonight, and whose day it is not, has nothing to see and is not asked.
    """
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
    reborn = warehouse.query(_SQL["corrected_births"], **values)
    days_to_see = calendar_days(night, reborn)
    copy_people(night, news, days_to_see)
    reached = reached_tonight(night, days_to_see, reborn)
    days_of = set(reached["code"].unique().to_list())
    asked = [
        detector
        for detector in load_detectors().values()
        if detector.event_class != "never"
        and (detector.code in days_of or ({detector.table, *detector.also} & news and not detector.by_age))
    ]
    if not asked:
        return []
    copy_asked(night, asked)
    with warehouse.frame("reached", reached):
        return [_candidate(row) for row in warehouse.rows(_seen_by(asked), **values)]


def _seen_by(detectors: Iterable[Detector]) -> Query:
    """One statement that asks all of them."""
    parts = (
        _SQL["candidates"].about(code=listed([f"'{detector.code}'"]), select=detector.query).text
        for detector in detectors
    )
    return listed(parts, by=" UNION ALL ")


_REACHED = {
    "code": pl.String,
    "detail": pl.String,
    "day": pl.Date,
    "basis": pl.String,
    "value": pl.Date,
    "whose": pl.String,
}


def calendar_days(night: Night, reborn: pl.DataFrame) -> pl.DataFrame:
    """Which value of a resident's dates brings which calendar event on which day since the last finished night.

    `reborn`: whose birth date was corrected tonight. They may have reached an age on a day that has passed already, up to the limit for
    late entries.
    """
    first = first_night(night)
    since = max(night.warehouse.last_marked(STAGE, night.municipality, night.on) or first, first)
    limit = timedelta(days=night.settings.waits.late_entry_days)
    back_to = since if reborn.is_empty() else min(since, max(first, night.on - limit))
    rows = [
        (detector.code, one.detail, one.day, one.basis, value, _whose(one, since))
        for detector in load_detectors().values()
        for day in days(back_to + timedelta(days=1), night.on)
        for one in reached_on(detector.when, day, night.on)
        for value in one.values
    ]
    return pl.DataFrame(rows, schema=_REACHED, orient="row")


def reached_tonight(night: Night, days_to_see: pl.DataFrame, reborn: pl.DataFrame) -> pl.DataFrame:
    """One row per resident of `people_now` and calendar event: one pass serves all of them."""
    values = {"municipality": night.municipality, "night": night.on}
    with night.warehouse.frame("corrected_births", reborn), night.warehouse.frame("calendar_days", days_to_see):
        return night.warehouse.query(_SQL["reached"], **values)


def _whose(one: Reached, since: date) -> str:
    if one.newcomers:
        return "newcomers"
    return "all" if one.day > since else "corrected"


def _candidate(row: Mapping[str, Any]) -> Candidate:
    detector = load_detectors()[row["code"]]
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
    for row in night.warehouse.rows(_SQL["volumes"], **values):
        history.setdefault(row["code"], {})[row["night"]] = None if row["held"] else row["events"]
    return history
