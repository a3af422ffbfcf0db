"""From candidates to events with a state: the seven rules, then names still missing and deaths that overtake."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from events.detectors import load_detectors
from events.rules import RULES, Rule, event_of
from events.work import Event, Work

#: a death recorded within this many days of the night an event was found overtakes it
DEATH_WINDOW_DAYS = 7
DEATH, PREGNANCY = "E10", "E02"
NO_BIRTH, RELEASED = "no_birth", "released"
DEATH_IN_WINDOW, DEATH_CANCELLED = "death_in_window", "death_cancelled"


def settle(work: Work, rules: Sequence[Rule] = RULES, *, deaths: bool = True) -> list[Event]:
    """Applies the rules in order and returns every event whose state is set or changes tonight, tonight's included.

    `deaths`: whether a death overtakes what else happened; off only to show what that is for.
    """
    for rule in (rule for rule in rules if rule.sees == "rows"):
        rule.apply(work)
    if not work.grouped:  # without R7 every row is an event of its own
        work.events = [event_of([candidate], work) for candidate in work.candidates]
    for rule in (rule for rule in rules if rule.sees == "events"):
        rule.apply(work)
    _released(work)
    _settle_births(work)
    for event in work.events:
        if event.state is None:
            event.decide("settled", "")
    _no_birth(work)
    if deaths:
        _overtaken_by_death(work)
    _alive_after_all(work)
    _asked_of_nobody(work)
    return [event for event in work.everything() if event.new or (event.state is not None and event.state != event.was)]


def _released(work: Work) -> None:
    """What the breaker held and an operator released goes on as if it had been found today; what was entered late is for staff (R5)."""
    limit = timedelta(days=work.late_entry_days)
    for event in work.known:
        if event.was == "held" and event.state is None and (event.code, event.detected_on) in work.released:
            late = event.occurred_on is not None and event.detected_on - event.occurred_on > limit
            event.decide(*(("staff", "R5_backdated") if late else ("settled", RELEASED)))


def _settle_births(work: Work) -> None:
    """A birth settles once every child's name is registered; after the longest wait staff look."""
    waiting = [event for event in work.known if event.was == "waiting" and event.state is None]
    freed = [event for event in work.known if event.code == "E01" and event.reason == RELEASED]
    for event in [*waiting, *freed, *(event for event in work.events if event.code == "E01" and event.state is None)]:
        unnamed = any(subject in work.unnamed for subject in event.subject_ids)
        if unnamed and work.on - event.detected_on > timedelta(days=work.unnamed_birth_days):
            event.decide("staff", "unnamed")
        elif unnamed:
            event.decide("waiting", "unnamed")
        else:
            event.decide("settled", event.reason)


def _no_birth(work: Work) -> None:
    """A pregnancy that ended otherwise, or whose expected date passed without a birth: whatever rests on it stops, and nobody is told."""
    for event in work.everything():
        now = event.state or event.was
        unborn = any((subject, event.occurred_on) in work.unborn for subject in event.subject_ids)
        if unborn and event.code == PREGNANCY and now not in {"void", "suppressed"}:
            event.decide("suppressed", NO_BIRTH)


def _asked_of_nobody(work: Work) -> None:
    """Kinds the settings call quiet are found and shown; no member of staff is given a task about each."""
    for event in work.events:
        for_staff = event.state == "staff" or (
            event.state == "settled" and load_detectors()[event.code].event_class == "staff-only"
        )
        if event.code in work.quiet and for_staff:
            event.decide("noted", event.reason)


def _overtaken_by_death(work: Work) -> None:
    """Whatever else happened to somebody who died that week is suppressed; the death itself and control events never are.

    Where others share the event, they keep it without the dead.
    """
    for event in work.everything():
        now = event.state or event.was
        recent = work.on - event.detected_on <= timedelta(days=DEATH_WINDOW_DAYS)
        concerned = "waiting" in {event.state, event.was} or (recent and now in {"settled", "held"})
        died = set(event.subject_ids) & work.dead
        if not concerned or not died or event.code == DEATH or load_detectors()[event.code].event_class == "control":
            continue
        living = tuple(subject for subject in event.subject_ids if subject not in died)
        if living and event.new:
            event.subject_ids = living
            continue
        if living:
            work.events.append(_for_them(event, living, work, state=str(now), reason=event.reason))
        event.decide("suppressed", DEATH_IN_WINDOW)


def _alive_after_all(work: Work) -> None:
    """A death that was cancelled had suppressed what else happened; its notice is gone, so staff take it up again."""
    entries = (entry for sequence in work.sequences for entry in sequence)
    back = {entry.subject_id for entry in entries if entry.tonight and entry.reason == "CANCEL_PLUS"}
    for event in work.known:
        alive = tuple(subject for subject in event.subject_ids if subject in back - work.dead)
        if alive and event.was == "suppressed" and event.was_reason == DEATH_IN_WINDOW and event.state is None:
            if len(alive) == len(event.subject_ids):
                event.decide("staff", DEATH_CANCELLED)
            else:
                work.events.append(_for_them(event, alive, work, state="staff", reason=DEATH_CANCELLED))


def _for_them(event: Event, subjects: tuple[str, ...], work: Work, *, state: str, reason: str) -> Event:
    """The same event for some of its subjects, found tonight."""
    return replace(
        event,
        subject_ids=subjects,
        detected_on=work.on,
        new=True,
        state=state,
        reason=reason,
        event_id="",
        was=None,
        was_reason="",
    )


def name_events(municipality: str, work: Work) -> None:
    """Gives tonight's events their ids: the same facts give the same id on every run.

    Something entered again after it was voided is a new event, so its night is part of its name.
    """
    taken = {event.event_id for event in work.known}
    for event in work.events:
        parts = (municipality, event.code, str(event.occurred_on), event.detail, *event.subject_ids)
        name = _digest(*parts)
        if name in taken:
            name = _digest(*parts, work.on.isoformat(), *event.change_ids)
        event.event_id = name
        taken.add(name)


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]
