"""What staff asked for, in memory, for tests of the packages that know no queue store; it speaks the same protocol as the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.core.clock import TOKYO
from engine.core.errors import StateError
from engine.core.requests import RunRequest


@dataclass
class MemoryRequests:
    """Requests in the order asked, and what came of each by its number."""

    asked: list[RunRequest] = field(default_factory=list)
    outcomes: dict[int, str] = field(default_factory=dict)

    def ask(self, kind: str, payload: Mapping[str, Any], *, by: str = "operator", reason: str = "it is right") -> None:
        """Writes one down."""
        at = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)
        number = len(self.asked) + 1
        self.asked.append(
            RunRequest(number=number, kind=kind, payload=payload, asked_by=by, reason=reason, asked_at=at)
        )

    def waiting(self, kind: str) -> Sequence[RunRequest]:
        """As the protocol says."""
        return [one for one in self.asked if one.kind == kind and one.number not in self.outcomes]

    def done(self, request: RunRequest, outcome: str) -> None:
        """As the protocol says."""
        if request.number in self.outcomes:
            raise StateError(f"request {request.number} is done already")
        self.outcomes[request.number] = outcome
