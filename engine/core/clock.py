"""The one place that asks the machine what time it is. Everything else is handed a Clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
DEMO_DAY = timedelta(hours=9)


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
    """The demo town's working day: it begins at `start`, runs with the machine's clock, and begins again after nine hours.

    Every process reads the same time without sharing anything, and the demo is as good a year later.
    """

    start: datetime
    since: datetime  #: when, by the machine's clock, it began for the first time

    def now(self) -> datetime:
        """`start` plus how far the demo's day has come."""
        return (self.start + (datetime.now(TOKYO) - self.since) % DEMO_DAY).astimezone(TOKYO)


def today(clock: Clock) -> date:
    """The calendar date in Asia/Tokyo."""
    return clock.now().date()
