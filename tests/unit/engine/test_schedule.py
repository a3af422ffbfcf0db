"""The scheduler: what is due by clock and ledger, catching up in order, once each, and a clean stop."""

import os
import signal
import subprocess
import sys
import time as machine_time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from engine.core.clock import TOKYO
from engine.core.errors import Busy, InputError, SafetyStop
from engine.core.jobs import Claim
from engine.schedule import Job, Runner, due, make_scheduler
from tests.support.ledger import MemoryLedger

CODE = "292010"


@dataclass
class SteppedClock:
    """Stands still until the test moves it."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def to(self, day: int, hour: int, minute: int = 0) -> None:
        self.instant = at(day, hour, minute)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=TOKYO)


def day(number: int) -> date:
    return date(2026, 11, number)


def done(*days: int, row: str = "scan") -> MemoryLedger:
    ledger = MemoryLedger()
    for number in days:
        ledger.start(row, CODE, day(number))
        ledger.finish(row, CODE, day(number), outcome="done", summary={})
    return ledger


@dataclass
class World:
    """A clock, a ledger, a runner, and what ran."""

    clock: SteppedClock
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    ran: list[date] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def runner(self) -> Runner:
        return Runner(municipality=CODE, ledger=self.ledger, clock=self.clock, say=self.said.append)

    def scan(self, run: Callable[[date], object] | None = None, *, keeps_row: bool = False) -> Job:
        return Job(
            name="scan", run=run or self.ran.append, at=(time(2, 0),), lag=timedelta(days=1), keeps_row=keeps_row
        )


WINDOWS = Job(name="dispatch", run=lambda on: None, at=(time(14, 0), time(10, 0)))
SCAN = Job(name="scan", run=lambda on: None, at=(time(2, 0),), lag=timedelta(days=1))


@pytest.mark.parametrize(
    ("finished", "now", "expected"),
    [
        pytest.param([], at(24, 3), [23], id="first start: yesterday only"),
        pytest.param([], at(24, 1), [22], id="before two: the day before yesterday"),
        pytest.param([23], at(24, 3), [], id="nothing new"),
        pytest.param([22], at(24, 2), [23], id="on the minute"),
        pytest.param([19], at(24, 3), [20, 21, 22, 23], id="four nights without power"),
        pytest.param([19, 23], at(24, 3), [], id="a gap behind the newest stays"),
        pytest.param([24], at(24, 3), [], id="a clock that was set back"),
    ],
)
def test_a_nights_dates(finished: list[int], now: datetime, expected: list[int]) -> None:
    found = due(SCAN, municipality=CODE, ledger=done(*finished), now=now)
    assert [one.on for one in found] == [day(number) for number in expected]


def test_a_night_whose_repetition_failed_is_due_again_before_the_next() -> None:
    ledger = done(22)
    ledger.states[("scan", CODE, day(22))] = "failed"
    assert [one.on for one in due(SCAN, municipality=CODE, ledger=ledger, now=at(24, 3))] == [day(22), day(23)]


@pytest.mark.parametrize(
    ("finished", "now", "expected"),
    [
        pytest.param([8], at(16, 7), [15], id="the Sunday before a Monday"),
        pytest.param([8], at(15, 7), [], id="not before it"),
        pytest.param([15], at(20, 7), [], id="not in between"),
        pytest.param([1], at(18, 7), [8, 15], id="two weeks without power"),
        pytest.param([], at(18, 7), [], id="the first time is on its day"),
    ],
)
def test_a_weeks_job_is_of_its_weekday(finished: list[int], now: datetime, expected: list[int]) -> None:
    weekly = Job(name="learn", run=lambda on: None, at=(time(6, 0),), lag=timedelta(days=1), weekdays=frozenset({6}))
    found = due(weekly, municipality=CODE, ledger=done(*finished, row="learn"), now=now)
    assert [one.on for one in found] == [day(number) for number in expected]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(at(24, 9, 59), [], id="before the first"),
        pytest.param(at(24, 10), ["dispatch@10:00"], id="the first"),
        pytest.param(at(24, 18), ["dispatch@10:00", "dispatch@14:00"], id="both were missed"),
    ],
)
def test_a_days_windows_belong_to_their_day(now: datetime, expected: list[str]) -> None:
    found = list(due(WINDOWS, municipality=CODE, ledger=done(20, row="dispatch@10:00"), now=now))
    assert [one.row for one in found] == expected
    assert {one.on for one in found} <= {day(24)}


def test_missed_nights_are_run_in_order_and_once() -> None:
    world = World(SteppedClock(at(24, 3)), done(20))
    runner, job = world.runner(), world.scan()
    assert runner.tick(job)
    assert runner.tick(job)
    assert world.ran == [day(21), day(22), day(23)]
    world.clock.to(25, 1, 59)
    runner.tick(job)
    world.clock.to(25, 2)
    runner.tick(job)
    assert world.ran[3:] == [day(24)]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        pytest.param(InputError("no such folder"), "failed", id="input"),
        pytest.param(SafetyStop("no safety facts"), "halted", id="safety stop"),
    ],
)
def test_what_did_not_end_well_stops_the_rest_and_comes_first_next_time(error: Exception, state: str) -> None:
    world = World(SteppedClock(at(24, 3)), done(20))
    broken = [error]

    def run(on: date) -> None:
        world.ran.append(on)
        if broken and on == day(22):
            raise broken.pop()

    runner = world.runner()
    assert runner.tick(world.scan(run))
    assert world.ran == [day(21), day(22)]
    assert world.ledger.states[("scan", CODE, day(22))] == state
    assert world.said == [f"scan of 2026-11-22: {error}"]
    runner.tick(world.scan(run))
    assert world.ran[2:] == [day(22), day(23)]


def test_an_error_nobody_foresaw_ends_the_row_and_is_not_hidden() -> None:
    world = World(SteppedClock(at(24, 3)), done(22))

    def run(on: date) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.runner().tick(world.scan(run))
    assert world.ledger.states[("scan", CODE, day(23))] == "failed"


def test_a_job_that_keeps_its_own_row_is_left_to_do_so() -> None:
    world = World(SteppedClock(at(24, 3)), done(21))

    def run(on: date) -> None:
        world.ran.append(on)
        world.ledger.start("scan", CODE, on)
        world.ledger.finish("scan", CODE, on, outcome="halted" if on == day(23) else "done", summary={})

    runner = world.runner()
    runner.tick(world.scan(run, keeps_row=True))
    assert world.ran == [day(22), day(23)]
    runner.tick(world.scan(run, keeps_row=True))
    assert world.ran[2:] == [day(23)], "a halted night is tried again at the next tick"


def test_a_row_another_process_holds_is_left_alone_and_asked_for_later() -> None:
    world = World(SteppedClock(at(24, 3)), done(21))
    world.ledger.held = {day(23)}
    assert not world.runner().tick(world.scan())
    assert world.ran == [day(22)]


def test_a_run_that_finds_another_process_at_work_is_asked_for_later() -> None:
    world = World(SteppedClock(at(24, 3)), done(22))

    def run(on: date) -> None:
        raise Busy("records.duckdb is held by another process")

    assert not world.runner().tick(world.scan(run, keeps_row=True))


def test_a_date_that_was_done_meanwhile_is_passed_over() -> None:
    class Faster(MemoryLedger):
        def start(self, job: str, municipality: str, on: date, *, again: bool = False) -> Claim:
            return Claim.DONE if on == day(22) else super().start(job, municipality, on, again=again)

    world = World(
        SteppedClock(at(24, 3)), Faster(once={("scan", CODE, day(21))}, states={("scan", CODE, day(21)): "done"})
    )
    world.runner().tick(world.scan())
    assert world.ran == [day(23)]


def test_asked_to_stop_it_ends_after_the_run_in_hand() -> None:
    world = World(SteppedClock(at(24, 3)), done(20))
    runner = world.runner()

    def run(on: date) -> None:
        world.ran.append(on)
        runner.stopping.set()

    runner.tick(world.scan(run))
    assert world.ran == [day(21)]
    assert world.ledger.states[("scan", CODE, day(21))] == "done"


def test_wake_ups_are_in_tokyo_and_never_dropped() -> None:
    world = World(SteppedClock(at(24, 3)))
    scheduler = make_scheduler([world.scan(), WINDOWS], world.runner())
    jobs = {job.id: job for job in scheduler.get_jobs()}
    assert set(jobs) == {
        "scan at start",
        "scan at 02:00",
        "dispatch at start",
        "dispatch at 14:00",
        "dispatch at 10:00",
    }
    fired = jobs["scan at 02:00"].trigger.get_next_fire_time(None, datetime(2026, 11, 24, 12, 0, tzinfo=TOKYO))
    assert fired == at(25, 2)
    assert str(scheduler.timezone) == "Asia/Tokyo"


#: a real scheduler in a process of its own: catches up four nights of half a second each, told on standard output
SERVICE = """
import sys, time
from datetime import date, datetime, time as day_time, timedelta
from engine.core.clock import TOKYO, FixedClock
from engine.schedule import Job, run_schedule
from tests.unit.engine.test_schedule import done

