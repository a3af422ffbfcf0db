import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engine.core.clock import TOKYO
from engine.core.errors import InputError, SafetyStop, StateError, TodokeError
from notices.approval import audit
from notices.approval.decide import REJECT_REASONS, approve, claim, holds, reject, release, take_on
from notices.approval.hashing import content_hash
from notices.approval.models import AuditRow, Decision, Item, Notice, NoticeBody, OutboxRow, StaffTask
from notices.approval.officer import Officer
from notices.approval.refusals import AlreadyDecided, ContentChanged, NotAllowed, Stopped
from notices.recipients.models import Block, Contact, SafetyPublication
from notices.site import installed
from notices.wording.models import Wording
from tests.support.approvals import (
    AT,
    CITY,
    EVERY_OFFICE,
    FRIDAY,
    Town,
    approve_wordings,
    items_of,
    later,
    officer,
    run,
)

pytestmark = pytest.mark.django_db
ALL = officer("all", offices=EVERY_OFFICE)
CHILD = officer("aoki", offices=("child_benefits",))
HEALTH = officer("baba", offices=("maternal_health",))


def birth(town: Town) -> Notice:
    approve_wordings()
    town.birth()
    run(town)
    return Notice.objects.get()


def death(town: Town) -> Notice:
    approve_wordings()
    town.person("D1", "H1", born=date(1944, 1, 1), status="DEAD")
    town.person("W1", "H1", rel="WIFE", born=date(1948, 1, 1))
    town.event("T1", "E10", ("D1",), "H1")
    town.match("T1", "nhi_funeral_grant", "D1", "H1", deadline_on=date(2028, 11, 20))
    run(town)
    return Notice.objects.get()


def test_an_approval_queues_the_notice_with_one_outbox_row(town: Town) -> None:
    notice = birth(town)
    done = approve(notice.pk, officer=ALL, at=AT)
    row = OutboxRow.objects.get()
    assert (done.state, row.notice_id, row.content_hash) == ("queued", notice.pk, notice.content_hash)
    assert (row.not_before, row.not_after) == (AT + timedelta(seconds=120), date(2026, 12, 8))
    assert {item.state for item in items_of(notice)} == {"approved"}
    assert AuditRow.objects.filter(action="items_approved", actor="all").count() == 1
    assert audit.verify(CITY, installed().paths.anchor).unanchored == 0


def test_each_office_decides_its_own_items_and_the_last_one_sends(town: Town) -> None:
    notice = birth(town)
    first = approve(notice.pk, officer=CHILD, at=AT)
    assert (first.state, first.claimed_by, OutboxRow.objects.count()) == ("prepared", "", 0)
    assert [item.state for item in items_of(notice)] == ["approved", "open"]
    assert approve(notice.pk, officer=HEALTH, at=AT).state == "queued"


def test_an_item_of_another_office_cannot_be_decided(town: Town) -> None:
    notice = birth(town)
    theirs = items_of(notice)[1].pk
    with pytest.raises(NotAllowed, match="another office"):
        approve(notice.pk, officer=CHILD, at=AT, item_ids=[theirs])
    with pytest.raises(NotAllowed):
        approve(notice.pk, officer=officer(offices=("tax",)), at=AT)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("roles", [(), ("viewer",), ("reviewer",), ("auditor", "administrator")])
def test_only_an_approver_approves(roles: tuple[str, ...], town: Town) -> None:
    notice = birth(town)
    with pytest.raises(NotAllowed, match="approver"):
        approve(notice.pk, officer=officer(roles=roles), at=AT)


def test_another_municipalitys_notice_is_not_there(town: Town) -> None:
    notice = birth(town)
    Notice.objects.update(municipality_code="292028")
    with pytest.raises(NotAllowed):
        approve(notice.pk, officer=ALL, at=AT)


def test_four_eyes_are_two_people(town: Town) -> None:
    notice = death(town)
    waiting = approve(notice.pk, officer=officer("aoki", offices=("insurance",)), at=AT)
    assert (waiting.state, OutboxRow.objects.count()) == ("prepared", 0)
    with pytest.raises(NotAllowed, match="second officer"):
        approve(notice.pk, officer=officer("aoki", offices=("insurance",)), at=AT)
    assert approve(notice.pk, officer=officer("baba", offices=("insurance",)), at=AT).state == "queued"


def test_a_death_waits_out_its_delay_in_the_outbox(town: Town) -> None:
    notice = death(town)
    for name in ("aoki", "baba"):
        approve(notice.pk, officer=officer(name, offices=("insurance",)), at=AT)
    assert OutboxRow.objects.get().not_before == datetime(2026, 12, 2, 0, 0, tzinfo=TOKYO)


def test_decided_is_decided(town: Town) -> None:
    notice = birth(town)
    approve(notice.pk, officer=ALL, at=AT)
    with pytest.raises(AlreadyDecided, match="queued"):
        approve(notice.pk, officer=ALL, at=AT)
    with pytest.raises(AlreadyDecided):
        reject(notice.pk, officer=ALL, at=AT, reason_code="wording", comment="")
    assert OutboxRow.objects.count() == 1


