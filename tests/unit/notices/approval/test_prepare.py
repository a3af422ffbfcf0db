"""Every hard stop of law.md section 1, held by the stage as a whole; and that a night run again changes nothing."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from engine.core.errors import SafetyStop
from engine.records.asof import bind_night
from notices.approval.models import AuditRow, Item, Notice, StaffTask, Suppression
from notices.approval.prepare import prepare_notices
from notices.recipients.models import Contact, SafetyPublication
from notices.recipients.publish import publish_safety
from tests.support.approvals import CITY, FRIDAY, Town, approve_wordings, items_of, run

pytestmark = pytest.mark.django_db
NEXT = FRIDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def wordings() -> None:
    approve_wordings()


def test_a_birth_becomes_one_notice_with_its_items_in_order(town: Town) -> None:
    town.birth()
    report = run(town)
    notice = Notice.objects.get()
    assert report.summary() == {"notices": {"prepared": 1, "withdrawn": 0}, "tasks": {}, "suppressed": {}}
    assert (notice.number, notice.addressee_id, notice.addressee_reason) == (
        "N-2026-000001",
        "F1",
        "parent_living_with_child",
    )
    assert (notice.subject_ids, notice.household_id, notice.due_on) == (["C1"], "H1", date(2026, 12, 8))
    assert [(item.programme, item.office) for item in items_of(notice)] == [
        ("child_allowance", "child_benefits"),
        ("infant_health_checks", "maternal_health"),
    ]
    assert notice.body.text["number"] == notice.number
    assert not StaffTask.objects.exists()


def test_numbers_follow_the_deadlines(town: Town) -> None:
    town.birth("H1", deadline_on=date(2026, 12, 9))
    town.birth("H2", deadline_on=date(2026, 12, 2))
    run(town)
    assert dict(Notice.objects.values_list("addressee_id", "number")) == {"F2": "N-2026-000001", "F1": "N-2026-000002"}


def everything() -> dict[str, list[tuple[object, ...]]]:
    return {
        "notices": list(
            Notice.objects.order_by("key").values_list("key", "number", "state", "content_hash", "version")
        ),
        "items": list(Item.objects.order_by("pk").values_list("match_id", "position", "wording_version")),
        "tasks": list(StaffTask.objects.order_by("key").values_list("key", "kind", "due_on", "state")),
        "suppressions": list(Suppression.objects.order_by("key").values_list("key", "reason")),
        "audit": list(AuditRow.objects.order_by("sequence").values_list("hash")),
    }


def test_the_same_night_twice_adds_nothing_and_says_the_same(town: Town) -> None:
    town.birth("H1")
    town.birth("H2")
    town.measure("M2")
    town.birth("H3", verify=["was_insured"])
    town.match("B3", "infant_health_checks", "C3", "H3", verdict="ineligible", excluded="already_receiving")
    night = town.night()
    publish_safety(night)
    first = prepare_notices(night)
    left = everything()
    publish_safety(night)
    assert prepare_notices(night) == first
    assert everything() == left


def test_a_night_killed_in_the_middle_leaves_nothing_half(town: Town) -> None:
    """One transaction: what stops the last notice takes the first one back too."""
    town.birth("H1", deadline_on=date(2026, 12, 2))
    town.birth("H2")
    night = town.night()
    publish_safety(night)
    town.warehouse.replace("matches.matches", CITY, FRIDAY, town.warehouse.read("SELECT * REPLACE (CASE WHEN event_id = 'B2' THEN '{' ELSE facts END AS facts) FROM matches.matches", {}))  # fmt: skip
    with pytest.raises(ValueError, match="Expecting"):
        prepare_notices(night)
    assert not Notice.objects.exists()
    assert not AuditRow.objects.exists()


def l1_protected(town: Town) -> None:
    town.birth()
    town.measure("F1")


def l1_in_the_household(town: Town) -> None:
    town.birth()
    town.measure("M1", kind="2")


def l1_perpetrator(town: Town) -> None:
    town.birth()
    town.measure("F1", role="PERPETRATOR")


def l1_once_in_the_household(town: Town) -> None:
    town.birth()
    town.person("X", "H1", hist_no=1)
    town.person("X", "H9", hist_no=2)
    town.measure("X")


def l2_ended_yesterday(town: Town) -> None:
    town.birth()
    town.measure("M1", to_on=FRIDAY - timedelta(days=1))


@pytest.mark.parametrize(
    "home",
    [
        pytest.param(l1_protected, id="L1 the addressee is protected"),
        pytest.param(l1_in_the_household, id="L1 somebody at home is"),
        pytest.param(l1_perpetrator, id="L1 the addressee is named as perpetrator"),
        pytest.param(l1_once_in_the_household, id="L1 somebody once at home is"),
        pytest.param(l2_ended_yesterday, id="L2 its end date passed yesterday"),
    ],
)
def test_a_support_measure_leaves_a_restricted_task_that_tells_nothing(
    home: Callable[[Town], None], town: Town
) -> None:
    home(town)
    report = run(town)
    assert report.summary()["notices"]["prepared"] == 0
    assert report.suppressed == {"support_measure": 1}
    task = StaffTask.objects.get()
    assert (task.kind, task.restricted, task.event, task.programme) == ("support_measure", True, "", "")
    for word in ("出生", "子", "住所", "学校", "課", "child", "E01"):
        assert word not in task.reason
    assert not Contact.objects.exists()


def l4_moved_out(town: Town) -> None:
    town.person("A1", "H1", born=date(1961, 11, 21), status="MOVED_OUT")
    town.event("T1", "E25", ("A1",), "H1")
    town.match("T1", "ltc_at_65", "A1", "H1")


def l5_dead(town: Town) -> None:
    town.person("A1", "H1", born=date(1961, 11, 21), status="DEAD")
    town.event("T1", "E25", ("A1",), "H1")
    town.match("T1", "ltc_at_65", "A1", "H1")


def l5_dead_claimant(town: Town) -> None:
    town.person("F1", "H1", status="DEAD")
    town.person("C1", "H1", rel="CHILD", born=date(2026, 11, 18))
    town.add("child_allowance", claimant_id="F1", child_id="C1", benefit_status="RECEIVING")
    town.event("T1", "E01", ("C1",), "H1")
    town.match("T1", "child_allowance", "C1", "H1")


def l6_adoption(town: Town) -> None:
    town.birth()
    town.matches = town.matches[:1]
    town.add("family_register", resident_id="C1", register_event="ADOPTION", register_event_on=FRIDAY)


def l6_public_assistance(town: Town) -> None:
    town.birth()
    town.matches = town.matches[:1]
    town.matches[0]["office"] = "public_assistance"


def l7_nobody_by_law(town: Town) -> None:
    town.person("C1", "H1", rel="COHABITANT", born=date(2026, 11, 18))
    town.event("T1", "E01", ("C1",), "H1")
    town.match("T1", "child_allowance", "C1", "H1")


def l8_ward(town: Town) -> None:
    town.person("A1", "H1", born=date(1961, 11, 21), ward_flag=True)
    town.event("T1", "E25", ("A1",), "H1")
    town.match("T1", "ltc_at_65", "A1", "H1")


def l10_opted_out(town: Town) -> None:
    town.birth()
    town.matches = town.matches[:1]
    town.add("preferences", resident_id="F1", opt_out_all=False, opt_out_topics="child_allowance")


def unread_row(town: Town) -> None:
    town.birth()
    town.quarantine.append(
        {"quarantine_id": "q", "table_name": "nhi", "resident_id": "M1", "reason": "acquired_on: not a date"}
    )


def already_receiving(town: Town) -> None:
    town.birth()
    town.matches = town.matches[:1]
    town.matches[0] |= {"verdict": "ineligible", "excluded": "already_receiving"}


@pytest.mark.parametrize(
    ("home", "suppressed", "task"),
    [
        pytest.param(l4_moved_out, "moved_out", None, id="L4 moved out"),
        pytest.param(l5_dead, "deceased", None, id="L5 the deceased is never addressed"),
        pytest.param(l5_dead_claimant, "no_addressee", "no_addressee", id="L5 nor about a child through them"),
        pytest.param(l6_adoption, "sensitive", "sensitive", id="L6 adoption"),
        pytest.param(l6_public_assistance, "sensitive", "sensitive", id="L6 public assistance"),
        pytest.param(l7_nobody_by_law, "no_addressee", "no_addressee", id="L7 nobody the law names"),
        pytest.param(l8_ward, "ward_without_address", "ward_without_address", id="L8 a ward without destination"),
        pytest.param(l10_opted_out, "opted_out", None, id="L10 opted out"),
        pytest.param(unread_row, "quarantined", "quarantined", id="reader rule 2: an unread row at home"),
        pytest.param(already_receiving, "already_receiving", None, id="receives it already"),
    ],
)
def test_what_is_not_written_has_a_named_reason(
    home: Callable[[Town], None], suppressed: str, task: str | None, town: Town
) -> None:
    home(town)
    report = run(town)
    assert not Notice.objects.exists()
    assert report.suppressed == {suppressed: 1}
    assert all(Suppression.objects.values_list("law", flat=True))
    assert report.tasks == ({task: 1} if task else {})


def test_l2_without_tonights_safety_facts_nothing_is_prepared(town: Town) -> None:
    town.birth()
    night = town.night()
    with pytest.raises(SafetyStop):
        prepare_notices(night)
    publish_safety(night)
    SafetyPublication.objects.update(complete=False)
    with pytest.raises(SafetyStop):
        prepare_notices(night)
    assert not Notice.objects.exists()


def test_l3_a_notice_about_a_child_does_not_go_to_a_parent_elsewhere(town: Town) -> None:
    """The registered claimant moved out with nobody told: the parent at home is written to, at the child's home."""
    town.birth()
    town.person("F1", "H9", hist_no=2)
    run(town)
    assert Notice.objects.get().addressee_id == "M1"