def run(on):
    print("begin", on, flush=True)
    time.sleep(0.5)
    print("end", on, flush=True)

clock = FixedClock(datetime(2026, 11, 24, 3, 0, tzinfo=TOKYO))
job = Job(name="scan", run=run, at=(day_time(2, 0),), lag=timedelta(days=1))
run_schedule([job], municipality="292010", ledger=done(19), clock=clock)
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_run_in_hand(number: signal.Signals) -> None:
    root = Path(__file__).resolve().parents[3]
    service = subprocess.Popen(
        [sys.executable, "-c", SERVICE], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert service.stdout is not None
    lines = [service.stdout.readline() for _ in range(3)]
    os.kill(service.pid, number)
    rest, errors = service.communicate(timeout=20)
    assert service.returncode == 0, errors
    assert [*lines, *rest.splitlines(keepends=True)] == [
        "begin 2026-11-20\n", "end 2026-11-20\n", "begin 2026-11-21\n", "end 2026-11-21\n", "stopped\n",
    ]  # fmt: skip


def test_idle_it_stops_at_once() -> None:
    root = Path(__file__).resolve().parents[3]
    service = subprocess.Popen(
        [sys.executable, "-c", SERVICE.replace("done(19)", "done(22)")], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert service.stdout is not None
    assert [service.stdout.readline() for _ in range(2)][1] == "end 2026-11-23\n"
    machine_time.sleep(0.3)
    service.terminate()
    assert service.communicate(timeout=10)[0] == "stopped\n"
