"""The one place that asks the machine what time it is. Everything else is handed a Clock."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


class Clock(Protocol):
    """Answers with an aware instant in Asia/Tokyo."""

    def now(self) -> datetime:
        """The current instant, aware, in Asia/Tokyo."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant in Asia/Tokyo."""
        return datetime.now(TOKYO)


@dataclass(frozen=True)
class FixedClock:
    """Always answers the same instant."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it was made with, in Asia/Tokyo."""
        return self.instant.astimezone(TOKYO)


@dataclass(frozen=True)
class DemoClock:
    """Starts at `start` when it is made and runs on from there, so that the demo town has a morning of its own."""

    start: datetime
    made_at: datetime = field(default_factory=lambda: datetime.now(TOKYO))

    def now(self) -> datetime:
        """`start` plus the time that has passed since this clock was made."""
        elapsed: timedelta = datetime.now(TOKYO) - self.made_at
        return (self.start + elapsed).astimezone(TOKYO)


def today(clock: Clock) -> date:
    """The calendar date in Asia/Tokyo."""
    return clock.now().date()