def test_l5_a_death_is_told_after_a_while_to_a_survivor(town: Town) -> None:
    town.person("D1", "H1", born=date(1944, 1, 1), status="DEAD")
    town.person("W1", "H1", rel="WIFE", born=date(1948, 1, 1))
    town.event("T1", "E10", ("D1",), "H1", on=date(2026, 11, 16))
    town.match("T1", "nhi_funeral_grant", "D1", "H1", deadline_on=date(2028, 11, 20))
    run(town)
    notice = Notice.objects.get()
    assert (notice.addressee_id, notice.not_before, notice.flags) == ("W1", date(2026, 11, 30), ["grief"])
    assert notice.four_eyes == 2


@pytest.mark.parametrize(
    ("born", "addressee"),
    [
        pytest.param(date(2008, 11, 21), "F1", id="the day before the 18th birthday"),
        pytest.param(date(2008, 11, 20), "A1", id="on it"),
    ],
)
def test_l7_from_the_18th_birthday_the_person_themself(born: date, addressee: str, town: Town) -> None:
    town.person("F1", "H1")
    town.person("A1", "H1", rel="CHILD", born=born)
    town.event("T1", "E30", ("A1",), "H1")
    town.match("T1", "light_vehicle_tax_relief", "A1", "H1", deadline_on=date(2027, 5, 31))
    run(town)
    notice = Notice.objects.get()
    assert (notice.addressee_id, notice.four_eyes, "sensitive" in notice.flags) == (addressee, 2, True)


