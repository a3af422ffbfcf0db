"""Japanese statutory dates: ages, months, fiscal years, business days. All dates are Asia/Tokyo calendar dates."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

from engine.core.later import Later

jpholiday = Later("jpholiday")


def birthday(birth_date: date, age_years: int) -> date:
    """The `age_years`-th birthday; 29 February falls on 1 March in common years, as the law counts days (民法143条)."""
    year = birth_date.year + age_years
    if birth_date.month == 2 and birth_date.day == 29 and not calendar.isleap(year):
        return date(year, 3, 1)
    return birth_date.replace(year=year)


def reaches_age_on(birth_date: date, age_years: int) -> date:
    """The day at whose end an age is reached: the day before the birthday (年齢計算ニ関スル法律)."""
    return birthday(birth_date, age_years) - timedelta(days=1)


def age_years(birth_date: date, on: date) -> int:
    """Completed years on a calendar date, by birthdays (not the statutory day before)."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def add_months(start: date, months: int) -> date:
    """The same day `months` later, clamped to the end of a shorter month."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def completed_months(start: date, on: date) -> int:
    """Whole months from `start` to `on`; negative when `on` is earlier."""
    return (on.year - start.year) * 12 + on.month - start.month - (on.day < start.day)


def month_end(on: date) -> date:
    """The last day of the month of `on`."""
    return on.replace(day=calendar.monthrange(on.year, on.month)[1])


def fiscal_year(on: date) -> int:
    """The fiscal year (April to March) that `on` falls into, named by the year it starts in."""
    return on.year if on.month >= 4 else on.year - 1


def fiscal_year_end_after_age(birth_date: date, age: int) -> date:
    """The first 31 March on or after the day at whose end `age` is reached (…歳に達する日以後の最初の3月31日)."""
    reached = reaches_age_on(birth_date, age)
    return date(fiscal_year(reached) + 1, 3, 31)


def is_business_day(on: date) -> bool:
    """Whether a city office is open: not a weekend, a national holiday, or 29 December to 3 January (行政機関の休日)."""
    if on.weekday() >= 5 or jpholiday.is_holiday(on):
        return False
    return not ((on.month == 12 and on.day >= 29) or (on.month == 1 and on.day <= 3))


def last_business_day(on: date) -> date:
    """`on` itself if the office is open that day, else the closest open day before it."""
    while not is_business_day(on):
        on -= timedelta(days=1)
    return on


def next_business_day(on: date) -> date:
    """`on` itself if the office is open that day, else the closest open day after it."""
    while not is_business_day(on):
        on += timedelta(days=1)
    return on


def business_days_between(start: date, end: date) -> int:
    """How many office days lie in (start, end]."""
    return sum(is_business_day(day) for day in days(start + timedelta(days=1), end))


def days(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
