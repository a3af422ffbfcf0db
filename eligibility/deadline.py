"""By when to act on an event, and how long nothing is lost yet (events.md R5). All dates are Asia/Tokyo calendar dates."""

from datetime import date, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.core.dates import add_months, month_end, next_business_day

_MONTH_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


class Deadline(BaseModel):
    """A period from the event (the day after it is day one), or a date of the year; moved to an open day if asked.

    `base` is the day of the year on which the facts count (賦課期日): the date of the year is the first one after the first
    base day that the event has reached.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int | None = Field(default=None, ge=0)
    months: int | None = Field(default=None, ge=0)
    month_day: str | None = Field(default=None, pattern=_MONTH_DAY)
    base: str | None = Field(default=None, pattern=_MONTH_DAY)
    shift: Literal["none", "next_business_day"] = "none"
    last_loss_free: Literal["deadline", "later_of_deadline_and_month_end"] = "deadline"
    cites: str

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if sum(rule is not None for rule in (self.days, self.months, self.month_day)) != 1:
            raise ValueError("a deadline is exactly one of days, months, month_day; without one leave it out")
        if self.base is not None and self.month_day is None:
            raise ValueError("a deadline has a base day only beside month_day")
        return self

    def due(self, occurred: date) -> date:
        """The last day to act."""
        if self.days is not None:
            due = occurred + timedelta(days=self.days)
        elif self.months is not None:
            due = add_months(occurred, self.months)
        else:
            assert self.month_day is not None
            counts = occurred if self.base is None else _first(self.base, occurred)
            due = _first(self.month_day, counts)
        return next_business_day(due) if self.shift == "next_business_day" else due

    def loss_free(self, occurred: date) -> date:
        """The last day on which nothing is lost yet."""
        due = self.due(occurred)
        return max(due, month_end(occurred)) if self.last_loss_free == "later_of_deadline_and_month_end" else due


def _first(month_day: str, start: date) -> date:
    """The first such day of a year on or after `start`; 29 February is 28 February in common years."""
    month, day = (int(part) for part in month_day.split("-"))
    for year in (start.year, start.year + 1):
        found = min(date(year, month, 1) + timedelta(days=day - 1), month_end(date(year, month, 1)))
        if found >= start:
            return found
    raise AssertionError("a day of the year comes round within a year")
