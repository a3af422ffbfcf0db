"""What does not add up is found and named by the notice's number."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.clock import FixedClock
from notices.approval.models import Attempt, Notice, OutboxRow
from notices.dispatch.reconcile import reconcile
from notices.dispatch.run import dispatch
from tests.support.morning import MORNING, MUNICIPALITY, make_notice, publish_safety
from tests.support.outbox import LATER, approved, outbox_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(tmp_path: Path) -> Notice:
    """One accepted notice, one still prepared."""
    publish_safety()
    notice = approved(1)
    make_notice(2, MORNING[0])
    dispatch(settings=outbox_settings(tmp_path), clock=FixedClock(LATER))
    notice.refresh_from_db()
    return notice


def test_a_queue_in_order_adds_up(sent: Notice) -> None:
    found = reconcile(MUNICIPALITY)
    assert (found.prepared, found.by_state, found.faults) == (2, {"accepted": 1, "prepared": 1}, ())


def lose_outbox_row(notice: Notice) -> None:
    Attempt.objects.all().delete()
    OutboxRow.objects.all().delete()


def set_state(notice: Notice, state: str) -> None:
    Notice.objects.filter(pk=notice.pk).update(state=state)


def double_attempt(notice: Notice) -> None:
    Attempt.objects.create(outbox=notice.outbox, started_at=LATER, ended_at=LATER, outcome="accepted")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lose_outbox_row, "approved without a row in the outbox", id="no outbox row"),
        pytest.param(lambda n: Notice.objects.filter(pk=n.pk).update(content_hash="x"), "not what was approved", id="other content"),
        pytest.param(lambda n: Attempt.objects.all().delete(), "accepted without an attempt", id="no attempt"),
        pytest.param(lambda n: set_state(n, "queued"), "not accepted here", id="taken, but queued"),
        pytest.param(double_attempt, "more than once", id="taken twice"),
        pytest.param(lambda n: set_state(n, "sending"), "being sent without an attempt", id="no attempt open"),
        pytest.param(lambda n: Attempt.objects.update(ended_at=None), "with an open attempt", id="attempt left open"),
        pytest.param(lambda n: set_state(n, "lost"), "no states: ['lost']", id="a state that is none"),
    ],
)  # fmt: skip
def test_a_fault_is_named(spoil: Callable[[Notice], object], said: str, sent: Notice) -> None:
    spoil(sent)
    assert any(said in fault for fault in reconcile(MUNICIPALITY).faults)


def test_a_fault_names_the_notice(sent: Notice) -> None:
    double_attempt(sent)
    assert sent.number in "".join(reconcile(MUNICIPALITY).faults)
