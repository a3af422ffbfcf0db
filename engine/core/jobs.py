"""Which job already ran for which business date: the promise that two schedulers never run one night twice."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol


class JobLedger(Protocol):
    """One row per (job, municipality, business date). Implemented on the queue store by `notices`, handed in at the front door."""

    def start(self, job: str, municipality: str, on: date) -> bool:
        """Claims the job for the date. False when it already finished, or when another live process holds it."""
        ...

    def finish(self, job: str, municipality: str, on: date, *, outcome: str, summary: Mapping[str, Any]) -> None:
        """Records how it ended. outcome: `done`, `halted` or `failed`; the last two may be started again."""
        ...

    def last_done(self, job: str, municipality: str) -> date | None:
        """The newest business date the job is done for, or None when it never was."""
        ...