def test_l9_two_addressees_get_two_notices_that_do_not_name_each_others_programmes(town: Town) -> None:
    town.birth()
    town.person("A1", "H1", rel="FATHER", born=date(1961, 11, 21))
    town.event("T1", "E25", ("A1",), "H1")
    town.match("T1", "ltc_at_65", "A1", "H1")
    run(town)
    said = {notice.addressee_id: str(notice.body.text) for notice in Notice.objects.all()}
    assert set(said) == {"F1", "A1"}
    assert "介護保険" not in said["F1"]
    assert "児童手当" not in said["A1"]


def test_l10_a_duty_is_told_although_opted_out(town: Town) -> None:
    town.person("A1", "H1", born=date(1951, 11, 20))
    town.add("preferences", resident_id="A1", opt_out_all=True)
    town.event("T1", "E26", ("A1",), "H1")
    town.match("T1", "elderly_medical_at_75", "A1", "H1")
    run(town)
    assert Notice.objects.get().addressee_id == "A1"


def test_l10_only_the_topic_opted_out_of_is_left_out(town: Town) -> None:
    town.birth()
    town.add("preferences", resident_id="F1", opt_out_topics="infant_health_checks")
    report = run(town)
    assert [item.programme for item in items_of(Notice.objects.get())] == ["child_allowance"]
    assert report.suppressed == {"opted_out": 1}


def test_twins_are_one_notice(town: Town) -> None:
    town.family()
    town.person("D1", "H1", rel="CHILD", born=date(2026, 11, 18))
    town.event("T1", "E01", ("C1", "D1"), "H1")
    for child in ("C1", "D1"):
        town.match("T1", "child_allowance", child, "H1", deadline_on=date(2026, 12, 8))
    run(town)
    notice = Notice.objects.get()
    assert notice.subject_ids == ["C1", "D1"]
    assert notice.items.count() == 2
    assert len(notice.body.text["cards"]) == 1


def test_a_late_file_for_an_older_night_is_held_to_the_newest_safety_facts(town: Town) -> None:
    town.birth()
    older = town.night()
    town.measure("M1")
    publish_safety(town.night(NEXT))
    publish_safety(older)
    assert prepare_notices(older).suppressed == {"support_measure": 1}
    assert not Notice.objects.exists()


def test_an_older_night_run_again_leaves_to_later_nights_what_they_decided(town: Town) -> None:
    town.birth("H1")
    town.birth("H2")
    older = town.night()
    publish_safety(older)
    first = prepare_notices(older)
    town.event("B1", "E01", ("C1",), "H1", state="void", reason="R2_cancelled")
    town.person("F2", "H2", hist_no=2, status="DEAD")
    run(town, NEXT)
    left = everything()
    bind_night(town.warehouse, CITY, FRIDAY)  # as loading the older night does
    assert prepare_notices(older) == first
    assert everything() == left
