from datetime import UTC, date, datetime, timedelta

from engine.core.clock import TOKYO, DemoClock, FixedClock, SystemClock, today


def test_a_clock_answers_in_tokyo() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    assert clock.now().tzinfo is TOKYO
    assert today(clock) == date(2026, 11, 24)


def test_the_demo_morning_runs_on() -> None:
    start = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)
    clock = DemoClock(start, made_at=SystemClock().now() - timedelta(minutes=5))
    assert timedelta(minutes=5) <= clock.now() - start < timedelta(minutes=6)
