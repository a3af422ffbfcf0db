from datetime import UTC, date, datetime, timedelta

import pytest

from engine.core.clock import DEMO_DAY, TOKYO, DemoClock, FixedClock, SystemClock, today


def test_a_clock_answers_in_tokyo() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    assert clock.now().tzinfo is TOKYO
    assert today(clock) == date(2026, 11, 24)


MORNING = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        pytest.param(timedelta(0), timedelta(0), id="at once"),
        pytest.param(timedelta(hours=2), timedelta(hours=2), id="two hours later"),
        pytest.param(DEMO_DAY + timedelta(hours=1), timedelta(hours=1), id="the day began again"),
    ],
)
def test_the_demo_day_begins_in_the_morning_and_begins_again(passed: timedelta, shown: timedelta) -> None:
    late = DemoClock(MORNING, since=SystemClock().now() - passed).now() - MORNING - shown
    assert timedelta(0) <= late < timedelta(minutes=1)
