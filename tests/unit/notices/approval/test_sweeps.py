"""A sweep is a request: asked for once, carried out by the nights it covers, ended by an officer or by having nobody left."""

from dataclasses import replace
from datetime import date

import pytest

from eligibility.sweep import Released, Sweep
from engine.core.clock import FixedClock
from engine.core.errors import InputError
from notices.approval.ledger import DjangoJobLedger
from notices.approval.models import AuditRow, RunRequest, StaffTask
from notices.approval.refusals import NotAllowed
from notices.approval.sweeps import ask, asked, give_to_staff, going_on, release_sweeps, stop
from notices.recipients.models import Block
from tests.support.approvals import AT, CITY, FRIDAY, MONDAY, Town, officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ran() -> None:
    ledger = DjangoJobLedger(FixedClock(AT))
    ledger.start("night", CITY, FRIDAY)
    ledger.finish("night", CITY, FRIDAY, outcome="done", summary={})


def _ask(**changes: str) -> RunRequest:
    said = {"by": "aoki", "reason": "新しい制度"} | changes
    who = officer(said["by"], roles=("operator",))
    return ask(programme="child_allowance", version="v", a_day=50, officer=who, reason=said["reason"], at=AT)


def _stop(by: str = "baba", reason: str = "多すぎる") -> None:
    stop(programme="child_allowance", officer=officer(by, roles=("operator",)), reason=reason, at=AT)


def test_it_begins_with_the_night_after_the_last_one(town: Town) -> None:
    _ask()
    (row,) = asked(CITY)
    assert (row["state"], row["from_night"], row["until_night"], row["a_day"]) == ("releasing", "2026-11-21", None, 50)
    assert AuditRow.objects.get().action == "run_requested"


@pytest.mark.parametrize("changes", [{"by": " "}, {"reason": ""}])
def test_somebody_answers_for_it(changes: dict[str, str]) -> None:
    with pytest.raises(InputError, match="--by"):
        _ask(**changes)


def test_one_sweep_of_a_programme_at_a_time() -> None:
    _ask()
    with pytest.raises(InputError, match="already"):
        _ask()


def test_a_stopped_sweep_still_covers_the_nights_it_had() -> None:
    _ask()
    ledger = DjangoJobLedger(FixedClock(AT))
    ledger.start("night", CITY, MONDAY)
    ledger.finish("night", CITY, MONDAY, outcome="done", summary={})
    _stop()
    (row,) = asked(CITY)
    assert (row["state"], row["until_night"]) == ("stopped", MONDAY.isoformat())
    assert going_on(CITY, "child_allowance") is None
    with pytest.raises(InputError, match="no sweep"):
        _stop()


def test_without_a_night_there_is_nothing_to_release_from() -> None:
    elsewhere = replace(officer(roles=("operator",)), municipality="131016")
    with pytest.raises(InputError, match="no night has run"):
        ask(programme="p", version="v", a_day=1, officer=elsewhere, reason="r", at=AT)


def test_a_night_says_what_pauses_a_sweep_and_leaves_it_open(town: Town) -> None:
    _ask()
    Block.objects.create(municipality_code=CITY, resident_id="M1", reason="support_measure", law="L1", since=FRIDAY)
    assert release_sweeps(town.night(FRIDAY)).summary() == {}
    said = release_sweeps(town.night(date(2026, 11, 21))).summary()["sweeps"]["child_allowance"]
    assert said["paused"] == "no version of it may be used"
    assert going_on(CITY, "child_allowance") is not None


def test_who_has_no_such_role_neither_asks_nor_stops() -> None:
    reader = officer("doi", roles=("viewer",))
    with pytest.raises(NotAllowed):
        ask(programme="child_allowance", version="v", a_day=50, officer=reader, reason="x", at=AT)
    _ask()
    with pytest.raises(NotAllowed):
        stop(programme="child_allowance", officer=reader, reason="x", at=AT)
    _stop()
    assert AuditRow.objects.order_by("-sequence").values_list("actor", "action")[0] == ("baba", "run_stopped")


@pytest.mark.parametrize(
    ("reasons", "tasks"),
    [
        pytest.param(["support_measure"], 1, id="a support measure"),
        pytest.param(["shares_household", "held_by_call"], 1, id="shares a home with one, and is put off"),
        pytest.param(["held_by_call"], 0, id="put off by a call: comes later"),
        pytest.param(["quarantined"], 0, id="a row to be repaired: comes later"),
    ],
)
def test_a_home_with_a_support_measure_is_a_task_of_the_named_role_once(
    reasons: list[str], tasks: int, town: Town
) -> None:
    for reason in reasons:
        Block.objects.create(municipality_code=CITY, resident_id="M1", reason=reason, law="L1", since=FRIDAY)
    home = {"household_id": "H1", "subject_ids": ["C1", "C2"], "held_ids": ["M1"]}
    for _ in range(2):
        give_to_staff(town.night(FRIDAY), Released(sweep=Sweep(request="1", programme="p", a_day=5), protected=[home]))
    assert [(task.subject_id, task.restricted) for task in StaffTask.objects.all()] == [("C1", True)] * tasks
