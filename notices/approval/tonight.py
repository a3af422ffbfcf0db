"""What the night found, read once for preparing: events decided tonight with their matches, and the people they are about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from eligibility.parts import SWEEP
from engine.core.sql import load_queries
from engine.night import Night

_SQL = load_queries(Path(__file__).with_name("tonight.sql"))
#: how long after an adoption the people concerned are looked after by staff alone (law.md L6)
ADOPTION_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Match:
    """One subject of an event against one programme, as `matches.matches` holds it."""

    match_id: str
    programme: str
    version: str
    subject_id: str
    household_id: str
    verdict: str
    excluded: str
    kind: str
    office: str
    recipient: str
    sensitivity: str
    criteria: list[dict[str, Any]] = field(repr=False)
    facts: dict[str, Any]
    deadline_on: date | None
    last_loss_free_on: date | None
    late: bool
    verify: tuple[str, ...]

    @property
    def name_ja(self) -> str:
        """The programme's public name."""
        return str(self.facts.get("name", {}).get("ja", "")) or self.programme


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An event whose state was decided tonight, or a household that a sweep reached."""

    event_id: str
    code: str
    event_class: str
    subject_ids: tuple[str, ...]
    household_id: str
    occurred_on: date | None
    detected_on: date
    evidence: list[dict[str, Any]] = field(repr=False)
    state: str
    reason: str
    matches: tuple[Match, ...]

    @property
    def happened_on(self) -> date:
        """When it happened; the night it was found where that is not known."""
        return self.occurred_on or self.detected_on


@dataclass(frozen=True, kw_only=True)
class Tonight:
    """Everything preparing reads of the records."""

    happenings: tuple[Happening, ...]
    statuses: Mapping[str, str] = field(repr=False)  #: subject → RESIDENT, MOVED_OUT, DEAD, DELETED
    births: Mapping[str, date | None] = field(repr=False)
    adopted: frozenset[str] = field(repr=False)

    def settled(self) -> list[Happening]:
        """Events that may lead to a notice tonight."""
        return [one for one in self.happenings if one.state == "settled" and one.event_class == "automatic"]

    def in_state(self, *states: str) -> list[Happening]:
        """Events decided tonight to be in one of these states."""
        return [one for one in self.happenings if one.state in states]


def read_tonight(night: Night) -> Tonight:
    """Reads the night's events, matches and subjects."""
    values = {"municipality": night.municipality, "night": night.on}
    matches: dict[str, list[Match]] = {}
    swept: set[str] = set()
    for row in night.warehouse.query(_SQL["matches"], **values).to_dicts():
        matches.setdefault(row["event_id"], []).append(_match(row))
        swept |= {row["event_id"]} if row["event_code"] == SWEEP else set()
    rows = night.warehouse.query(_SQL["happenings"], **values).to_dicts()
    found = [_happening(row, matches.get(row["event_id"], [])) for row in rows]
    happenings = (*found, *(_reached(event_id, matches[event_id], night.on) for event_id in sorted(swept)))
    people = sorted({subject for one in happenings for subject in one.subject_ids})
    about = {"municipality": night.municipality, "people": people, "since": night.on - timedelta(days=ADOPTION_DAYS)}
    known = night.warehouse.query(_SQL["people"], **about).to_dicts()
    return Tonight(
        happenings=happenings,
        statuses={row["resident_id"]: row["status"] for row in known},
        births={row["resident_id"]: row["birth_date"] for row in known},
        adopted=frozenset(night.warehouse.query(_SQL["adopted"], **about)["resident_id"].to_list()),
    )


def _happening(row: Mapping[str, Any], matches: list[Match]) -> Happening:
    return Happening(
        event_id=row["event_id"],
        code=row["code"],
        event_class=row["event_class"],
        subject_ids=tuple(row["subject_ids"]),
        household_id=row["household_id"],
        occurred_on=row["occurred_on"],
        detected_on=row["detected_on"],
        evidence=json.loads(row["evidence"]),
        state=row["state"],
        reason=row["reason"],
        matches=tuple(matches),
    )


def _reached(event_id: str, matches: list[Match], on: date) -> Happening:
    """A household of tonight's portion of a sweep: nothing happened to it and no record changed."""
    return Happening(
        event_id=event_id,
        code=SWEEP,
        event_class="automatic",
        subject_ids=tuple(sorted({match.subject_id for match in matches})),
        household_id=matches[0].household_id,
        occurred_on=None,
        detected_on=on,
        evidence=[],
        state="settled",
        reason="",
        matches=tuple(matches),
    )


def _match(row: Mapping[str, Any]) -> Match:
    return Match(
        match_id=row["match_id"],
        programme=row["programme"],
        version=row["version"],
        subject_id=row["subject_id"],
        household_id=row["household_id"],
        verdict=row["verdict"],
        excluded=row["excluded"],
        kind=row["kind"],
        office=row["office"],
        recipient=row["recipient"],
        sensitivity=row["sensitivity"],
        criteria=json.loads(row["criteria"]),
        facts=json.loads(row["facts"]),
        deadline_on=row["deadline_on"],
        last_loss_free_on=row["last_loss_free_on"],
        late=row["late"],
        verify=tuple(row["verify"]),
    )
