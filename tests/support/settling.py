"""One night's settling by hand: candidates, entries and earlier events, without a records file."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from events.work import Candidate, Entry, Event, Work

ON = date(2026, 11, 20)
BIRTH = Candidate(
    code="E01",
    subject_id="1",
    household_id="H",
    detail="",
    occurred_on=ON,
    effective_on=ON - timedelta(days=3),
    date_unknown=False,
    notified_on=ON,
    processed_on=ON,
    change_ids=("c1",),
    real=True,
    moves=True,
    together=True,
    from_calendar=False,
)


def work(
    *candidates: Candidate,
    known: list[Event] | None = None,
    sequences: list[list[Entry]] | None = None,
    dead: frozenset[str] = frozenset(),
    unnamed: frozenset[str] = frozenset(),
) -> Work:
    """What the rules work on."""
    return Work(
        on=ON,
        candidates=list(candidates),
        known=known or [],
        sequences=sequences or [],
        dead=set(dead),
        unnamed=set(unnamed),
        unborn=set(),
        released=set(),
        quiet=frozenset(),
        late_entry_days=60,
        unnamed_birth_days=14,
    )


def known(**facts: Any) -> Event:
    """A birth that last night settled, unless told otherwise."""
    event = Event(
        code="E01",
        detail="",
        subject_ids=("1",),
        household_id="H",
        occurred_on=ON - timedelta(days=3),
        notified_on=None,
        processed_on=None,
        detected_on=ON - timedelta(days=1),
        change_ids=("c0",),
        date_unknown=False,
        from_calendar=False,
        new=False,
        event_id="known",
        was="settled",
    )
    return replace(event, **facts)


def entry(change_id: str, reason: str, **facts: Any) -> Entry:
    """A row of somebody's sequence; of an earlier night unless told otherwise."""
    said: dict[str, Any] = {
        "subject_id": "1",
        "change_id": change_id,
        "tonight": False,
        "reason": reason,
        "moved": frozenset[str](),
        "effective_before": None,
        "effective_on": ON - timedelta(days=10),
        "effective_unknown": False,
        "born_on": date(1990, 5, 5),
        "born_unknown": False,
        "processed_before": None,
        "processed_on": ON,
        "notified_on": ON,
    }
    return Entry(**(said | facts))
