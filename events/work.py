"""What the seven rules work on: tonight's candidates and events, and what earlier nights left."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One row a detector saw. `occurred_on` starts as the processing date; R4 puts the effective date in its place."""

    code: str
    subject_id: str
    household_id: str
    detail: str
    occurred_on: date | None
    effective_on: date | None
    date_unknown: bool
    notified_on: date | None
    processed_on: date | None
    file_date: date
    change_id: str
    reason: str
    moves: bool
    together: bool
    from_calendar: bool


@dataclass(kw_only=True)
class Event:
    """An event on its way to a state. `state` None means that nothing about it changes tonight."""

    code: str
    detail: str
    subject_ids: tuple[str, ...]
    household_id: str
    occurred_on: date | None
    notified_on: date | None
    processed_on: date | None
    detected_on: date
    change_ids: tuple[str, ...]
    date_unknown: bool
    from_calendar: bool
    new: bool
    state: str | None = None
    reason: str = ""
    event_id: str = ""
    was: str | None = None  #: its state before tonight

    def decide(self, state: str, reason: str) -> None:
        """Sets the state tonight."""
        self.state, self.reason = state, reason

    @property
    def live(self) -> bool:
        """Whether it has not been voided or suppressed."""
        return (self.state or self.was) not in {"void", "suppressed"}


@dataclass(kw_only=True)
class Work:
    """One night's settling."""

    on: date
    candidates: list[Candidate]
    known: list[Event]
    voiding: list[dict[str, Any]]
    voided_nhi: set[str]
    dead: set[str]
    unnamed: set[str]
    late_entry_days: int
    unnamed_birth_days: int
    events: list[Event] = field(default_factory=list)  #: tonight's, grouped from the candidates

    def everything(self) -> list[Event]:
        """Known events and tonight's, oldest first."""
        return [*self.known, *self.events]


def rows_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """A DataFrame as dicts."""
    return frame.to_dicts()
