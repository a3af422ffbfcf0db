"""The dates a night must look at for what time alone brings: every one since the last finished night."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from engine.core.dates import add_months, month_end

MONTHS_OF_AGE = (4, 10, 19, 42)


def birthdays(days: Sequence[date]) -> pl.DataFrame:
    """One row per date and birthday (month and day) that counts on it: kind `day` on the birthday, `eve` the day before.

    Whoever was born on 29 February has their birthday on 1 March of a common year.
    """
    rows = []
    for day in days:
        for kind, birthday in (("day", day), ("eve", day + timedelta(days=1))):
            rows.append((day, kind, birthday.year, birthday.month * 100 + birthday.day))
            if (birthday.month, birthday.day) == (3, 1) and (birthday - timedelta(days=1)).day == 28:
                rows.append((day, kind, birthday.year, 229))
    schema = {"day": pl.Date, "kind": pl.String, "year": pl.Int32, "birthday_month_day": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def months_reached(days: Sequence[date], months: Sequence[int] = MONTHS_OF_AGE) -> pl.DataFrame:
    """One row per date and age in months: the birth dates for which that age is reached on that date."""
    rows = []
    for day in days:
        for count in months:
            born_from = add_months(day, -count)
            if born_from.day == day.day:  # else the earlier month has no such day, and nobody reaches the age today
                rows.append((day, count, born_from, month_end(born_from) if day == month_end(day) else born_from))
    schema = {"day": pl.Date, "months": pl.Int32, "born_from": pl.Date, "born_to": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row").filter(
        pl.col("born_from").dt.day() <= pl.col("born_to").dt.day()
    )
