"""The third reading of the statutory functions says of every date what the first does."""

from datetime import date, timedelta

import numpy as np
import pytest

from eligibility.columnar.calendar import OVER_COLUMNS, days
from eligibility.language.statutory import FUNCTIONS, MOST

FIRST, LAST = date(1899, 12, 31), date(2101, 1, 1)
EVERY_DAY = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
#: about the end of months, of fiscal years and of February
SECOND_DAYS = [
    date(2026, 11, 20),
    date(2027, 3, 31),
    date(2027, 4, 1),
    date(2028, 2, 29),
    date(2027, 2, 28),
    date(1900, 1, 1),
]
NUMBERS = {"years": (0, 1, 3, 18, 22, 65, MOST["years"]), "months": (0, 1, 7, 12, 13), "days": (0, 1, 14, 400)}


def _plain(value: date | int) -> int:
    return days(value) if isinstance(value, date) else int(value)


@pytest.mark.parametrize("name", sorted(OVER_COLUMNS))
def test_columns_and_law_say_the_same_of_every_day(name: str) -> None:
    function = FUNCTIONS[name]
    born, *more = function.takes
    assert born == "date"
    seconds: list[tuple[date | int, ...]] = [()]
    if more:
        seconds = [(one,) for one in (SECOND_DAYS if more == ["date"] else NUMBERS[more[0]])]
    column = np.array([days(day) for day in EVERY_DAY])
    for rest in seconds:
        found = OVER_COLUMNS[name](column, *(np.asarray(_plain(one)) for one in rest))
        expected = [_plain(function.python(day, *rest)) for day in EVERY_DAY]
        assert found.tolist() == expected, f"{name}(…, {rest})"


def test_every_function_of_dates_is_told_over_columns() -> None:
    assert {*FUNCTIONS} - {*OVER_COLUMNS} == {"in_force", "relation"}
