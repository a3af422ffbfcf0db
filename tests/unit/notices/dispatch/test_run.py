"""Dispatch sends each approved notice once, after a last look, and never when something is uncertain."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.core.clock import FixedClock
from engine.core.errors import InputError, SafetyStop
from engine.core.settings import Settings
from notices.approval.audit import verify
from notices.approval.models import Attempt, AuditRow, Item, Notice, NoticeBody, StaffTask, Suppression
from notices.dispatch.channel import Channel, Refused, Unsure
from notices.dispatch.reconcile import reconcile
from notices.dispatch.run import STOP_FILE, Dispatched, dispatch
from notices.recipients.models import Block, Contact, SafetyPublication
from tests.support.morning import MUNICIPALITY, NOW, publish_safety
from tests.support.outbox import AFTER_LEASE, LATER, PLAN, ScriptedChannel, approved, outbox_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    publish_safety()
    return outbox_settings(tmp_path)


def send(site: Settings, *, channel: Channel | None = None, at: Any = LATER) -> Dispatched:
    found = dispatch(settings=site, clock=FixedClock(at), channel=channel)
    assert reconcile(MUNICIPALITY).faults == ()
    return found


def files(site: Settings) -> list[str]:
    return sorted(path.name for path in site.paths.outbox.iterdir()) if site.paths.outbox.exists() else []


def state(notice: Notice) -> str:
    notice.refresh_from_db()
    return notice.state


def test_an_approved_notice_becomes_one_page_and_one_json(site: Settings) -> None:
    notice = approved(1)
    found = send(site)
    assert (found.accepted, found.waiting, found.faults) == (1, 0, 0)
    assert state(notice) == "accepted"
    assert files(site) == [f"{notice.number}.html", f"{notice.number}.json"]
    content = json.loads((site.paths.outbox / f"{notice.number}.json").read_text(encoding="utf-8"))
    assert content["to"]["address"] == "奈良市二条大路南一丁目1番1号"
    assert content["text"]["number"] == notice.number
    assert content.pop("key") == notice.key
    assert notice.addressee_id not in json.dumps(content)


def test_what_was_sent_is_not_sent_again(site: Settings) -> None:
    approved(1)
    send(site)
    assert send(site, at=AFTER_LEASE).summary() == dict.fromkeys(Dispatched.__annotations__, 0)
    assert Attempt.objects.count() == 1


def test_the_audit_chain_holds_and_names_the_run(site: Settings) -> None:
    approved(1)
    send(site)
    assert list(AuditRow.objects.order_by("sequence").values_list("action", flat=True)) == [
        "notice_accepted",
        "dispatch_run",
    ]
    assert verify(MUNICIPALITY, site.paths.anchor).intact
    assert site.paths.anchor.read_text(encoding="utf-8").count("\n") == 1


def test_the_address_is_the_newest_one(site: Settings) -> None:
    notice = approved(1)
    Contact.objects.update(address="奈良市大宮町9番9号")
    send(site)
    assert "大宮町9番9号" in (site.paths.outbox / f"{notice.number}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("not_before", "sent"),
    [
        pytest.param(LATER, 1, id="the undo window is over"),
        pytest.param(LATER + timedelta(seconds=1), 0, id="the undo window is open"),
        pytest.param(NOW + timedelta(days=14), 0, id="grief delay"),
    ],
)
def test_nothing_leaves_before_its_time(not_before: Any, sent: int, site: Settings) -> None:
    notice = approved(1, not_before=not_before)
    found = send(site)
    assert (found.accepted, found.waiting) == (sent, 1 - sent)
    assert state(notice) == ("accepted" if sent else "approved")


@pytest.mark.parametrize(
    ("not_after", "outcome"),
    [
        pytest.param(date(2026, 11, 26), "accepted", id="last day"),
        pytest.param(date(2026, 11, 25), "expired", id="the day after"),
        pytest.param(date(2026, 11, 20), "accepted", id="late when it was approved"),
    ],
)
def test_a_deadline_that_passed_in_the_outbox_gives_a_task(not_after: date, outcome: str, site: Settings) -> None:
    notice = approved(1, not_after=not_after)
    SafetyPublication.objects.update(data_date=date(2026, 11, 25))
    send(site, at=NOW + timedelta(days=2))
    assert state(notice) == outcome
    kinds = sorted(StaffTask.objects.values_list("kind", "office"))
    assert kinds == (
        [("missed_deadline", "child_benefits"), ("missed_deadline", "maternal_health")] if outcome == "expired" else []
    )


def block(notice: Notice, reason: str) -> None:
    Block.objects.create(
        municipality_code=MUNICIPALITY, resident_id=notice.addressee_id, reason=reason, law="law", since=NOW.date()
    )


def change_text(notice: Notice) -> None:
    body = NoticeBody.objects.get(notice=notice)
    body.text = {**body.text, "title": "別の題"}
    body.save()


def change_facts(notice: Notice) -> None:
    item = Item.objects.filter(notice=notice).latest("pk")
    item.facts = {"name": {"ja": "別", "en": "other"}}
    item.save()


def leave_the_child(notice: Notice) -> None:
    """The notice is about a child; the addressee lives elsewhere now. Somebody written to about themself may move freely."""
    Notice.objects.update(subject_ids=["000000000000999"])
    Contact.objects.create(
        municipality_code=MUNICIPALITY, resident_id="000000000000999", household_id=notice.household_id, status="RESIDENT", name="試験",
        postal="630-8580", address="奈良市", source="residents", data_date=date(2026, 11, 20),
    )  # fmt: skip
    Contact.objects.filter(resident_id=notice.addressee_id).update(household_id="8")


@pytest.mark.parametrize(
    ("happens", "became", "task", "restricted"),
    [
        pytest.param(lambda n: block(n, "support_measure"), "suppressed", "support_measure", True, id="support measure"),
        pytest.param(lambda n: block(n, "shares_household"), "suppressed", "support_measure", True, id="household of one"),
        pytest.param(lambda n: block(n, "quarantined"), "held", "quarantined_record", False, id="unreadable record"),
        pytest.param(lambda n: block(n, "held_by_call"), "held", None, False, id="held by a call"),
        pytest.param(lambda n: block(n, "new_reason"), "suppressed", "stopped_at_sending", False, id="a reason of tomorrow"),
        pytest.param(lambda n: Contact.objects.update(status="DEAD"), "suppressed", None, False, id="died, about themself"),
        pytest.param(lambda n: Contact.objects.update(status="MOVED_OUT"), "withdrawn", "addressee_moved", False, id="moved out"),
        pytest.param(leave_the_child, "held", "addressee_changed", False, id="left the household"),
        pytest.param(lambda n: Contact.objects.all().delete(), "held", "no_contact", False, id="no address"),
        pytest.param(lambda n: Contact.objects.update(opted_out_all=True), "suppressed", None, False, id="opted out"),
        pytest.param(change_text, "held", "content_changed", False, id="text changed after approval"),
        pytest.param(change_facts, "held", "content_changed", False, id="a fact changed after approval"),
    ],
)  # fmt: skip
def test_the_last_look_stops(
    happens: Callable[[Notice], object], became: str, task: str | None, restricted: bool, site: Settings
) -> None:
    notice = approved(1)
    happens(notice)
    found = send(site)
    assert (found.stopped, found.accepted) == (1, 0)
    assert files(site) == []
    assert state(notice) == became
    assert {row.kind for row in StaffTask.objects.all()} == ({task} if task else set())
    assert all(row.restricted is restricted for row in StaffTask.objects.all())
    assert StaffTask.objects.count() == (0 if task is None else 1 if restricted else 2)
    assert Suppression.objects.count() == (became == "suppressed")
    assert Attempt.objects.get().outcome == "stopped"


def test_a_deceased_addressee_of_a_childs_notice_gives_a_task(site: Settings) -> None:
    notice = approved(1)
    notice.subject_ids = ["000000000000099"]
    notice.save()
    Contact.objects.update(status="DEAD")
    send(site)
    assert set(StaffTask.objects.values_list("kind", flat=True)) == {"addressee_deceased"}


def test_of_two_reasons_the_restricted_one_decides_and_nothing_else_is_told(site: Settings) -> None:
    notice = approved(1)
    block(notice, "support_measure")
    Contact.objects.update(status="MOVED_OUT")
    send(site)
    assert (state(notice), notice.state_reason) == ("suppressed", "support_measure")
    assert StaffTask.objects.get().restricted


def stale(site: Settings) -> Settings:
    SafetyPublication.objects.update(data_date=date(2026, 11, 19))
    return site


def incomplete(site: Settings) -> Settings:
    SafetyPublication.objects.update(complete=False, reason="the support-measure feed is missing")
    return site


def stop_file(site: Settings) -> Settings:
    site.paths.outbox.mkdir()
    (site.paths.outbox / STOP_FILE).touch()
    return site


def setting(site: Settings) -> Settings:
    return site.model_copy(update={"dispatch": site.dispatch.model_copy(update={"stopped": True})})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(stale, "2026-11-19", id="stale safety facts"),
        pytest.param(incomplete, "support-measure feed is missing", id="incomplete safety facts"),
        pytest.param(stop_file, STOP_FILE, id="a file stops it"),
        pytest.param(setting, "dispatch.stopped", id="a setting stops it"),
    ],
)
def test_when_it_is_not_safe_nothing_is_sent(spoil: Callable[[Settings], Settings], said: str, site: Settings) -> None:
    notice = approved(1)
    with pytest.raises(SafetyStop, match=said):
        send(spoil(site))
    assert state(notice) == "approved"
    assert not [name for name in files(site) if name != STOP_FILE]
    assert not Attempt.objects.exists()


class PullsThePlug(ScriptedChannel):
    """The safety facts go bad while the first notice is handed over."""

    def send(self, parcel: Any) -> str:
        SafetyPublication.objects.update(complete=False, reason="halted")
        return super().send(parcel)


def test_a_safety_stop_in_the_middle_of_a_run_ends_it(site: Settings) -> None:
    first, second = approved(1), approved(2)
    channel = PullsThePlug(["one", "two"])
    with pytest.raises(SafetyStop):
        dispatch(settings=site, clock=FixedClock(LATER), channel=channel)
    assert (state(first), state(second)) == ("accepted", "queued")
    assert len(channel.parcels) == 1
    assert reconcile(MUNICIPALITY).faults == ()


def test_a_refusal_is_tried_again_later_and_given_up_in_the_end(site: Settings) -> None:
    notice = approved(1)
    channel = ScriptedChannel([Refused("busy"), Refused("busy"), Refused("busy")])
    assert send(site, channel=channel).refused == 1
    assert state(notice) == "retry_wait"
    assert send(site, channel=channel, at=LATER + timedelta(minutes=1)).waiting == 1
    assert len(channel.parcels) == 1
    send(site, channel=channel, at=LATER + timedelta(minutes=10))
    assert send(site, channel=channel, at=LATER + timedelta(minutes=40)).failed == 1
    assert state(notice) == "failed"
    assert set(StaffTask.objects.values_list("kind", flat=True)) == {"failed_delivery"}


def test_after_a_refusal_it_goes(site: Settings) -> None:
    notice = approved(1)
    channel = ScriptedChannel([Refused("busy"), "receipt"])
    send(site, channel=channel)
    assert send(site, channel=channel, at=LATER + timedelta(minutes=10)).accepted == 1
    assert state(notice) == "accepted"


def test_a_timeout_without_idempotency_is_unknown_and_never_sent_again(site: Settings) -> None:
    notice = approved(1)
    channel = ScriptedChannel([Unsure("timeout"), "never"])
    assert send(site, channel=channel).unknown == 1
    assert send(site, channel=channel, at=NOW + timedelta(hours=9)).accepted == 0
    assert (state(notice), len(channel.parcels)) == ("unknown", 1)
    assert set(StaffTask.objects.values_list("kind", flat=True)) == {"unknown_delivery"}


def test_a_timeout_with_idempotency_is_asked_and_settled(site: Settings) -> None:
    notice = approved(1)
    channel = ScriptedChannel([Unsure("timeout"), "never"], idempotent=True)
    send(site, channel=channel)
    channel.has[notice.number] = "it had arrived"
    assert send(site, channel=channel, at=LATER + timedelta(minutes=10)).accepted == 1
    assert (state(notice), len(channel.parcels)) == ("accepted", 1)


def test_what_had_left_before_a_block_came_is_told_and_to_be_taken_back(site: Settings) -> None:
    notice = approved(1)
    channel = ScriptedChannel([Unsure("timeout")], idempotent=True)
    send(site, channel=channel)
    channel.has[notice.number] = "it had arrived"
    block(notice, "support_measure")
    send(site, channel=channel, at=LATER + timedelta(minutes=10))
    assert state(notice) == "accepted"
    task = StaffTask.objects.get()
    assert (task.kind, task.restricted) == ("retraction", True)


class SomebodyWithdraws(ScriptedChannel):
    """A record change withdraws the notice while the channel has it."""

    def send(self, parcel: Any) -> str:
        Notice.objects.update(state="withdrawn", state_reason="R2_cancelled", version=99)
        return super().send(parcel)


def test_a_notice_withdrawn_while_it_left_is_to_be_taken_back(site: Settings) -> None:
    notice = approved(1)
    assert send(site, channel=SomebodyWithdraws(["receipt"])).unknown == 1
    assert state(notice) == "withdrawn"
    assert set(StaffTask.objects.values_list("kind", flat=True)) == {"retraction"}


def test_a_row_for_another_channel_is_held(site: Settings) -> None:
    notice = approved(1, channel="line")
    send(site)
    assert (state(notice), files(site)) == ("held", [])


def test_the_nearest_deadline_goes_first(site: Settings) -> None:
    approved(1, plan=replace(PLAN, due_on=None))
    approved(2, not_after=date(2026, 12, 20))
    approved(3, not_after=date(2026, 12, 1))
    channel = ScriptedChannel(["a", "b", "c"])
    send(site, channel=channel)
    assert [parcel.number[-1] for parcel in channel.parcels] == ["3", "2", "1"]


def test_an_outbox_that_cannot_be_a_folder_is_named(site: Settings) -> None:
    notice = approved(1)
    site.paths.outbox.write_text("not a folder")
    with pytest.raises(InputError, match=r"paths\.outbox"):
        send(site)
    assert state(notice) == "approved"


def test_a_parcel_does_not_print_whom_it_is_for(site: Settings) -> None:
    approved(1)
    channel = ScriptedChannel(["a"])
    send(site, channel=channel)
    shown = repr(channel.parcels[0])
    assert "試験" not in shown
    assert "二条大路" not in shown
