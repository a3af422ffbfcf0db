import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engine.core.errors import InputError, SafetyStop, StateError
from notices.approval import audit
from notices.approval.bulk import approve_selection, select, selection_of
from notices.approval.decide import approve, claim
from notices.approval.models import AuditRow, Decision, Notice, OutboxRow, Selection, StaffTask
from notices.approval.refusals import AlreadyDecided, NotAllowed
from notices.approval.waiting import Filters
from notices.recipients.models import Block, SafetyPublication
from notices.site import installed
from tests.support.approvals import officer
from tests.support.morning import (
    MUNICIPALITY,
    NIGHT,
    NOW,
    approve_wordings,
    publish_safety,
    set_up_more,
    set_up_morning,
)

pytestmark = pytest.mark.django_db
AOKI = officer("aoki", offices=("child_benefits",))
TODAY = NOW.date()
AT = NOW + timedelta(minutes=1)


@pytest.fixture
def morning() -> list[Notice]:
    return set_up_morning()


def chosen(*picked: Notice, **filters: str) -> Selection:
    keys = [one.pk for one in picked] or None
    return select(AOKI, filters=Filters(**filters), picked=keys, today=TODAY, at=NOW)


def states(*notices: Notice) -> list[str]:
    return [Notice.objects.get(pk=one.pk).state for one in notices]


def test_a_filter_is_frozen_without_what_asks_for_a_look_of_its_own(morning: list[Notice]) -> None:
    claim(morning[3].pk, officer=officer("baba", offices=("child_benefits",)), at=NOW)
    Notice.objects.filter(pk=morning[5].pk).update(four_eyes=2)
    selection = chosen()
    assert {pk for pk, _ in selection.frozen} == {morning[2].pk, morning[4].pk}
    assert selection.left_out == {"flagged": 2, "claimed": 1, "four_eyes": 1}
    assert states(*morning) == ["prepared", "prepared", "prepared", "in_review", *["prepared"] * 4]


def test_exactly_what_was_frozen_is_approved_in_the_books_and_in_the_outbox(morning: list[Notice]) -> None:
    selection = chosen(morning[2], morning[3])
    done = approve_selection(selection.pk, officer=AOKI, at=AT)
    assert states(*morning[:5]) == ["prepared", "prepared", "queued", "queued", "prepared"]
    assert done.outcome == {"approved": [morning[2].pk, morning[3].pk], "not_approved": {}}
    assert Decision.objects.filter(officer="aoki", verdict="approve", voided=False).count() == 3
    rows = {row.notice_id: row for row in OutboxRow.objects.all()}
    assert set(rows) == {morning[2].pk, morning[3].pk}
    assert {row.not_before for row in rows.values()} == {AT + timedelta(seconds=installed().waits.undo_seconds)}
    assert AuditRow.objects.filter(action="items_approved", actor="aoki").count() == 2
    assert AuditRow.objects.get(action="selection_approved").details["approved"] == 2
    found = audit.verify(MUNICIPALITY, installed().paths.anchor)
    assert (found.intact, found.unanchored) == (True, 0)


def test_one_by_one_and_together_leave_the_same_behind(morning: list[Notice]) -> None:
    approve(morning[2].pk, officer=AOKI, at=AT)
    approve_selection(chosen(morning[3]).pk, officer=AOKI, at=AT)
    one, other = (Notice.objects.get(pk=morning[at].pk) for at in (2, 3))
    for name in ("state", "state_reason", "version", "claimed_by", "claimed_until", "changed_at", "send_on"):
        assert getattr(one, name) == getattr(other, name), name
    assert {item.state for notice in (one, other) for item in notice.items.all()} == {"approved"}
    first, second = (OutboxRow.objects.get(notice=notice) for notice in (one, other))
    assert (first.channel, first.not_before, first.created_at) == (second.channel, second.not_before, second.created_at)


def test_another_offices_part_keeps_the_notice_waiting(morning: list[Notice]) -> None:
    Notice.objects.filter(pk=morning[0].pk).update(flags=[])
    approve_selection(chosen(morning[0]).pk, officer=AOKI, at=AT)
    notice = Notice.objects.get(pk=morning[0].pk)
    assert (notice.state, OutboxRow.objects.count()) == ("prepared", 0)
    assert {item.office: item.state for item in notice.items.all()} == {"child_benefits": "approved", "maternal_health": "open"}  # fmt: skip
    assert approve(notice.pk, officer=officer("m", offices=("maternal_health",)), at=AT).state == "queued"


def taken_on(notice: Notice) -> None:
    claim(notice.pk, officer=officer("baba", offices=("child_benefits",)), at=NOW)


def decided(notice: Notice) -> None:
    approve(notice.pk, officer=officer("baba", offices=("child_benefits",)), at=NOW)


def changed(notice: Notice) -> None:
    notice.items.update(facts={"name": {"ja": "別の制度"}})


