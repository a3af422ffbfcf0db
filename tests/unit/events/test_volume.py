from datetime import date, timedelta

import pytest

from engine.core.settings import Volume
from events.volume import bands, days_covered

FRIDAY, SATURDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("on", "every_day", "covered"),
    [
        pytest.param(FRIDAY, False, 1, id="a Friday covers itself"),
        pytest.param(SATURDAY, False, 0, id="a closed day covers nothing"),
        pytest.param(TUESDAY, False, 4, id="the day after a long weekend covers four"),
        pytest.param(SATURDAY, True, 1, id="the calendar has no weekend"),
    ],
)
def test_how_many_days_a_night_covers(on: date, every_day: bool, covered: int) -> None:
    assert days_covered(on, every_day=every_day) == covered


def test_a_cold_start_scales_yearly_rates_to_the_town() -> None:
    small = bands(["E09"], {}, [], FRIDAY, 20_000, Volume())["E09"]
    large = bands(["E09"], {}, [], FRIDAY, 350_000, Volume())["E09"]
    assert small.expected < large.expected
    assert small.upper < 50 < large.upper + 50
    assert small.upper < 300


def test_the_town_teaches_what_a_night_brings() -> None:
    nights = [FRIDAY - timedelta(days=offset) for offset in range(1, 61)]
    history = {"E01": {night: 10 * days_covered(night, every_day=False) for night in nights}}
    band = bands(["E01"], history, nights, FRIDAY, 350_000, Volume())["E01"]
    assert 5 <= band.expected <= 20
    assert 20 <= band.upper < 60


def test_the_last_day_of_a_short_month_brings_those_of_the_days_it_lacks() -> None:
    usual, last, february = (
        bands(["E39"], {}, [], on, 350_000, Volume())["E39"].expected
        for on in (date(2026, 11, 20), date(2026, 11, 30), date(2027, 2, 28))
    )
    assert (round(last / usual, 1), round(february / usual, 1)) == (2.0, 4.0)
