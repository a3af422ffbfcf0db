"""The job ledger: each date claimed by one, taken over from the dead, and kept in order. On a real SQLite."""

import os
import socket
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from engine.core.clock import TOKYO, FixedClock
from engine.core.errors import StateError
from engine.core.jobs import Claim, JobLedger
from notices.approval.ledger import DjangoJobLedger, this_holder
from notices.approval.models import JobRun
from tests.support.program import in_program

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=TOKYO)
ON = date(2026, 11, 23)
NIGHT = ("night", "292010", ON)


def ledger(*, holder: str | None = None, at: datetime = NOW) -> DjangoJobLedger:
    return DjangoJobLedger(FixedClock(at), holder=holder, lease_seconds=3600)


def on_host(process: int, token: str = "00000000") -> str:
    return f"{socket.gethostname()[:50]}:{process}:{token}"


def dead_process() -> int:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return child


@pytest.mark.django_db
def test_a_date_is_claimed_once_until_it_is_finished() -> None:
    one: JobLedger = ledger()
    assert one.start(*NIGHT) is Claim.TAKEN
    assert ledger().start(*NIGHT) is Claim.HELD
    one.finish(*NIGHT, outcome="done", summary={"events": {"E01": 2}})
    assert ledger().start(*NIGHT) is Claim.DONE
    row = JobRun.objects.get()
    assert (row.state, row.summary, row.ended_at) == ("done", {"events": {"E01": 2}}, NOW)


@pytest.mark.parametrize("outcome", ["halted", "failed"])
@pytest.mark.django_db
def test_what_halted_or_failed_may_start_again_in_the_same_row(outcome: str) -> None:
    ledger().start(*NIGHT)
    ledger().finish(*NIGHT, outcome=outcome, summary={})
    assert not ledger().is_done(*NIGHT)
    assert ledger().start(*NIGHT) is Claim.TAKEN
    assert JobRun.objects.count() == 1


@pytest.mark.parametrize(
    ("holder", "silent", "claim"),
    [
        pytest.param(on_host(os.getpid(), this_holder()[-8:]), 0, Claim.HELD, id="this process"),
        pytest.param(on_host(os.getppid()), 0, Claim.HELD, id="a living process of this host"),
        pytest.param(on_host(os.getppid()), 2, Claim.TAKEN, id="a living process silent for longer than the lease"),
        pytest.param(on_host(os.getpid()), 0, Claim.TAKEN, id="an earlier process of our number"),
        pytest.param("elsewhere:1:00000000", 0, Claim.HELD, id="another host, within the lease"),
        pytest.param("elsewhere:1:00000000", 2, Claim.TAKEN, id="another host, silent"),
        pytest.param("nonsense", 0, Claim.HELD, id="no process to ask for, within the lease"),
    ],
)
@pytest.mark.django_db
def test_a_running_date_is_given_away_only_when_its_holder_is_dead(holder: str, silent: int, claim: Claim) -> None:
    ledger(holder=holder).start(*NIGHT)
    assert ledger(at=NOW + timedelta(hours=silent)).start(*NIGHT) is claim


@pytest.mark.django_db
def test_the_date_of_a_killed_process_is_free_at_once() -> None:
    ledger(holder=on_host(dead_process())).start(*NIGHT)
    assert ledger().start(*NIGHT) is Claim.TAKEN


@pytest.mark.django_db
def test_whoever_was_taken_for_dead_can_neither_beat_nor_finish() -> None:
    slow = ledger(holder="elsewhere:1:00000000")
    slow.start(*NIGHT)
    ledger(at=NOW + timedelta(hours=2)).start(*NIGHT)
    with pytest.raises(StateError, match="another one has taken it over"):
        slow.beat(*NIGHT)
    with pytest.raises(StateError):
        slow.finish(*NIGHT, outcome="done", summary={})
    assert JobRun.objects.get().state == "running"


@pytest.mark.django_db
def test_a_beat_renews_the_lease() -> None:
    holder = "elsewhere:1:00000000"
    ledger(holder=holder).start(*NIGHT)
    ledger(holder=holder, at=NOW + timedelta(minutes=50)).beat(*NIGHT)
    assert ledger(at=NOW + timedelta(minutes=100)).start(*NIGHT) is Claim.HELD


@pytest.mark.django_db
def test_what_it_is_doing_stands_in_the_row_until_it_ends() -> None:
    one, doing = ledger(), {"stage": "detect_events", "done": 5, "of": 10}
    one.start(*NIGHT)
    one.beat(*NIGHT, doing=doing)
    one.beat(*NIGHT)
    assert JobRun.objects.get().summary == {"doing": doing}
    one.finish(*NIGHT, outcome="done", summary={"events": {}})
    assert JobRun.objects.get().summary == {"events": {}}


@pytest.mark.django_db
def test_a_repetition_that_failed_does_not_undo_that_it_was_done() -> None:
    one = ledger()
    one.start(*NIGHT)
    one.finish(*NIGHT, outcome="done", summary={})
    assert one.start(*NIGHT, again=True) is Claim.TAKEN
    one.finish(*NIGHT, outcome="failed", summary={})
    assert not one.is_done(*NIGHT)
    assert one.is_done(*NIGHT, ever=True)
    assert one.last_done("night", "292010") == ON


@pytest.mark.django_db
def test_the_newest_date_done_is_per_job_and_municipality() -> None:
    one = ledger()
    for job, municipality, on, outcome in (
        ("night", "292010", date(2026, 11, 20), "done"),
        ("night", "292010", date(2026, 11, 22), "halted"),
        ("night", "131016", date(2026, 11, 21), "done"),
        ("dispatch", "292010", date(2026, 11, 23), "done"),
    ):
        one.start(job, municipality, on)
        one.finish(job, municipality, on, outcome=outcome, summary={})
    assert one.last_done("night", "292010") == date(2026, 11, 20)
    assert one.last_done("night", "011002") is None


def test_of_many_processes_exactly_one_gets_each_date(tmp_path: Path) -> None:
    found = in_program("tests.support.ledger_crowd", tmp_path, "claims")
    assert found["ended"] == [0] * found["processes"]
    assert found["taken"] == sorted(set(found["taken"]))
    assert len(found["taken"]) == found["dates"]


def test_two_schedulers_never_run_one_date_twice(tmp_path: Path) -> None:
    found = in_program("tests.support.ledger_crowd", tmp_path, "schedulers")
    assert found["ended"] == [0, 0]
    assert found["runs"] == sorted(set(found["runs"]))
    assert len(found["runs"]) == found["dates"]
    assert found["states"] == ["done"] * found["dates"]
