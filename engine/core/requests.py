"""Work that staff ask for and the night does: hold releases, sweeps. The desk writes a request down and starts nothing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.core.errors import StateError

#: the payload of a hold release: `code` of the event, `night` (ISO date) that held it
RELEASE_HOLD = "release_hold"
#: the payload of the acceptance of a file too short to be believed: `file_id`, its SHA-256
ACCEPT_FILE = "accept_file"
#: the payload of a sweep is its own affair
SWEEP = "sweep"


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """One thing asked for, by whom and why. `payload`: JSON values without personal data; what they are stands at the kind."""

    number: int
    kind: str
    payload: Mapping[str, Any]
    asked_by: str
    reason: str
    asked_at: datetime


class RunRequests(Protocol):
    """What waits to be done. Implemented on the queue store by `notices`, handed in at the front door.

    Whoever does a request says so with `done`, after its result is kept: killed between the two, it is done again, so doing it twice
    must change nothing.
    """

    def waiting(self, kind: str) -> Sequence[RunRequest]:
        """What was asked for and is not done, oldest first."""
        ...

    def done(self, request: RunRequest, outcome: str) -> None:
        """Records what came of it, in a line for who asked. Raises StateError when it is done already."""
        ...


class NoRequests:
    """`RunRequests` where nobody can ask: a night without a queue store."""

    def waiting(self, kind: str) -> Sequence[RunRequest]:
        """Nothing."""
        return ()

    def done(self, request: RunRequest, outcome: str) -> None:
        """Nothing was asked for. Raises StateError."""
        raise StateError(f"request {request.number} ({request.kind}) was not asked of this night")
