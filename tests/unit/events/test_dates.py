from datetime import date

import pytest

from events.dates import birthdays, months_reached


@pytest.mark.parametrize(
    ("day", "kind", "month_days"),
    [
        pytest.param(date(2026, 11, 20), "day", {1120}, id="an ordinary day"),
        pytest.param(date(2026, 11, 20), "eve", {1121}, id="the day before"),
        pytest.param(date(2027, 3, 1), "day", {301, 229}, id="1 March of a common year"),
        pytest.param(date(2028, 3, 1), "day", {301}, id="1 March of a leap year"),
        pytest.param(date(2027, 2, 28), "eve", {301, 229}, id="the day before 1 March of a common year"),
    ],
)
def test_whose_birthday_counts_on_a_date(day: date, kind: str, month_days: set[int]) -> None:
    found = birthdays([day])
    assert set(found.filter(found["kind"] == kind)["birthday_month_day"].to_list()) == month_days


@pytest.mark.parametrize(
    ("day", "born"),
    [
        pytest.param(date(2026, 11, 20), [(date(2026, 7, 20), date(2026, 7, 20))], id="the same day of the month"),
        pytest.param(
            date(2026, 2, 28), [(date(2025, 10, 28), date(2025, 10, 31))], id="a shorter month takes the days it lacks"
        ),
        pytest.param(date(2026, 12, 31), [(date(2026, 8, 31), date(2026, 8, 31))], id="the 31st"),
        pytest.param(date(2026, 7, 31), [(date(2026, 3, 31), date(2026, 3, 31))], id="the 31st again"),
    ],
)
def test_who_is_four_months_old_on_a_date(day: date, born: list[tuple[date, date]]) -> None:
    assert months_reached([day], [4]).select("born_from", "born_to").rows() == born


def test_everybody_reaches_an_age_in_months_on_exactly_one_date() -> None:
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + offset) for offset in range(365)]
    reached = months_reached(days, [4])
    for born in (date(2025, 10, 29), date(2025, 10, 30), date(2025, 10, 31), date(2026, 1, 31), date(2026, 2, 28)):
        assert reached.filter((reached["born_from"] <= born) & (reached["born_to"] >= born)).height == 1
