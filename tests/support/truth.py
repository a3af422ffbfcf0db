"""Compares what the night found with what the town says really happened."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from engine.changes.derive import derive_changes
from engine.core.clock import FixedClock
from engine.core.settings import Settings
from engine.night import Night, Stage
from engine.records.load import load_records
from engine.warehouse.duck import Warehouse, open_warehouse
from events.detectors import load_detectors
from fixtures.demo_settings import MORNING_AFTER
from fixtures.truth import TruthRow

#: every event that may lead to a notice
AUTOMATIC = tuple(code for code, detector in load_detectors().items() if detector.event_class == "automatic")

#: what the state of an event must be for what the truth says came of it
STATE_OF_OUTCOME = {
    "notice": "settled",
    "blocked": "settled",  # the stop is at the recipients, not here
    "staff": "staff",
    "suppressed": "suppressed",
    "void": "void",
}


@dataclass(frozen=True)
class Comparison:
    """Where the night and the truth differ; each entry says code, date and what went wrong (ids are synthetic)."""

    missed: list[str] = field(default_factory=list)
    mistaken: list[str] = field(default_factory=list)
    wrong_outcome: list[str] = field(default_factory=list)
    found: int = 0
    right: Counter[str] = field(default_factory=Counter)  #: code → real events found with their outcome
    missed_of: Counter[str] = field(default_factory=Counter)  #: code → real events that were not found
    wrong_of: Counter[str] = field(default_factory=Counter)  #: code → real events of which something else became
    false: Counter[str] = field(default_factory=Counter)  #: code → what was found and never happened
    subjects: set[str] = field(default_factory=set)  #: everybody about whom they differ

    def recall(self, code: str) -> float:
        """The share of an event's real happenings that were found with their outcome; 1.0 where there were none."""
        real = self.right[code] + self.missed_of[code] + self.wrong_of[code]
        return self.right[code] / real if real else 1.0

    def precision(self, code: str) -> float:
        """The share of what was found of an event that happened and came to what it should; 1.0 where nothing was found."""
        said = self.right[code] + self.wrong_of[code] + self.false[code]
        return self.right[code] / said if said else 1.0

    @property
    def exact(self) -> bool:
        """Whether every real event was found with its outcome and nothing else was."""
        return not (self.missed or self.mistaken or self.wrong_outcome)


def compare(truth: Sequence[TruthRow], events: pl.DataFrame, codes: Iterable[str]) -> Comparison:
    """Events (the newest state of each) against the truth, for these event codes."""
    wanted = set(codes)
    found: dict[tuple[str, tuple[str, ...], date | None], str] = {}
    for row in events.filter(pl.col("code").is_in(list(wanted))).to_dicts():
        found[row["code"], tuple(sorted(row["subject_ids"])), row["occurred_on"]] = row["state"]
    result = Comparison(found=len(found))
    for real in truth:
        if real.kind != "event" or real.code not in wanted:
            continue
        key = (real.code, tuple(sorted(real.subject_ids)), real.occurred_on)
        state = found.pop(key, None)
        said = f"{real.code} of {real.night}, {real.trap or 'no trap'}, {key[1]}"
        if state is None:
            # what was cancelled before the night saw it need not be known as an event at all
            if real.outcome != "void":
                result.missed.append(said)
                result.subjects.update(real.subject_ids)
                result.missed_of[real.code] += 1
        elif state != STATE_OF_OUTCOME[real.outcome]:
            result.wrong_outcome.append(f"{said}: {real.outcome} expected, {state} found")
            result.wrong_of[real.code] += 1
            result.subjects.update(real.subject_ids)
        else:
            result.right[real.code] += 1
    for (code, subjects, occurred), state in found.items():
        if state != "void":
            result.mistaken.append(f"{code} {subjects} {occurred}: {state}")
            result.false[code] += 1
            result.subjects.update(subjects)
    return result


def history_of(settings: Settings, nights: Sequence[date]) -> Path:
    """Loads every night's feeds and derives their changes into the records file; returns its path."""
    for on in nights:
        with opened(settings) as warehouse:
            night = night_of(settings, warehouse, on)
            for stage in (
                Stage(name="load_records", run=load_records),
                Stage(name="derive_changes", run=derive_changes),
            ):
                report = stage.run(night)
                warehouse.mark(stage.name, night.municipality, on, dict(report.summary()))
    return settings.paths.records


def opened(settings: Settings) -> Warehouse:
    """The records file of the settings."""
    return open_warehouse(settings.paths.records, memory_limit_mb=1024, scratch=settings.paths.scratch)


def night_of(settings: Settings, warehouse: Warehouse, on: date) -> Night:
    """A night on a fixed clock."""
    return Night(
        on=on,
        municipality=settings.municipality.code,
        warehouse=warehouse,
        settings=settings,
        clock=FixedClock(MORNING_AFTER),
    )
