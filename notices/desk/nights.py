"""How the nights went, as the job ledger tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notices.approval.models import JobRun

_JOB = "night"


@dataclass(frozen=True, kw_only=True)
class NightState:
    """One night's row of the ledger. state: running, done, halted, failed."""

    on: date
    state: str
    started_at: datetime
    ended_at: datetime | None
    heartbeat_at: datetime
    summary: Mapping[str, Any]

    @property
    def seconds(self) -> int:
        """How long it took; 0 while it runs."""
        return round((self.ended_at - self.started_at).total_seconds()) if self.ended_at else 0

    def counts(self, part: str) -> dict[str, Any]:
        """A part of the summary as name → count (or what was expected and seen), empty when the night has none."""
        found = self.summary.get(part)
        return dict(found) if isinstance(found, Mapping) else {}

    def names(self, part: str, inner: str) -> list[str]:
        """A list inside a part of the summary: the feeds accepted, the feeds rejected."""
        return [str(name) for name in self.counts(part).get(inner, [])]

    @property
    def doing(self) -> Mapping[str, Any]:
        """While it runs: {"stage", "done", "of"}; empty before its first stage."""
        return self.counts("doing")

    @property
    def mark(self) -> str:
        """What changes when there is something new to tell of it."""
        return f"{self.on}-{self.state}-{self.doing.get('stage', '')}"

    @property
    def halted(self) -> str:
        """Why the night stopped, in one line; empty when it did not."""
        return str(self.summary.get("halted") or "")


def last_night(municipality: str) -> NightState | None:
    """The newest night, or None when none ever ran."""
    found = nights(municipality, limit=1)
    return found[0] if found else None


def last_done(municipality: str, job: str) -> NightState | None:
    """The newest finished run of another job, or None when it never ran."""
    row = JobRun.objects.filter(job=job, municipality_code=municipality, state="done").order_by("-on").first()
    return _state_of(row) if row else None


def nights(municipality: str, *, limit: int = 30) -> list[NightState]:
    """The newest nights first."""
    rows = JobRun.objects.filter(job=_JOB, municipality_code=municipality).order_by("-on")[:limit]
    return [_state_of(row) for row in rows]


def _state_of(row: JobRun) -> NightState:
    return NightState(
        on=row.on,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        heartbeat_at=row.heartbeat_at,
        summary=row.summary,
    )
