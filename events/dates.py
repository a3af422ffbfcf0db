"""What time alone brings: which value of a resident's dates makes an event on which day.

A calendar event's header says when, in one or more parts joined by `;`:

    years 65 eve | day                          the day before a birthday, or the birthday itself
    months 4, 10, 19 [of resident_since]        so many months after a birth (or another date)
    [next] cohort turning 6, 18 on 10-01 until 03-31    who reaches an age in the fiscal year (2 April to 1 April)
    [next] cohort aged 20, 40 on 04-01 until 03-31      who is of an age on its 1 April
    60 days before visa_until                   so many days before a date
"""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.core.dates import add_months, days, fiscal_year, month_end

_BIRTH = "birth_date"
_YEARS = re.compile(r"years (?P<years>\d+) (?P<edge>eve|day)")
_MONTHS = re.compile(r"months (?P<numbers>\d+(, \d+)*)( of (?P<basis>[a-z_]+))?")
_COHORT = re.compile(
    r"(?P<next>next )?cohort (?P<kind>turning|aged) (?P<numbers>\d+(, \d+)*)"
    r" on (?P<month>\d\d)-(?P<day>\d\d) until (?P<until_month>\d\d)-(?P<until_day>\d\d)"
)
_BEFORE = re.compile(r"(?P<number>\d+) days before (?P<basis>[a-z_]+)")


@dataclass(frozen=True, kw_only=True)
class Reached:
    """On `day`, whoever's `basis` is one of `values` has the event `detail`; `newcomers`: only those who came to live here that day."""

    day: date
    detail: str
    basis: str
    first: date
    last: date
    newcomers: bool = False

    @property
    def values(self) -> Iterator[date]:
        """Every date from the first to the last, both included."""
        return days(self.first, self.last)


@dataclass(frozen=True, kw_only=True)
class Birthday:
    """An age in years, on the birthday or (`eve`) the day before it. Who was born on 29 February has it on 1 March of a common year."""

    years: int
    eve: bool

    def reached(self, day: date, on: date) -> Iterator[Reached]:
        """Who reaches the age on a day."""
        birthday = day + timedelta(days=1) if self.eve else day
        year = birthday.year - self.years
        if (birthday.month, birthday.day) != (2, 29) or calendar.isleap(year):
            yield Reached(
                day=day, detail="", basis=_BIRTH, first=birthday.replace(year=year), last=birthday.replace(year=year)
            )
        if (birthday.month, birthday.day) == (3, 1) and calendar.isleap(year) and not calendar.isleap(birthday.year):
            yield Reached(day=day, detail="", basis=_BIRTH, first=date(year, 2, 29), last=date(year, 2, 29))


@dataclass(frozen=True, kw_only=True)
class Months:
    """So many months after a date; where the month is too short, on its last day."""

    numbers: tuple[int, ...]
    basis: str

    def reached(self, day: date, on: date) -> Iterator[Reached]:
        """Whose months are full on a day."""
        for number in self.numbers:
            first = add_months(day, -number)
            if first.day != day.day:  # the earlier month has no such day: nobody is so old today
                continue
            last = month_end(first) if day == month_end(day) else first
            yield Reached(
                day=day, detail=str(number) if self.basis == _BIRTH else "", basis=self.basis, first=first, last=last
            )


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Those born from 2 April to 1 April who turn an age in a fiscal year: all on one day of it, newcomers until another."""

    turning: tuple[int, ...]
    named: tuple[str, ...]
    ahead: int  #: 1 where the fiscal year to come is meant
    opens: tuple[int, int]
    closes: tuple[int, int]

    def reached(self, day: date, on: date) -> Iterator[Reached]:
        """The cohort on its day; on a later day of its window those who came that night."""
        opened = (day.month, day.day) == self.opens
        if not opened and (day != on or not self._open(day)):
            return
        for age, name in zip(self.turning, self.named, strict=True):
            year = fiscal_year(day) + self.ahead - age
            first, last = date(year, 4, 2), date(year + 1, 4, 1)
            yield Reached(day=day, detail=name, basis=_BIRTH, first=first, last=last, newcomers=not opened)

    def _open(self, day: date) -> bool:
        def place(month_day: tuple[int, int]) -> tuple[int, int]:
            return (month_day[0] + (12 if month_day[0] < 4 else 0), month_day[1])

        return place(self.opens) < place((day.month, day.day)) <= place(self.closes)


@dataclass(frozen=True, kw_only=True)
class Before:
    """So many days before a date comes."""

    number: int
    basis: str

    def reached(self, day: date, on: date) -> Iterator[Reached]:
        """Whose date comes so many days after a day."""
        comes = day + timedelta(days=self.number)
        yield Reached(day=day, detail="", basis=self.basis, first=comes, last=comes)


When = Birthday | Months | Cohort | Before


def read_when(text: str) -> tuple[When, ...]:
    """The parts of a header's `when`. Raises ValueError for one that is not understood."""
    return tuple(_part(part.strip()) for part in text.split(";"))


def _part(text: str) -> When:
    if found := _YEARS.fullmatch(text):
        return Birthday(years=int(found["years"]), eve=found["edge"] == "eve")
    if found := _MONTHS.fullmatch(text):
        return Months(numbers=_numbers(found["numbers"]), basis=found["basis"] or _BIRTH)
    if found := _BEFORE.fullmatch(text):
        return Before(number=int(found["number"]), basis=found["basis"])
    if found := _COHORT.fullmatch(text):
        numbers = _numbers(found["numbers"])
        return Cohort(
            turning=tuple(number + (found["kind"] == "aged") for number in numbers),
            named=tuple(str(number) for number in numbers) if len(numbers) > 1 else ("",),
            ahead=1 if found["next"] else 0,
            opens=(int(found["month"]), int(found["day"])),
            closes=(int(found["until_month"]), int(found["until_day"])),
        )
    raise ValueError(f"'{text}' is no date of the calendar")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(", "))


def reached_on(when: Sequence[When], day: date, on: date) -> Iterator[Reached]:
    """Everything that a day brings for an event, seen on the night `on`."""
    for part in when:
        yield from part.reached(day, on)
