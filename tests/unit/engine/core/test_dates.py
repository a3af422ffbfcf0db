from datetime import date

import pytest

from engine.core import dates


@pytest.mark.parametrize(
    ("born", "age", "reached"),
    [
        pytest.param(date(1961, 11, 20), 65, date(2026, 11, 19), id="the day before the birthday"),
        pytest.param(date(1962, 1, 1), 65, date(2026, 12, 31), id="born on New Year's Day"),
        pytest.param(date(1964, 2, 29), 62, date(2026, 2, 28), id="29 February in a common year"),
        pytest.param(date(1964, 2, 29), 64, date(2028, 2, 28), id="29 February in a leap year"),
    ],
)
def test_an_age_is_reached_at_the_end_of_the_day_before_the_birthday(born: date, age: int, reached: date) -> None:
    assert dates.reaches_age_on(born, age) == reached


@pytest.mark.parametrize(
    ("born", "end"),
    [
        pytest.param(date(2008, 4, 1), date(2026, 3, 31), id="born on 1 April belongs to the cohort before"),
        pytest.param(date(2008, 4, 2), date(2027, 3, 31), id="born on 2 April"),
        pytest.param(date(2008, 12, 31), date(2027, 3, 31), id="born in December"),
    ],
)
def test_the_fiscal_year_end_after_eighteen(born: date, end: date) -> None:
    assert dates.fiscal_year_end_after_age(born, 18) == end


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        pytest.param(date(2026, 11, 20), True, id="a Friday"),
        pytest.param(date(2026, 11, 21), False, id="a Saturday"),
        pytest.param(date(2026, 11, 23), False, id="勤労感謝の日"),
        pytest.param(date(2026, 12, 28), True, id="the last office day of the year"),
        pytest.param(date(2026, 12, 29), False, id="the year's end"),
        pytest.param(date(2027, 1, 3), False, id="the year's beginning"),
        pytest.param(date(2027, 1, 4), True, id="the first office day"),
    ],
)
def test_office_days(day: date, is_open: bool) -> None:
    assert dates.is_business_day(day) is is_open


def test_the_closest_office_days_around_a_long_weekend() -> None:
    assert dates.last_business_day(date(2026, 11, 23)) == date(2026, 11, 20)
    assert dates.next_business_day(date(2026, 11, 21)) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("start", "months", "then"),
    [
        pytest.param(date(2026, 1, 31), 1, date(2026, 2, 28), id="a shorter month"),
        pytest.param(date(2026, 7, 20), 4, date(2026, 11, 20), id="four months"),
        pytest.param(date(2026, 11, 20), -4, date(2026, 7, 20), id="back again"),
        pytest.param(date(2026, 12, 15), 1, date(2027, 1, 15), id="over the year"),
    ],
)
def test_months_later(start: date, months: int, then: date) -> None:
    assert dates.add_months(start, months) == then
