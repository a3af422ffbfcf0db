"""Which job already ran for which business date: the promise that two schedulers never run one night twice."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Protocol


class Claim(StrEnum):
    """What asking for a job's date brought: it is ours now, it is done, or another live process holds it."""

    TAKEN = "taken"
    DONE = "done"
    HELD = "held"


class JobLedger(Protocol):
    """One row per (job, municipality, business date). Implemented on the queue store by `notices`, handed in at the front door.

    Whoever gets TAKEN must call `finish`; a holder that was killed is recognised and its date given to the next who asks.
    """

    def start(self, job: str, municipality: str, on: date, *, again: bool = False) -> Claim:
        """Claims the job for the date. One that is done is claimed only with `again`."""
        ...

    def beat(self, job: str, municipality: str, on: date, *, doing: Mapping[str, Any] | None = None) -> None:
        """Says that the holder is alive and, for whoever watches, what it is `doing`: {"stage", "done", "of"}.

        Raises StateError when the date was given to somebody else meanwhile.
        """
        ...

    def finish(self, job: str, municipality: str, on: date, *, outcome: str, summary: Mapping[str, Any]) -> None:
        """Records how it ended. outcome: `done`, `halted` or `failed`; the last two may be started again.

        Raises StateError when the date was given to somebody else meanwhile.
        """
        ...

    def last_done(self, job: str, municipality: str) -> date | None:
        """The newest business date the job was ever done for, or None when it never was."""
        ...

    def is_done(self, job: str, municipality: str, on: date, *, ever: bool = False) -> bool:
        """Whether the job is done for the date; with `ever`, whether it once was, even if a repetition failed since."""
        ...
