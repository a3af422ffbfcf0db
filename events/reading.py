"""Everything settling needs, read as of one night."""

from collections.abc import Iterable, Mapping, Sequence
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
from events.releases import released
from events.work import Candidate, Entry, Event, Work

STAGE = "detect_events"
#: so long after the expected date a birth that has not been registered is taken for one that does not come
OVERDUE_DAYS = 28
_SQL = load_queries(Path(__file__).with_name("read.sql"))
#: the tables that detectors ask for what stands, and the columns in which they name people
STANDING: Mapping[str, tuple[str, ...]] = {
    "guardianship": ("child_id", "adult_id"),
    "child_rearing_allowance": ("claimant_id",),
    "disability": ("resident_id",),
    "light_vehicle_tax": ("resident_id",),
    "pension": ("resident_id",),
    "screenings": ("resident_id",),
}


def first_night(night: Night) -> date:
    """The night of the baseline: the first one that loaded anything, or tonight."""
    found = night.warehouse.query(_SQL["first_night"], municipality=night.municipality, night=night.on).item()
    return found if isinstance(found, date) else night.on


def read_work(night: Night) -> Work:
    """Tonight's candidates, the sequences that cancellations and corrections are read in, and the earlier events they concern."""
    values = {"municipality": night.municipality, "night": night.on}
    warehouse, waits = night.warehouse, night.settings.waits
    free = released(warehouse, night.municipality, night.on)
    candidates = find_candidates(night)
    sequences = [
        sequence
        for name in ("register_entries", "nhi_entries")
        for sequence in _sequences(warehouse.query(_SQL[name], **values))
    ] + _reversals(night)
    people = {candidate.subject_id for candidate in candidates} | {sequence[0].subject_id for sequence in sequences}
    touched = pl.DataFrame(
        {"change_id": [entry.change_id for sequence in sequences for entry in sequence]},
        schema={"change_id": pl.String},
    )
    with warehouse.frame("people", _people(people)), warehouse.frame("touched", touched):
        known = [_event(row) for row in warehouse.query(_SQL["known"], **values).iter_rows(named=True)]
    people |= {subject for event in known for subject in event.subject_ids}
    with warehouse.frame("people", _people(people)):
        standing = warehouse.query(_SQL["standing"], **values)
    unborn = warehouse.query(_SQL["unborn"], **values, overdue=night.on - timedelta(days=OVERDUE_DAYS))
    return Work(
        on=night.on,
        candidates=candidates,
        sequences=sequences,
        known=known,
        dead=set(standing.filter(pl.col("dead"))["resident_id"].to_list()),
        unnamed=set(standing.filter(pl.col("unnamed"))["resident_id"].to_list()),
        unborn=set(unborn.iter_rows()),
        released=free,
        quiet=frozenset(night.settings.events.quiet),
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


@cache
def _reversible() -> Mapping[str, list[str]]:
    """Tables that keep one row a key and bring events that can be taken back → what those events rest on."""
    found: dict[str, set[str]] = {}
    for detector in load_detectors().values():
        recorded = detector.event_class in {"automatic", "staff-only"} and not detector.from_calendar
        if recorded and load_contracts()[detector.table].kind == "state":
            found.setdefault(detector.table, set()).update(detector.evidence)
    return {table: sorted(columns) for table, columns in sorted(found.items())}


def _reversals(night: Night) -> list[list[Entry]]:
    """The rows that tonight's rows of such tables take back, each before the row that does. What is gone later than the limit has ended."""
    values = {"municipality": night.municipality, "night": night.on}
    since = night.on - timedelta(days=night.settings.waits.late_entry_days)
    news = set(night.warehouse.query(_SQL["tables_with_news"], **values)["table_name"].to_list())
    found: list[list[Entry]] = []
    for table, columns in _reversible().items():
        if table not in news:
            continue
        query = _SQL["reversals"].about(
            changes=f"changes.{table}",
            same_key=_alike(load_contracts()[table].key, "c.after", "t.after"),
            stood=_alike(columns, "t.before", "c.after"),
            back_again=_alike(columns, "t.after", "c.before"),
            untouched=_alike(columns, "c.before", "c.after"),
        )
        found += _sequences(night.warehouse.query(query, **values, since=since))
    return found


def _alike(columns: Iterable[str], one: str, other: str) -> Query:
    """Whether two rows say the same in these columns."""
    same = (f"{one}.{quoted(name)} IS NOT DISTINCT FROM {other}.{quoted(name)}" for name in columns)
    return listed(same, by=" AND ")


def find_candidates(night: Night) -> list[Candidate]:
    """What every detector sees tonight; the calendar's for each date since the last finished night.

    A detector whose tables brought nothing tonight, and whose day it is not, has nothing to see and is not asked.
    """
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
    news = set(warehouse.query(_SQL["tables_with_news"], **values)["table_name"].to_list())
    days_to_see = calendar_days(night)
    copy_people(night, news, days_to_see)
    reached = reached_tonight(night, days_to_see)
    days_of = set(reached["code"].unique().to_list())
    found: list[Candidate] = []
    with warehouse.frame("reached", reached):
        for detector in load_detectors().values():
            asked = detector.code in days_of or bool({detector.table, *detector.also} & news and not detector.by_age)
            if detector.event_class != "never" and asked:
                rows = warehouse.query(_SQL["candidates"].about(select=detector.query), **values)
                found.extend(_candidate(detector, row) for row in rows.iter_rows(named=True))
    return found


def copy_people(night: Night, news: Iterable[str], days_to_see: pl.DataFrame) -> None:
    """Copies what detectors read of everybody the night can be about: `people_now`, `people_before`, and `people_<table>` of `STANDING`.

    `news`: the tables with rows tonight. Everybody else's records say the same as the night before.
    """
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
    named = [warehouse.query(_SQL["subjects"].about(changes=f"changes.{table}"), **values) for table in sorted(news)]
    subjects = pl.concat([pl.DataFrame(schema={"person_id": pl.String}), *named]).unique()
    since, _ = _last_counted(night)
    with warehouse.frame("subjects", subjects), warehouse.frame("calendar_days", days_to_see):
        warehouse.write(_SQL["copy_people_concerned"], **values, since=since)
    for table, columns in STANDING.items():
        warehouse.write(_standing(table, columns), **values)
    for name in (
        "copy_people_rows",
        "copy_people_now",
        "copy_people_touched",
        "copy_people_seen",
        "view_people_before",
    ):
        warehouse.write(_SQL[name], **values)


def _standing(table: str, columns: Sequence[str]) -> Query:
    """The copy of a table's standing rows that name somebody the night can be about: one pass over it serves every detector."""
    contract, history = load_contracts()[table], f"history.{table}"
    whose = [
        _SQL["named_in_key" if column in contract.key else "named_in_a_version"]
        .about(table=history, column=column)
        .text
        for column in columns
    ]
    return _SQL["copy_standing"].about(
        copy=f"people_{table}",
        table=history,
        columns=listed(f"h.{quoted(name)}" for name in contract.physical_columns()),
        whose=listed(whose, by=" OR "),
    )


_REACHED = {
    "code": pl.String,
    "detail": pl.String,
    "day": pl.Date,
    "basis": pl.String,
    "value": pl.Date,
    "whose": pl.String,
}


def calendar_days(night: Night) -> pl.DataFrame:
    """Which value of a resident's dates brings which calendar event on which day since the last finished night.

    Whose birth date was corrected tonight may have reached an age on a day that has passed already, up to the limit for late entries.
    """
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
    first = first_night(night)
    since = max(warehouse.last_marked(STAGE, night.municipality, night.on) or first, first)
    limit = timedelta(days=night.settings.waits.late_entry_days)
    reborn = warehouse.query(_SQL["corrected_births"], **values).height
    back_to = min(since, max(first, night.on - limit)) if reborn else since
    rows = [
        (detector.code, one.detail, one.day, one.basis, value, _whose(one, since))
        for detector in load_detectors().values()
        for day in days(back_to + timedelta(days=1), night.on)
        for one in reached_on(detector.when, day, night.on)
        for value in one.values
    ]
    return pl.DataFrame(rows, schema=_REACHED, orient="row")


def reached_tonight(night: Night, days_to_see: pl.DataFrame) -> pl.DataFrame:
    """One row per resident of `people_now` and calendar event: one pass serves all of them."""
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
    reborn = warehouse.query(_SQL["corrected_births"], **values)
    with warehouse.frame("corrected_births", reborn), warehouse.frame("calendar_days", days_to_see):
        return warehouse.query(_SQL["reached"], **values)


def _whose(one: Reached, since: date) -> str:
    if one.newcomers:
        return "newcomers"
    return "all" if one.day > since else "corrected"


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
    return int(night.warehouse.query(_SQL["residents"], municipality=night.municipality).item())


def count_residents(night: Night) -> int:
    """The same from the last night's count and who got rows since, once `copy_people` has run."""
    since, counted = _last_counted(night)
    if counted is None:
        return residents(night)
    return counted + int(night.warehouse.query(_SQL["more_residents"], since=since).item())


def _last_counted(night: Night) -> tuple[date, int | None]:
    """The newest earlier night with a count, and the count; the day before and None where there is none."""
    found = night.warehouse.query(_SQL["last_counted"], municipality=night.municipality, night=night.on)
    return (
        (found["night"].item(), int(found["residents"].item()))
        if found.height
        else (night.on - timedelta(days=1), None)
    )
