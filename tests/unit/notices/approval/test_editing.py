from datetime import date

import pytest

from engine.core.errors import InputError, StateError
from notices.approval import bulk
from notices.approval.decide import approve, reject
from notices.approval.editing import blocks, edit
from notices.approval.models import AuditRow, Decision, Notice, NoticeEdit, OutboxRow
from notices.approval.refusals import ContentChanged, NotAllowed
from notices.approval.waiting import Filters
from notices.wording.models import Wording
from tests.support.approvals import AT, EVERY_OFFICE, Town, approve_wordings, items_of, officer, run

pytestmark = pytest.mark.django_db
AOKI = officer("aoki", offices=EVERY_OFFICE)
BABA = officer("baba", offices=EVERY_OFFICE)
CHIBA = officer("chiba", offices=EVERY_OFFICE)
CHILD = officer("aoki", offices=("child_benefits",))
ADDED = "わからないことは、担当の課に聞いてください。"


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


def changed(notice: Notice, programme: str, section: str, added: str = ADDED) -> dict[str, str]:
    block = next(one for one in blocks(notice, AOKI) if one.programme == programme)
    return dict(block.sections) | {section: block.sections[section] + added}


def edited(notice: Notice, programme: str = "child_allowance", section: str = "how", by: object = AOKI) -> Notice:
    notice.refresh_from_db()
    sections = changed(notice, programme, section)
    done = edit(notice.pk, officer=by, at=AT, programme=programme, sections=sections, seen=notice.content_hash)  # type: ignore[arg-type]
    assert done.findings == ()
    return Notice.objects.get(pk=notice.pk)


@pytest.mark.parametrize(("programme", "section"), [("child_allowance", "how"), ("", "opening")])
def test_an_edit_is_in_the_text_and_another_person_approves_it(programme: str, section: str, town: Town) -> None:
    notice = birth(town)
    after = edited(notice, programme, section)
    assert ADDED in str(after.body.text)
    assert (after.state, after.claimed_by, after.content_hash == notice.content_hash) == ("prepared", "", False)
    with pytest.raises(NotAllowed, match="edited by this officer"):
        approve(notice.pk, officer=AOKI, at=AT)
    assert not OutboxRow.objects.exists()
    done = approve(notice.pk, officer=BABA, at=AT, seen=after.content_hash)
    assert (done.state, OutboxRow.objects.get().content_hash) == ("queued", after.content_hash)


def test_each_editor_of_a_notice_is_kept_from_approving_it(town: Town) -> None:
    notice = birth(town)
    edited(notice)
    edited(notice, "", "opening", by=BABA)
    for one in (AOKI, BABA):
        with pytest.raises(NotAllowed):
            approve(notice.pk, officer=one, at=AT)
    assert approve(notice.pk, officer=CHIBA, at=AT).state == "queued"


@pytest.mark.parametrize(("programme", "section"), [("child_allowance", "how"), ("", "opening")])
def test_an_approval_given_before_does_not_count(programme: str, section: str, town: Town) -> None:
    notice = birth(town)
    approve(notice.pk, officer=officer("baba", offices=("maternal_health",)), at=AT)
    after = edited(notice, programme, section)
    assert {item.state for item in items_of(after)} == {"open"}
    assert not Decision.objects.filter(voided=False).exists()
    with pytest.raises(ContentChanged):
        approve(notice.pk, officer=BABA, at=AT, seen=notice.content_hash)


def test_two_approvers_are_two_who_did_not_edit(town: Town) -> None:
    notice = death(town)
    edited(notice, "nhi_funeral_grant", "how")
    assert approve(notice.pk, officer=BABA, at=AT).state == "prepared"
    with pytest.raises(NotAllowed, match="edited by this officer"):
        approve(notice.pk, officer=AOKI, at=AT)
    assert approve(notice.pk, officer=CHIBA, at=AT).state == "queued"


@pytest.mark.parametrize(
    ("section", "text", "code"),
    [
        pytest.param("how", "窓口で必ずもらえます。{how}", "promise", id="a promise"),
        pytest.param("how", "12月8日までです。{how}", "number", id="a figure"),
        pytest.param("how", "窓口に出してください。", "slots_kept", id="a slot lost"),
        pytest.param("how", "{how}{office}", "slots_kept", id="a slot added"),
    ],
)
def test_an_edit_is_held_to_the_guard_and_nothing_is_kept(section: str, text: str, code: str, town: Town) -> None:
    notice = birth(town)
    block = next(one for one in blocks(notice, AOKI) if one.programme == "child_allowance")
    done = edit(
        notice.pk,
        officer=AOKI,
        at=AT,
        programme="child_allowance",
        sections=dict(block.sections) | {section: text},
        seen=notice.content_hash,
    )
    assert code in {finding.code for finding in done.findings}
    assert not NoticeEdit.objects.exists()
    assert Notice.objects.get().content_hash == notice.content_hash
    assert approve(notice.pk, officer=AOKI, at=AT).state == "queued"


def test_an_edit_keeps_what_stood_before_and_is_in_the_audit_chain(town: Town) -> None:
    notice = birth(town)
    after = edited(notice)
    kept = NoticeEdit.objects.get()
    assert kept.sections["how"] == kept.before["how"] + ADDED
    row = AuditRow.objects.get(action="wording_edited")
    assert (row.actor, row.details["before"], row.details["content"]) == (
        "aoki",
        notice.content_hash,
        after.content_hash,
    )
    assert ADDED not in str(row.details)


def test_an_edited_notice_is_flagged_and_not_approved_among_many(town: Town) -> None:
    notice = edited(birth(town))
    assert notice.flags.count("edited") == 1
    chosen = bulk.select(BABA, filters=Filters(), picked=[notice.pk], today=AT.date(), at=AT)
    assert (chosen.frozen, sum(chosen.left_out.values())) == ([], 1)


def test_another_offices_text_cannot_be_edited(town: Town) -> None:
    notice = birth(town)
    sections = changed(notice, "infant_health_checks", "how")
    assert [block.programme for block in blocks(notice, CHILD)] == ["", "child_allowance"]
    with pytest.raises(NotAllowed, match="another office"):
        edit(
            notice.pk,
            officer=CHILD,
            at=AT,
            programme="infant_health_checks",
            sections=sections,
            seen=notice.content_hash,
        )


def test_nothing_changed_is_said_so(town: Town) -> None:
    notice = birth(town)
    sections = changed(notice, "", "opening", "")
    with pytest.raises(InputError, match="nothing was changed"):
        edit(notice.pk, officer=AOKI, at=AT, programme="", sections=sections, seen=notice.content_hash)
    with pytest.raises(ContentChanged):
        edit(notice.pk, officer=AOKI, at=AT, programme="", sections=sections, seen="0" * 64)


def test_an_edit_stays_when_an_item_leaves_the_notice(town: Town) -> None:
    notice = edited(birth(town))
    theirs = items_of(notice)[1].pk
    reject(notice.pk, officer=BABA, at=AT, reason_code="wording", comment="", item_ids=[theirs])
    notice.refresh_from_db()
    assert ADDED in str(Notice.objects.get().body.text)
    assert approve(notice.pk, officer=CHIBA, at=AT).state == "queued"


def test_an_edit_of_a_wording_no_longer_approved_cannot_be_approved(town: Town) -> None:
    notice = edited(birth(town))
    Wording.objects.filter(programme="child_allowance").update(state=Wording.State.SUPERSEDED)
    with pytest.raises(StateError, match="not approved"):
        approve(notice.pk, officer=BABA, at=AT)
