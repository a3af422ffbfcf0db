from datetime import UTC, date, datetime, timedelta

from engine.core.clock import DEMO_DAY, TOKYO, DemoClock, FixedClock, today


def test_a_clock_answers_in_tokyo() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    assert clock.now().tzinfo is TOKYO
    assert today(clock) == date(2026, 11, 24)


def test_the_demo_day_is_the_same_for_every_process_and_stays_within_its_day() -> None:
    start = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)
    first, second = DemoClock(start).now(), DemoClock(start).now()
    assert timedelta(0) <= second - first < timedelta(minutes=1) or second < first
    assert start <= first < start + DEMO_DAY
