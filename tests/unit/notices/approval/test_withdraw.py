from datetime import timedelta

import pytest

from notices.approval.decide import approve
from notices.approval.models import AuditRow, Notice, NoticeState, OutboxRow, StaffTask
from notices.approval.states import SENT, UNSENT, move
from tests.support.approvals import AT, EVERY_OFFICE, FRIDAY, Town, approve_wordings, officer, run

pytestmark = pytest.mark.django_db
NEXT = FRIDAY + timedelta(days=1)
ALL = officer("all", offices=EVERY_OFFICE)
_WAY = {
    NoticeState.SENDING: (NoticeState.SENDING,),
    NoticeState.RETRY_WAIT: (NoticeState.SENDING, NoticeState.RETRY_WAIT),
    NoticeState.UNKNOWN: (NoticeState.SENDING, NoticeState.UNKNOWN),
    NoticeState.ACCEPTED: (NoticeState.SENDING, NoticeState.ACCEPTED),
    NoticeState.DELIVERED: (NoticeState.SENDING, NoticeState.ACCEPTED, NoticeState.DELIVERED),
    NoticeState.QUEUED: (),
}


def prepared(town: Town) -> Notice:
    approve_wordings()
    town.birth()
    run(town)
    return Notice.objects.get()


def brought_to(notice: Notice, state: NoticeState) -> None:
    if state in _WAY:
        sent = approve(notice.pk, officer=ALL, at=AT)
        for to in _WAY[state]:
            move(sent, to, at=AT)
    elif state is not NoticeState.PREPARED:
        for to in (NoticeState.IN_REVIEW, state) if state is NoticeState.APPROVED else (state,):
            move(notice, to, at=AT)


@pytest.mark.parametrize("state", UNSENT)
def test_a_cancellation_withdraws_what_is_not_sent(state: NoticeState, town: Town) -> None:
    brought_to(prepared(town), state)
    town.event("B1", "E01", ("C1",), "H1", state="void", reason="R2_cancelled")
    report = run(town, NEXT)
    stored = Notice.objects.get()
    assert (stored.state, stored.state_reason) == ("withdrawn", "R2_cancelled")
    assert (report.withdrawn, report.tasks) == (1, {})
    assert not OutboxRow.objects.exists()
    assert AuditRow.objects.filter(action="notice_withdrawn").count() == 1


@pytest.mark.parametrize("state", SENT)
def test_a_cancellation_of_something_sent_is_a_task_for_the_next_office_day(state: NoticeState, town: Town) -> None:
    notice = prepared(town)
    brought_to(notice, state)
    town.event("B1", "E01", ("C1",), "H1", state="void", reason="R2_cancelled")
    report = run(town, NEXT)
    task = StaffTask.objects.get()
    assert (report.tasks, task.office, task.details) == ({"retraction": 1}, "child_benefits", {"notice": notice.number})
    assert (task.due_on - NEXT).days == 3  # Saturday's night, Monday a holiday: Tuesday
    assert Notice.objects.get().state == state
    assert run(town, NEXT).tasks == {"retraction": 1}


def test_what_was_sent_to_somebody_blocked_since_is_retracted_by_the_named_role(town: Town) -> None:
    brought_to(prepared(town), NoticeState.ACCEPTED)
    town.event("B1", "E01", ("C1",), "H1", state="void", reason="R2_cancelled")
    town.measure("F1")
    run(town, NEXT)
    assert [(task.kind, task.restricted) for task in StaffTask.objects.all()] == [("support_measure", True)]


def test_a_death_in_the_window_takes_everything_back_and_counts_as_suppressed(town: Town) -> None:
    prepared(town)
    town.event("B1", "E01", ("C1",), "H1", state="suppressed", reason="death_in_window")
    report = run(town, NEXT)
    assert (report.withdrawn, report.suppressed, report.tasks) == (1, {"death_in_window": 1}, {})


def test_open_tasks_of_a_void_event_are_withdrawn(town: Town) -> None:
    approve_wordings()
    town.birth(verify=["was_insured"])
    run(town)
    town.event("B1", "E01", ("C1",), "H1", state="void", reason="R2_cancelled")
    run(town, NEXT)
    assert StaffTask.objects.get(kind="verify").state == "withdrawn"


def test_decisions_on_what_is_withdrawn_no_longer_count(town: Town) -> None:
    notice = prepared(town)
    approve(notice.pk, officer=ALL, at=AT)
    town.event("B1", "E01", ("C1",), "H1", state="void", reason="R2_cancelled")
    run(town, NEXT)
    assert set(notice.items.values_list("decisions__voided", flat=True)) == {True}


@pytest.mark.parametrize(
    ("also", "left"),
    [
        pytest.param((), ["E01"], id="the event's notice says it all"),
        pytest.param(("C2",), ["E01", "SWEEP"], id="the sweep's tells of a brother too"),
    ],
)
def test_a_sweeps_notice_yields_to_an_event_that_comes_after_it(
    also: tuple[str, ...], left: list[str], town: Town
) -> None:
    approve_wordings()
    town.family("H1")
    for child in ("C1", *also):
        if child != "C1":
            town.person(child, "H1", rel="CHILD", born=FRIDAY - timedelta(days=900))
        town.match("S1", "child_allowance", child, "H1", swept=True)
    run(town)
    assert [notice.event for notice in Notice.objects.all()] == ["SWEEP"]
    town.event("B1", "E01", ("C1",), "H1")
    town.match("B1", "child_allowance", "C1", "H1")
    report = run(town, NEXT)
    waiting = Notice.objects.filter(state=NoticeState.PREPARED).order_by("event")
    assert [notice.event for notice in waiting] == left
    assert report.withdrawn == 1 - len(also)
    assert run(town, NEXT) == report
