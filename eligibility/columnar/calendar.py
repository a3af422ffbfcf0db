"""The statutory functions over whole columns of days since 1970: the third reading of what `statutory` says in Python and in SQL."""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np

from eligibility.columnar.vectors import Array

_EPOCH = date(1970, 1, 1)


def days(on: date) -> int:
    """A date as columns have it: days since 1970."""
    return (on - _EPOCH).days


def _parts(days: Array) -> tuple[Array, Array, Array]:
    """Year, month and day."""
    on = np.asarray(days).astype("datetime64[D]")
    months = on.astype("datetime64[M]")
    month = months.astype(np.int64)
    return month // 12 + 1970, month % 12 + 1, (on - months).astype(np.int64) + 1


def _day(year: Array, month: Array | int, day: Array | int) -> Array:
    return (np.asarray((year - 1970) * 12 + month - 1).astype("datetime64[M]")).astype("datetime64[D]").astype(
        np.int64
    ) + (day - 1)


def _months_apart(start: Array, end: Array) -> Array:
    (year, month, day), (to_year, to_month, to_day) = _parts(start), _parts(end)
    return (to_year - year) * 12 + to_month - month - (to_day < day)


def _age(born: Array, on: Array) -> Array:
    (year, month, day), (on_year, on_month, on_day) = _parts(born), _parts(on)
    return on_year - year - (on_month * 100 + on_day < month * 100 + day)


def _reaches_age(born: Array, age: Array) -> Array:
    """The day before the birthday; who was born on 29 February reaches an age on the 28th, in leap years too."""
    year, month, day = _parts(born)
    leap_day = (month == 2) & (day == 29)
    return _day(year + age, month, np.where(leap_day, 28, day)) - np.where(leap_day, 0, 1)


def _fiscal_year(on: Array) -> Array:
    year, month, _ = _parts(on)
    return year - (month < 4)


def _after_1_april(born: Array) -> Array:
    _, month, day = _parts(born)
    return month * 100 + day > 401


def _fiscal_year_end_after_age(born: Array, age: Array) -> Array:
    return _day(_parts(born)[0] + age + _after_1_april(born), 3, 31)


def _month_end_of_birthday(born: Array, age: Array) -> Array:
    year, month, _ = _parts(born)
    return _day(year + age, month + 1, 1) - 1


def _fiscal_age(born: Array, on: Array) -> Array:
    return _fiscal_year(on) + 1 - _parts(born)[0] - _after_1_april(born)


def _months_after(start: Array, months: Array) -> Array:
    """The same day, or the last one of a shorter month."""
    year, month, day = _parts(start)
    last = _day(year, month + months + 1, 1) - 1
    return np.asarray(np.minimum(_day(year, month + months, 1) + day - 1, last))


#: by the name a rule calls them by; all is known of what they are given
OVER_COLUMNS: Mapping[str, Callable[..., Array]] = {
    "age_on": _age,
    "age_months_on": _months_apart,
    "reaches_age_on": _reaches_age,
    "until_fiscal_year_end_after_age": _fiscal_year_end_after_age,
    "fiscal_year": _fiscal_year,
    "until_month_end_of_birthday": _month_end_of_birthday,
    "fiscal_year_start": lambda on: _day(_fiscal_year(on), 4, 1),
    "fiscal_year_end": lambda on: _day(_fiscal_year(on) + 1, 3, 31),
    "fiscal_age": _fiscal_age,
    "months_after": _months_after,
    "months_before": lambda start, months: _months_after(start, -months),
    "days_after": lambda start, days: start + days,
}
