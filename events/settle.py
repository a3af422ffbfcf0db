"""From candidates to events with a state: the seven rules, then names still missing and deaths that overtake."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from events.rules import RULES, Rule, each_row_an_event
from events.work import Event, Work

#: a death recorded within this many days of the night an event was found overtakes it
DEATH_WINDOW_DAYS = 7


def settle(work: Work, rules: Sequence[Rule] = RULES) -> list[Event]:
    """Applies the rules in order and returns every event whose state is set or changes tonight, tonight's included."""
    for rule in rules:
        if rule.code == "R2" and not any(one.code == "R7" for one in rules):
            each_row_an_event(work)
        rule.apply(work)
    _settle_births(work)
    for event in work.events:
        if event.state is None:
            event.decide("settled", "")
    _overtaken_by_death(work)
    return [event for event in work.everything() if event.new or (event.state is not None and event.state != event.was)]


def _settle_births(work: Work) -> None:
    """A birth settles once every child's name is registered; after the longest wait staff look."""
    waiting = [event for event in work.known if event.was == "waiting" and event.state is None]
    for event in [*waiting, *(event for event in work.events if event.code == "E01" and event.state is None)]:
        unnamed = any(subject in work.unnamed for subject in event.subject_ids)
        if unnamed and work.on - event.detected_on > timedelta(days=work.unnamed_birth_days):
            event.decide("staff", "unnamed")
        elif unnamed:
            event.decide("waiting", "unnamed")
        else:
            event.decide("settled", "")


def _overtaken_by_death(work: Work) -> None:
    """Whatever else happened to somebody who died that week is suppressed; the death itself never is."""
    for event in work.everything():
        recent = work.on - event.detected_on <= timedelta(days=DEATH_WINDOW_DAYS)
        concerned = event.code != "E10" and recent and (event.state or event.was) in {"settled", "waiting", "held"}
        if concerned and set(event.subject_ids) <= work.dead:
            event.decide("suppressed", "death_in_window")


def name_events(municipality: str, work: Work) -> None:
    """Gives tonight's events their ids: the same facts give the same id on every run.

    Something entered again after it was voided is a new event, so its night is part of its name.
    """
    taken = {event.event_id for event in work.known}
    for event in work.events:
        parts = (municipality, event.code, str(event.occurred_on), event.detail, *event.subject_ids)
        name = _digest(*parts)
        event.event_id = name if name not in taken else _digest(*parts, work.on.isoformat())


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


def window_start(on: date) -> date:
    """Deaths recorded after this night overtake what was found tonight."""
    return on - timedelta(days=DEATH_WINDOW_DAYS + 1)
