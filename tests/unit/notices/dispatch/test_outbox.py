"""Rows on their way: due, claimed once, and settled when a dispatcher fell silent."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.core.clock import FixedClock
from engine.core.settings import Dispatch
from notices.approval.models import Attempt, Notice, StaffTask
from notices.dispatch.outbox import backoff, claim, due, sweep, waiting
from notices.dispatch.reconcile import reconcile
from notices.dispatch.run import dispatch
from notices.recipients.models import Block
from tests.support.morning import MUNICIPALITY, NOW, publish_safety
from tests.support.outbox import AFTER_LEASE, LATER, ScriptedChannel, approved, outbox_settings

pytestmark = pytest.mark.django_db
WAYS = Dispatch()
LEASE = timedelta(seconds=WAYS.lease_seconds)


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [
        pytest.param(1, 300, id="first refusal"),
        pytest.param(2, 600, id="second"),
        pytest.param(5, 4800, id="fifth"),
        pytest.param(30, 86_400, id="never more than a day"),
    ],
)
def test_waiting_doubles(tries: int, seconds: int) -> None:
    assert backoff(WAYS, 0, tries) == timedelta(seconds=seconds)
    assert backoff(WAYS, 61, tries) == timedelta(seconds=seconds + 1)


def test_a_claim_is_committed_with_its_attempt_and_only_one_gets_it() -> None:
    notice = approved(1)
    claimed = claim(notice.outbox.pk, now=LATER)
    assert claimed is not None
    assert claim(notice.outbox.pk, now=LATER) is None
    notice.refresh_from_db()
    assert (notice.state, Attempt.objects.count(), claimed.attempt.ended_at) == ("sending", 1, None)


@pytest.mark.parametrize("state", ["prepared", "held", "withdrawn", "accepted", "unknown", "rejected"])
def test_only_what_is_approved_is_due_or_can_be_claimed(state: str) -> None:
    notice = approved(1)
    Notice.objects.update(state=state)
    assert list(due(MUNICIPALITY, settings=WAYS, now=LATER)) == []
    assert claim(notice.outbox.pk, now=LATER) is None
    assert waiting(MUNICIPALITY) == 0


def test_another_municipality_is_not_ours_to_send() -> None:
    approved(1)
    assert list(due("131016", settings=WAYS, now=LATER)) == []


@pytest.mark.parametrize(
    ("at", "idempotent", "swept", "state", "tasks"),
    [
        pytest.param(LATER + LEASE - timedelta(seconds=1), True, 0, "sending", 0, id="still within the lease"),
        pytest.param(LATER + LEASE, True, 1, "queued", 0, id="may be handed over again"),
        pytest.param(LATER + LEASE, False, 1, "unknown", 1, id="may not be handed over again"),
    ],
)
def test_a_silent_hand_over_is_settled(at: datetime, idempotent: bool, swept: int, state: str, tasks: int) -> None:
    notice = approved(1)
    claim(notice.outbox.pk, now=LATER)
    channel = ScriptedChannel([], idempotent=idempotent)
    assert sweep(MUNICIPALITY, {channel.name: channel}, lease=LEASE, now=at) == swept
    assert sweep(MUNICIPALITY, {channel.name: channel}, lease=LEASE, now=at) == 0
    notice.refresh_from_db()
    assert (notice.state, StaffTask.objects.count()) == (state, tasks)
    assert reconcile(MUNICIPALITY).faults == ()


def test_a_page_left_half_done_goes_when_a_block_came_meanwhile(tmp_path: Path) -> None:
    """Killed between the page and its JSON; then the addressee came under a support measure."""
    publish_safety()
    settings = outbox_settings(tmp_path)
    notice = approved(1)
    claim(notice.outbox.pk, now=LATER)
    settings.paths.outbox.mkdir()
    (settings.paths.outbox / f"{notice.number}.html").write_text("name and address")
    Block.objects.create(
        municipality_code=MUNICIPALITY,
        resident_id=notice.addressee_id,
        reason="support_measure",
        law="",
        since=NOW.date(),
    )
    dispatch(settings=settings, clock=FixedClock(AFTER_LEASE))
    notice.refresh_from_db()
    assert notice.state == "withdrawn"
    assert list(settings.paths.outbox.iterdir()) == []
