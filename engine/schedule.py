"""The long-running scheduler: runs the jobs it is handed at set times in Asia/Tokyo, each business date once.

What to run is decided from the ledger and the clock alone (`due`), so a tick that comes late, twice or after a day
without power does the same as one on time. APScheduler only wakes us.
"""

import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Event, Thread
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from engine.core.clock import TOKYO, Clock, SystemClock
from engine.core.dates import days
from engine.core.errors import Busy, SafetyStop, StateError, TodokeError
from engine.core.jobs import Claim, JobLedger

RETRY_AFTER = timedelta(minutes=10)  #: when another process was at the same work


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to run, and when. It is given its business date: the day of the tick less `lag`.

    A job with a `lag` catches up: every date missed since the last one done is run in order. One without belongs to
    its day: of today's times, those gone by and not yet done are run. `keeps_row`: its run claims and finishes the
    ledger's row by itself, as the night does; else the scheduler does it, one row for each time of day.
    `weekdays`: the business dates it is run for, Monday 0; every day unless told.
    """

    name: str
    run: Callable[[date], object]
    at: tuple[time, ...]
    lag: timedelta = timedelta(0)
    keeps_row: bool = False
    weekdays: frozenset[int] = frozenset(range(7))

    def row(self, at: time) -> str:
        """The job's name in the ledger: a job with several times a day has a row for each."""
        return self.name if len(self.at) == 1 else f"{self.name}@{at:%H:%M}"


@dataclass(frozen=True, kw_only=True)
class Due:
    """One run that should have happened by now: the ledger's job name and the business date."""

    row: str
    on: date


def due(job: Job, *, municipality: str, ledger: JobLedger, now: datetime) -> Iterator[Due]:
    """Every run of a job that should have happened by now and is not done, oldest first."""
    for at in sorted(job.at):
        row = job.row(at)
        newest = (now - job.lag).date() - (timedelta(days=1) if now.time() < at else timedelta(0))
        last = ledger.last_done(row, municipality)
        if not job.lag:
            dates: Sequence[date] = [now.date()] if newest == now.date() else []
        else:
            dates = list(days(last, newest)) if last else [newest]
        dates = [on for on in dates if on.weekday() in job.weekdays]
        yield from (Due(row=row, on=on) for on in dates if not ledger.is_done(row, municipality, on))


def print_line(line: str) -> None:
    """One line on standard error, where a service's log is."""
    sys.stderr.write(f"todoke schedule: {line}\n")


class Runner:
    """Runs what is due of one job after the other; stops between two runs when asked to."""

    def __init__(self, *, municipality: str, ledger: JobLedger, clock: Clock, say: Callable[[str], None]) -> None:
        """`say` gets one line for each run that did not end well."""
        self._municipality = municipality
        self._ledger = ledger
        self._clock = clock
        self._say = say
        self.stopping = Event()

    def tick(self, job: Job) -> bool:
        """Runs everything due of a job, oldest first, until one does not end well. False when another process was at it."""
        for one in list(due(job, municipality=self._municipality, ledger=self._ledger, now=self._clock.now())):
            if self.stopping.is_set():
                return True
            try:
                ended_well = self._own_row(job, one) if job.keeps_row else self._in_row(job, one)
            except Busy as busy:
                self._say(f"{one.row} of {one.on}: {busy}")
                return False
            if not ended_well:
                return True  # what follows rests on it; the next tick begins with it
        return True

    def _own_row(self, job: Job, one: Due) -> bool:
        try:
            job.run(one.on)
        except Busy:
            raise
        except TodokeError as error:
            self._say(f"{one.row} of {one.on}: {error}")
            return False
        return self._ledger.is_done(one.row, self._municipality, one.on)

    def _in_row(self, job: Job, one: Due) -> bool:
        claim = self._ledger.start(one.row, self._municipality, one.on)
        if claim is Claim.HELD:
            raise Busy("another process is at it")
        if claim is Claim.DONE:
            return True
        try:
            found = job.run(one.on)
        except TodokeError as error:
            outcome = "halted" if isinstance(error, SafetyStop) else "failed"
            self._finish(one, outcome, {"halted": str(error)})
            self._say(f"{one.row} of {one.on}: {error}")
            return False
        except BaseException:
            self._finish(one, "failed", {})
            raise
        self._finish(one, "done", found if isinstance(found, Mapping) else {})
        return True

    def _finish(self, one: Due, outcome: str, summary: Mapping[str, Any]) -> None:
        try:
            self._ledger.finish(one.row, self._municipality, one.on, outcome=outcome, summary=summary)
        except StateError as error:
            self._say(f"{one.row} of {one.on}: {error}")


def run_schedule(
    jobs: Sequence[Job],
    *,
    municipality: str,
    ledger: JobLedger,
    clock: Clock,
    say: Callable[[str], None] = print_line,
) -> None:
    """Runs until SIGTERM or SIGINT, then ends after the run in hand. What was missed is caught up at once.

    `say` gets a line when it can be stopped that way, and one for each run that did not end well.
    """
    runner = Runner(municipality=municipality, ledger=ledger, clock=clock, say=say)
    scheduler = make_scheduler(jobs, runner)

    def stop(number: int, frame: object) -> None:
        """Stops in a thread of its own: a signal may come while the scheduler holds its locks."""
        if not runner.stopping.is_set():
            runner.stopping.set()
            Thread(target=scheduler.shutdown, name="stop-schedule").start()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    say(f"started, with {', '.join(job.name for job in jobs)}")
    try:
        scheduler.start()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def make_scheduler(jobs: Sequence[Job], runner: Runner) -> BlockingScheduler:
    """One worker, so that a dispatch never reads safety facts while a night publishes them; one wake-up a time of day and job."""
    scheduler = BlockingScheduler(
        timezone=TOKYO,
        executors={"default": ThreadPoolExecutor(1)},
        # However late a wake-up comes, the ledger says what is left to do: so none is dropped, and many count as one.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    def wake(job: Job) -> None:
        if not runner.tick(job) and not runner.stopping.is_set():
            again = SystemClock().now() + RETRY_AFTER  # wake-ups go by the machine's clock
            scheduler.add_job(wake, "date", run_date=again, args=[job], id=f"{job.name} again", replace_existing=True)

    for job in jobs:
        scheduler.add_job(wake, args=[job], id=f"{job.name} at start")
        for at in job.at:
            name = f"{job.name} at {at:%H:%M}"
            scheduler.add_job(wake, "cron", hour=at.hour, minute=at.minute, args=[job], id=name)
    return scheduler
