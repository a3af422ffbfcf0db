"""Whom a night can be about, and what the records say of them: copied once, for every detector to read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from engine.core.sql import Query, load_queries, quoted
from engine.night import Night
from engine.records.asof import partition
from engine.records.contract import load_contracts
from engine.records.tables import listed
from events.detectors import Detector, load_detectors

#: so long after the expected date a birth that has not been registered is taken for one that does not come
OVERDUE_DAYS = 28
#: what is read of a person beside the evidence of the calendar's events
PERSON = (
    "person_id",
    "resident_id",
    "household_id",
    "status",
    "sex",
    "birth_date",
    "birth_date_unknown",
    "resident_since",
    "visa_until",
)
_SQL = load_queries(Path(__file__).with_name("people.sql"))


@dataclass(frozen=True, kw_only=True)
class Copy:
    """The rows of a table about some people: `now` shows those that stand tonight, `before` those that stood the night before."""

    table: str
    columns: tuple[str, ...]
    whose: str  #: the column that names one of `people`
    people: str
    name: str

    @property
    def now(self) -> str:
        """What detectors call the rows that stand tonight."""
        return f"{self.name}_now" if self.table == "residents" else self.name

    @property
    def before(self) -> str:
        """What detectors call the rows that stood the night before."""
        return f"{self.name}_before"

    @property
    def query(self) -> Query:
        """The statement that copies them: one pass over the table serves every detector."""
        contract, history = load_contracts()[self.table], f"history.{self.table}"
        passes_on = contract.kind == "state" and self.whose not in contract.key
        whose = _SQL["named_in_a_version" if passes_on else "named_in_row"]
        return _SQL["copy_rows"].about(
            rows=f"{self.name}_rows",
            table=history,
            columns=listed(f"h.{quoted(name)}" for name in self.columns),
            part=listed([f"h.{partition(contract)}"]),
            whose=whose.about(table=history, column=self.whose, people=self.people),
        )


def _copy_of(table: str, whose: str, *columns: str, people: str = "people_named") -> Copy:
    return Copy(table=table, columns=(whose, *columns), whose=whose, people=people, name=f"people_{table}")


#: what says who belongs together
KIN = (
    _copy_of("guardianship", "child_id", "adult_id", "guardian_kind", "to_on", people="people_families"),
    _copy_of("child_allowance", "claimant_id", "child_id", "benefit_status"),
)
#: what else detectors ask about somebody; copied on a night that one of them asks
ASKED = (
    _copy_of("child_rearing_allowance", "claimant_id", "grant_status", people="people_concerned"),
    _copy_of("disability", "resident_id", "holder_status"),
    _copy_of("light_vehicle_tax", "resident_id", "vehicle_id", "relief_kind", "scrapped_on"),
    _copy_of("pension", "resident_id", "pension_kind", "lost_on", people="people_concerned"),
    _copy_of("resident_tax", "resident_id", "fiscal_year", "tax_status"),
    _copy_of("screenings", "resident_id", "fiscal_year", people="people_concerned"),
)


@cache
def register() -> Copy:
    """The register's rows of everybody the night can be about, with what the calendar's events show of them."""
    shown = {column for one in load_detectors().values() if one.from_calendar for column in one.evidence}
    columns = (*PERSON, *sorted(shown - {*PERSON}))
    return Copy(table="residents", columns=columns, whose="person_id", people="people_concerned", name="people")


def copy_people(night: Night, news: Iterable[str], days_to_see: pl.DataFrame) -> None:
    """Copies everybody the night can be about: `people_now`, `people_before`, and who belongs together (KIN).

    `news`: the tables with rows tonight. Everybody else's records say the same as the night before.
    """
    warehouse = night.warehouse
    subjects = [_SQL["subjects"].about(changes=f"changes.{table}").text for table in sorted({"residents", *news})]
    values = {
        "municipality": night.municipality,
        "night": night.on,
        "overdue": night.on - timedelta(days=OVERDUE_DAYS),
        "since": last_counted(night)[0],
    }
    warehouse.write(_SQL["copy_overdue"], **values)
    warehouse.write(_SQL["copy_named"].about(subjects=listed(subjects, by=" UNION ")), **values)
    warehouse.write(_SQL["copy_families"], **values)
    for copy in KIN:
        _make(night, copy)
    with warehouse.frame("calendar_days", days_to_see):
        warehouse.write(_SQL["copy_concerned"], **values)
    _make(night, register())


def copy_asked(night: Night, detectors: Iterable[Detector]) -> None:
    """Copies what these detectors ask about people (ASKED)."""
    names = {name for detector in detectors for name in re.findall(r"\bpeople_\w+", detector.query.text)}
    for copy in ASKED:
        if {copy.now, copy.before} & names:
            _make(night, copy)


def _make(night: Night, copy: Copy) -> None:
    night.warehouse.write(copy.query, municipality=night.municipality, night=night.on)
    for view, name in (("view_now", copy.now), ("view_before", copy.before)):
        night.warehouse.define(_SQL[view].about(view=name, rows=f"{copy.name}_rows").text)


def residents(night: Night) -> int:
    """How many people live here as of the night."""
    (row,) = night.warehouse.rows(_SQL["residents"], municipality=night.municipality)
    return int(row["residents"])


def count_residents(night: Night) -> int:
    """The same from the last night's count and who got rows since, once `copy_people` has run."""
    since, counted = last_counted(night)
    if counted is None:
        return residents(night)
    (row,) = night.warehouse.rows(_SQL["more_residents"], since=since)
    return counted + int(row["more"])


def last_counted(night: Night) -> tuple[date, int | None]:
    """The newest earlier night with a count, and the count; the day before and None where there is none."""
    found = night.warehouse.rows(_SQL["last_counted"], municipality=night.municipality, night=night.on)
    return (found[0]["night"], int(found[0]["residents"])) if found else (night.on - timedelta(days=1), None)