def text_edited(notice: Notice) -> None:
    NoticeBody.objects.filter(pk=notice.pk).update(text=notice.body.text | {"opening": "別の文"})


def facts_edited(notice: Notice) -> None:
    Item.objects.filter(notice=notice).update(facts={"name": {"ja": "別"}})


def readdressed(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(addressee_id="M1", subject_ids=["C1"])


@pytest.mark.parametrize("edit", [text_edited, facts_edited, readdressed])
def test_an_approval_is_bound_to_the_content(edit: object, town: Town) -> None:
    notice = birth(town)
    Contact.objects.create(municipality_code=CITY, resident_id="M1", household_id="H1", status="RESIDENT", name="x", postal="x", address="x", source="residents", data_date=FRIDAY)  # fmt: skip
    edit(notice)  # type: ignore[operator]
    with pytest.raises(ContentChanged):
        approve(notice.pk, officer=ALL, at=AT)
    assert not OutboxRow.objects.exists()


def test_what_was_shown_must_be_what_is_there(town: Town) -> None:
    notice = birth(town)
    with pytest.raises(ContentChanged):
        approve(notice.pk, officer=ALL, at=AT, seen="0" * 64)
    assert approve(notice.pk, officer=ALL, at=AT, seen=notice.content_hash).state == "queued"


def test_a_wording_that_is_no_longer_approved_cannot_be_approved(town: Town) -> None:
    notice = birth(town)
    Wording.objects.filter(programme="", event="E01").update(state=Wording.State.SUPERSEDED)
    with pytest.raises(StateError, match="not approved"):
        approve(notice.pk, officer=ALL, at=AT)


def test_without_good_safety_facts_nobody_approves(town: Town) -> None:
    notice = birth(town)
    SafetyPublication.objects.update(complete=False, reason="the feed is stale")
    with pytest.raises(SafetyStop, match="stale"):
        approve(notice.pk, officer=ALL, at=AT)
    SafetyPublication.objects.update(complete=True)
    with pytest.raises(SafetyStop, match="were due"):
        approve(notice.pk, officer=ALL, at=later(24))
    assert Notice.objects.get().state == "prepared"


def block(reason: str) -> None:
    Block.objects.create(municipality_code=CITY, resident_id="C1", reason=reason, law="L1", since=FRIDAY)


@pytest.mark.parametrize(
    ("reason", "state", "said", "task"),
    [
        pytest.param("support_measure", "withdrawn", "safety", "support_measure", id="L1 a support measure"),
        pytest.param("held_by_call", "held", "held_by_call", None, id="a call"),
    ],
)
def test_a_stop_since_it_was_prepared_takes_the_notice_back(
    reason: str, state: str, said: str, task: str | None, town: Town
) -> None:
    notice = birth(town)
    block(reason)
    with pytest.raises(Stopped, match=said) as stopped:
        approve(notice.pk, officer=ALL, at=AT)
    assert "support" not in str(stopped.value)
    stored = Notice.objects.get()
    assert (stored.state, stored.state_reason) == (state, said)
    assert not OutboxRow.objects.exists()
    assert list(StaffTask.objects.values_list("kind", flat=True)) == ([task] if task else [])


def test_a_dead_addressee_leaves_a_task_for_somebody_else_to_be_told(town: Town) -> None:
    notice = birth(town)
    Contact.objects.filter(resident_id="F1").update(status="DEAD")
    with pytest.raises(Stopped, match="deceased"):
        approve(notice.pk, officer=ALL, at=AT)
    assert StaffTask.objects.get().kind == "addressee_changed"


def test_a_colleague_has_it_until_the_lease_ends(town: Town) -> None:
    notice = birth(town)
    claim(notice.pk, officer=ALL, at=AT)
    with pytest.raises(StateError, match="08:45"):
        approve(notice.pk, officer=CHILD, at=AT + timedelta(minutes=14))
    with pytest.raises(StateError, match="colleague"):
        release(notice.pk, officer=CHILD, at=AT)
    assert approve(notice.pk, officer=CHILD, at=AT + timedelta(minutes=16)).state == "prepared"


def test_a_claim_can_be_given_back(town: Town) -> None:
    notice = birth(town)
    assert claim(notice.pk, officer=ALL, at=AT).state == "in_review"
    given = release(notice.pk, officer=ALL, at=AT)
    assert (given.state, given.claimed_by, given.claimed_until) == ("prepared", "", None)


def test_everything_sent_back_ends_the_notice_and_leaves_a_task(town: Town) -> None:
    notice = birth(town)
    done = reject(notice.pk, officer=ALL, at=AT, reason_code="wrong_person", comment="")
    assert (done.state, done.state_reason) == ("rejected", "sent_back")
    assert set(StaffTask.objects.values_list("kind", flat=True)) == {"sent_back"}
    assert AuditRow.objects.get(action="items_rejected").details["reason"] == "wrong_person"


def test_what_one_office_sends_back_leaves_the_text_and_the_rest_goes(town: Town) -> None:
    notice = birth(town)
    approve(notice.pk, officer=CHILD, at=AT)
    done = reject(notice.pk, officer=HEALTH, at=AT, reason_code="other", comment="すでに受診")
    stored = Notice.objects.select_related("body").get()
    assert done.state == stored.state == "queued"
    assert [card["programme"] for card in stored.body.text["cards"]] == ["child_allowance"]
    assert OutboxRow.objects.get().content_hash == stored.content_hash != notice.content_hash
    assert content_hash(stored, stored.items.all(), stored.body.text) == stored.content_hash


def test_sent_back_first_and_approved_after_goes_without_the_item(town: Town) -> None:
    notice = birth(town)
    assert reject(notice.pk, officer=CHILD, at=AT, reason_code="already_done", comment="").state == "prepared"
    done = approve(notice.pk, officer=HEALTH, at=AT)
    assert (done.state, done.due_on) == ("queued", None)


@pytest.mark.parametrize(
    ("reason", "comment", "said"),
    [
        pytest.param("", "", "a reason is needed", id="none"),
        pytest.param("because", "", "a reason is needed", id="not on the list"),
        pytest.param("other", "  ", "needs a comment", id="other without words"),
    ],
)
def test_sending_back_needs_a_reason(reason: str, comment: str, said: str, town: Town) -> None:
    notice = birth(town)
    with pytest.raises(InputError, match=said):
        reject(notice.pk, officer=ALL, at=AT, reason_code=reason, comment=comment)
    assert all(ja and en for ja, en in REJECT_REASONS.values())


def test_a_comment_is_sealed_in_the_store(town: Town) -> None:
    notice = birth(town)
    reject(notice.pk, officer=ALL, at=AT, reason_code="other", comment="電話で確認した")
    with connection.cursor() as cursor:
        cursor.execute("SELECT comment FROM approval_decision")
        stored = {row[0] for row in cursor.fetchall()}
    assert all(value.startswith("v1:") for value in stored)
    assert {one.comment for one in Decision.objects.all()} == {"電話で確認した"}


def at_once(act: Callable[[Officer], Notice], *names: str) -> list[str]:
    """What comes of it for each when all act at the same moment: the notice's state, or the code of the refusal."""
    start, ended = threading.Barrier(len(names)), []

    def one(name: str) -> None:
        start.wait()
        try:
            ended.append(act(officer(name, offices=EVERY_OFFICE)).state)
        except TodokeError as error:
            ended.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


@pytest.mark.django_db(transaction=True)
def test_one_of_several_who_claim_at_once_has_it(town: Town) -> None:
    notice = birth(town)
    ended = at_once(lambda who: claim(notice.pk, officer=who, at=AT), "aoki", "baba", "chiba", "doi")
    assert sorted(ended) == ["in_review", "state_error", "state_error", "state_error"]
    stored = Notice.objects.get(pk=notice.pk)
    assert (stored.state, stored.version, bool(stored.claimed_by)) == ("in_review", 2, True)


@pytest.mark.parametrize(
    ("name", "after_seconds", "expected"),
    [
        pytest.param("aoki", 60, True, id="just taken on"),
        pytest.param("aoki", 8 * 60, False, id="much of the lease is over"),
        pytest.param("baba", 60, False, id="a colleague's"),
    ],
)
def test_what_was_taken_on_lately_need_not_be_taken_on_again(
    name: str, after_seconds: int, expected: bool, town: Town
) -> None:
    notice = claim(birth(town).pk, officer=officer("aoki", offices=EVERY_OFFICE), at=AT)
    assert holds(notice, officer(name, offices=EVERY_OFFICE), AT + timedelta(seconds=after_seconds)) is expected


def test_a_claim_renewed_since_it_was_read_is_not_taken_away(town: Town) -> None:
    owner, other = (officer(name, offices=EVERY_OFFICE) for name in ("aoki", "baba"))
    lapsed, later = claim(birth(town).pk, officer=owner, at=AT), AT + timedelta(hours=1)
    read = Notice.objects.get(pk=lapsed.pk)
    claim(lapsed.pk, officer=owner, at=later)
    with pytest.raises(StateError, match="meanwhile"):
        take_on(read, other, later)
    assert Notice.objects.get(pk=lapsed.pk).claimed_by == "aoki"


def test_taking_a_notice_on_again_writes_nothing(town: Town) -> None:
    notice = claim(birth(town).pk, officer=ALL, at=AT)
    with CaptureQueriesContext(connection) as asked:
        take_on(notice, ALL, AT + timedelta(seconds=60))
    assert len(asked) == 0


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_make_one_outbox_row(town: Town) -> None:
    notice = birth(town)
    ended = at_once(lambda who: approve(notice.pk, officer=who, at=AT), "aoki", "baba")
    assert sorted(ended) in (["already_decided", "queued"], ["queued", "state_error"])
    assert OutboxRow.objects.count() == 1
    assert audit.verify(CITY, installed().paths.anchor).intact
