"""Dispatch sends each approved notice once, after a last look, and never when something is uncertain."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from engine.core.clock import FixedClock
from engine.core.errors import InputError, SafetyStop
from engine.core.settings import Settings
from notices.approval.audit import verify
from notices.approval.models import Attempt, AuditRow, Item, Notice, NoticeBody, StaffTask
from notices.dispatch.channel import Refused, Unsure
from notices.dispatch.reconcile import reconcile
from notices.dispatch.run import STOP_FILE, Dispatched, dispatch
from notices.recipients.models import Contact, SafetyPublication
from tests.support.morning import MUNICIPALITY, NOW
from tests.support.outbox import AFTER_LEASE, LATER, PLAN, ScriptedChannel, approved, block, files, send, state

pytestmark = pytest.mark.django_db


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
    tasks = ["missed_deadline"] if outcome == "expired" else []
    assert list(StaffTask.objects.values_list("kind", flat=True)) == tasks


def change_text(notice: Notice) -> None:
    body = NoticeBody.objects.get(notice=notice)
    body.text = {**body.text, "title": "別の題"}
    body.save()


def change_facts(notice: Notice) -> None:
    item = Item.objects.filter(notice=notice).latest("pk")
    item.facts = {"name": {"ja": "別", "en": "other"}}
    item.save()


def contact(**values: object) -> Callable[[Notice], object]:
    return lambda notice: Contact.objects.update(**values)


def blocked(reason: str) -> Callable[[Notice], object]:
    return lambda notice: block(notice, reason)


@pytest.mark.parametrize(
    ("happens", "became", "task"),
    [
        pytest.param(blocked("support_measure"), "withdrawn", "support_measure", id="support measure"),
        pytest.param(blocked("shares_household"), "withdrawn", "support_measure", id="household of one"),
        pytest.param(blocked("quarantined"), "held", None, id="unreadable record"),
        pytest.param(blocked("held_by_call"), "held", None, id="held by a call"),
        pytest.param(contact(status="DEAD"), "withdrawn", "addressee_changed", id="died"),
        pytest.param(contact(status="MOVED_OUT"), "withdrawn", "addressee_changed", id="moved out"),
        pytest.param(contact(household_id="8"), "withdrawn", "addressee_changed", id="left the household"),
        pytest.param(lambda n: Contact.objects.all().delete(), "withdrawn", "addressee_changed", id="no address"),
        pytest.param(contact(opted_out_all=True), "withdrawn", None, id="opted out"),
        pytest.param(change_text, "held", "content_changed", id="text changed after approval"),
        pytest.param(change_facts, "held", "content_changed", id="a fact changed after approval"),
    ],
)  # fmt: skip
def test_the_last_look_stops(
    happens: Callable[[Notice], object], became: str, task: str | None, site: Settings
) -> None:
    """The notice is about a child, so that a change of the addressee leaves somebody to be told."""
    notice = approved(1, subject_ids=["000000000000099"])
    happens(notice)
    found = send(site)
    assert (found.stopped, found.accepted) == (1, 0)
    assert files(site) == []
    assert state(notice) == became
    assert list(StaffTask.objects.values_list("kind", flat=True)) == ([task] if task else [])
    assert StaffTask.objects.filter(restricted=True).exists() == (task == "support_measure")
    assert Attempt.objects.get().outcome == "stopped"


def test_a_protected_person_is_not_named_outside_the_restricted_task(site: Settings) -> None:
    notice = approved(1)
    block(notice, "support_measure")
    contact(status="MOVED_OUT")(notice)
    send(site)
    assert (state(notice), notice.state_reason) == ("withdrawn", "safety")
    assert Attempt.objects.get().receipt == "safety"
    assert StaffTask.objects.get().restricted


def test_the_letter_goes_to_the_registered_place_of_its_office(site: Settings) -> None:
    notice = approved(1, plan=replace(PLAN, programmes=("ltc_at_65",)))
    Contact.objects.update(destinations={"LTC": {"name": "後見 人", "postal": "630-0000", "address": "別の所 1"}})
    send(site)
    content = json.loads((site.paths.outbox / f"{notice.number}.json").read_text(encoding="utf-8"))
    assert content["to"] == {"name": "後見 人", "postal": "630-0000", "address": "別の所 1"}


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
    assert (task.kind, task.restricted) == ("support_measure", True)


class SomebodyWithdraws(ScriptedChannel):
    """A record change withdraws the notice while the channel has it."""

    def send(self, parcel: Any) -> str:
        Notice.objects.update(state="withdrawn", state_reason="R2_cancelled", version=99)
        return super().send(parcel)


def test_a_notice_withdrawn_while_it_left_is_to_be_taken_back(site: Settings) -> None:
    notice = approved(1)
    assert send(site, channel=SomebodyWithdraws(["receipt"])).unknown == 1
    assert state(notice) == "withdrawn"
    assert set(StaffTask.objects.values_list("kind", flat=True)) == {"sent_despite_stop"}


class CannotList(ScriptedChannel):
    """A channel that cannot end its run."""

    def close(self) -> None:
        raise Refused("the spool is full")


def test_letters_that_left_unlisted_are_told(site: Settings) -> None:
    notice = approved(1)
    with pytest.raises(InputError, match="not listed: the spool is full"):
        send(site, channel=CannotList(["receipt"]))
    assert state(notice) == "accepted"


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
