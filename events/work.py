"""What the seven rules work on: tonight's candidates and events, what earlier nights left, and who the records say died."""

from dataclasses import dataclass, field
from datetime import date


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
    change_ids: tuple[str, ...]
    real: bool  #: the source's reason is one of those that make this event (R3)
    moves: bool  #: something of interest differs from the row before (R1)
    together: bool  #: rows of one household and date are one event (R7)
    from_calendar: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of a person's sequence in a source that cancels and corrects by appending (R2)."""

    subject_id: str
    change_id: str
    tonight: bool
    reason: str
    moved: frozenset[str]
    effective_before: date | None
    effective_on: date | None
    effective_unknown: bool
    born_on: date | None
    born_unknown: bool
    processed_before: date | None
    processed_on: date | None
    notified_on: date | None
    makes: frozenset[str] | None = (
        None  #: the events that a correction's detectors see in it as it is now; None where it says none itself
    )
    ends_before: date | None = None  #: when what the row tells of ended: by the row before it
    ends_on: date | None = None  #: the same by this row


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
    was_reason: str = ""

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
    sequences: list[list[Entry]]  #: of everybody with a cancellation or correction tonight, each oldest first
    known: list[Event]  #: what waits, and what concerns anybody seen tonight
    dead: set[str]
    unnamed: set[str]
    unborn: set[tuple[str, date]]  #: (mother, registered on) of pregnancies after which no birth comes
    released: set[tuple[str, date]]  #: (code, night) of floods that an operator released
    quiet: frozenset[str]  #: codes that are found and shown but asked of nobody
    late_entry_days: int
    unnamed_birth_days: int
    events: list[Event] = field(default_factory=list)  #: tonight's, grouped from the candidates
    grouped: bool = False

    def everything(self) -> list[Event]:
        """Known events and tonight's, oldest first."""
        return [*self.known, *self.events]
