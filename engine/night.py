"""One night: runs the stages it is handed, in order, each once, and adds up what they report.

A stage is one function `(Night) -> Report`. It writes through `warehouse.replace` and returns what it did; the runner
then writes the stage's mark, last. A night that was killed is started again: finished stages are passed over, and the
half-done one replaces what it wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from engine.core.clock import Clock
from engine.core.jobs import JobLedger
from engine.core.settings import Settings
from engine.warehouse.duck import Warehouse

JOB = "night"


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a stage is given: the business date scanned, whose records, and the doors to stores, settings and time."""

    on: date
    municipality: str
    warehouse: Warehouse
    settings: Settings
    clock: Clock


class Report(Protocol):
    """What a stage returns: a frozen noun of the domain that can say itself in the night's summary."""

    def summary(self) -> Mapping[str, Any]:
        """Its part of the night's summary object: JSON values under the keys of the contract."""
        ...


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage by name. `always` stages run again on a repeated night, to notice late files and new safety facts."""

    name: str
    run: Callable[[Night], Report]
    always: bool = False


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What one night did, in the shape of the contract."""

    date: date
    resumed: bool
    halted: str | None
    parts: Mapping[str, Any]
    seconds: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """The contract's object for `night --json`."""
        return {
            "date": self.date.isoformat(),
            "resumed": self.resumed,
            "feeds": {"accepted": [], "rejected": []},
            "rows": {"loaded": 0, "quarantined": 0},
            "changes": {},
            "events": {},
            "matches": {"eligible": 0, "possible": 0, "ineligible": 0},
            "notices": {"prepared": 0, "withdrawn": 0},
            "tasks": {},
            "suppressed": {},
            "held": {},
            **self.parts,
            "halted": self.halted,
            "seconds": dict(self.seconds),
        }


def run_night(
    stages: Sequence[Stage],
    night: Night,
    ledger: JobLedger,
    *,
    progress: Callable[[str, int, int], None] = lambda name, done, of: None,
) -> Summary:
    """Runs a night's stages in order. A SafetyStop ends it with `halted` set; every other error is the caller's.

    Safe to repeat: a stage already marked for this night is passed over and its old report used, unless an `always`
    stage before it reports that something came in new (`fresh`).
    """
    raise NotImplementedError