def hash_changed(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(content_hash="0" * 64)


def flagged(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(flags=["late"])


def stopped(notice: Notice) -> None:
    Block.objects.create(municipality_code=MUNICIPALITY, resident_id=notice.addressee_id, reason="support_measure", law="L1", since=NIGHT)  # fmt: skip


def retired(notice: Notice) -> None:
    Notice.objects.get(pk=notice.pk).body.__class__.objects.filter(pk=notice.pk).update(wording_versions={"child_allowance": "gone"})  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why", "becomes"),
    [
        pytest.param(taken_on, "claimed", "in_review", id="a colleague took it on"),
        pytest.param(decided, "decided", "queued", id="a colleague decided it"),
        pytest.param(changed, "changed", "prepared", id="its facts changed"),
        pytest.param(hash_changed, "changed", "prepared", id="it was written anew"),
        pytest.param(flagged, "flagged", "prepared", id="it asks for a look now"),
        pytest.param(stopped, "stopped", "withdrawn", id="a support measure arrived"),
        pytest.param(retired, "wording", "prepared", id="its wording is not in force"),
    ],
)
def test_what_changed_after_it_was_chosen_is_not_approved_and_is_named(
    change: object, why: str, becomes: str, morning: list[Notice]
) -> None:
    selection = chosen(morning[2], morning[3])
    change(morning[3])  # type: ignore[operator]
    done = approve_selection(selection.pk, officer=AOKI, at=AT)
    assert done.outcome == {"approved": [morning[2].pk], "not_approved": {morning[3].number: why}}
    assert states(morning[2], morning[3]) == ["queued", becomes]


def test_a_stop_found_while_approving_leaves_its_task(morning: list[Notice]) -> None:
    selection = chosen(morning[2])
    stopped(morning[2])
    approve_selection(selection.pk, officer=AOKI, at=AT)
    assert StaffTask.objects.filter(kind="support_measure", restricted=True, event_id=morning[2].event_id).exists()


def test_nothing_at_all_is_approved_without_good_safety_facts(morning: list[Notice]) -> None:
    selection = chosen()
    SafetyPublication.objects.update(complete=False)
    with pytest.raises(SafetyStop):
        approve_selection(selection.pk, officer=AOKI, at=AT)
    assert (set(states(*morning)), OutboxRow.objects.count()) == ({"prepared"}, 0)


@pytest.mark.parametrize("days", [0, -1, 14, 90])
def test_a_day_too_late_for_one_approves_none(days: int, morning: list[Notice]) -> None:
    selection = chosen(morning[2], morning[3])
    Selection.objects.update(send_on=TODAY + timedelta(days=days))
    with pytest.raises(InputError):
        approve_selection(selection.pk, officer=AOKI, at=AT)
    assert states(morning[2], morning[3]) == ["prepared", "prepared"]


def test_a_selection_is_its_makers_once_and_for_a_while(morning: list[Notice]) -> None:
    selection = chosen(morning[2])
    baba = officer("baba", offices=("child_benefits",))
    with pytest.raises(NotAllowed):
        approve_selection(selection.pk, officer=baba, at=AT)
    with pytest.raises(Selection.DoesNotExist):
        selection_of(baba, selection.pk)
    with pytest.raises(StateError, match="too long"):
        approve_selection(selection.pk, officer=AOKI, at=NOW + timedelta(hours=1))
    approve_selection(selection.pk, officer=AOKI, at=AT)
    with pytest.raises(AlreadyDecided):
        approve_selection(selection.pk, officer=AOKI, at=AT)


def test_only_an_approver_chooses(morning: list[Notice]) -> None:
    with pytest.raises(NotAllowed):
        select(officer(roles=("reviewer",)), filters=Filters(), picked=None, today=TODAY, at=NOW)


def test_the_number_of_queries_does_not_grow_with_the_selection(morning: list[Notice]) -> None:
    def queries(*picked: Notice) -> int:
        selection = chosen(*picked)
        with CaptureQueriesContext(connection) as captured:
            approve_selection(selection.pk, officer=AOKI, at=AT)
        return len(captured)

    assert queries(morning[2]) == queries(morning[3], morning[4], morning[5])


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_overlapping_selections_at_once_approve_each_notice_once() -> None:
    publish_safety()
    approve_wordings()
    made = set_up_more(24)
    start, outcomes = threading.Barrier(2), []

    def decide(name: str, picked: list[int]) -> None:
        who = officer(name, offices=("child_benefits",))
        selection = select(who, filters=Filters(), picked=picked, today=TODAY, at=NOW)
        start.wait()
        try:
            outcomes.append(approve_selection(selection.pk, officer=who, at=AT).outcome)
        finally:
            connection.close()

    keys = [one.pk for one in made]
    threads = [
        threading.Thread(target=decide, args=one) for one in (("aoki", keys[:16]), ("baba", list(reversed(keys[8:]))))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(pk for one in outcomes for pk in one["approved"]) == keys
    assert sorted(why for one in outcomes for why in one["not_approved"].values()) == ["decided"] * 8
    assert OutboxRow.objects.count() == Decision.objects.filter(voided=False).count() == 24
    assert AuditRow.objects.filter(action="items_approved").values("subject").distinct().count() == 24
    assert audit.verify(MUNICIPALITY, installed().paths.anchor).intact
