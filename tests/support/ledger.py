"""A job ledger in memory for tests of the engine, which knows no store; it speaks the same protocol as the real one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.core.jobs import Claim

Key = tuple[str, str, date]


@dataclass
class MemoryLedger:
    """States and summaries by (job, municipality, date). `held` dates belong to another process."""

    states: dict[Key, str] = field(default_factory=dict)
    summaries: dict[Key, Mapping[str, Any]] = field(default_factory=dict)
    once: set[Key] = field(default_factory=set)
    held: set[date] = field(default_factory=set)
    done: list[Mapping[str, Any]] = field(default_factory=list)

    def start(self, job: str, municipality: str, on: date, *, again: bool = False) -> Claim:
        """As the protocol says."""
        key = (job, municipality, on)
        if on in self.held:
            return Claim.HELD
        if self.states.get(key) == "done" and not again:
            return Claim.DONE
        self.states[key] = "running"
        return Claim.TAKEN

    def beat(self, job: str, municipality: str, on: date, *, doing: Mapping[str, Any] | None = None) -> None:
        """What it was doing is kept."""
        self.done.append(doing or {})

    def finish(self, job: str, municipality: str, on: date, *, outcome: str, summary: Mapping[str, Any]) -> None:
        """As the protocol says."""
        key = (job, municipality, on)
        self.states[key] = outcome
        self.summaries[key] = summary
        if outcome == "done":
            self.once.add(key)

    def last_done(self, job: str, municipality: str) -> date | None:
        """As the protocol says."""
        return max((on for name, code, on in self.once if (name, code) == (job, municipality)), default=None)

    def is_done(self, job: str, municipality: str, on: date, *, ever: bool = False) -> bool:
        """As the protocol says."""
        key = (job, municipality, on)
        return key in self.once if ever else self.states.get(key) == "done"
