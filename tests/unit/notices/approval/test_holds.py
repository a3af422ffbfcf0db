from datetime import timedelta

import pytest

from engine.core.errors import InputError
from notices.approval.decide import approve
from notices.approval.holds import hold, release
from notices.approval.models import AuditRow, Notice, OutboxRow
from notices.recipients.models import Block
from tests.support.approvals import AT, CITY, EVERY_OFFICE, FRIDAY, Town, approve_wordings, officer, run

pytestmark = pytest.mark.django_db
ALL = officer("all", offices=EVERY_OFFICE)


@pytest.fixture
def notice(town: Town) -> Notice:
    approve_wordings()
    town.birth("H1")
    town.birth("H2")
    run(town)
    return Notice.objects.get(addressee_id="F1")


def held(person: str, *, household: bool = True) -> int:
    return hold(person, municipality=CITY, by="counter", reason="本人の電話", at=AT, household=household)


def let_go(person: str) -> int:
    return release(person, municipality=CITY, by="counter", reason="確認ずみ", at=AT)


@pytest.mark.parametrize("approved", [False, True], ids=["waiting", "approved"])
def test_a_call_stops_everything_to_and_about_a_person_at_once(approved: bool, notice: Notice) -> None:
    if approved:
        approve(notice.pk, officer=ALL, at=AT)
    assert held("C1") == 1
    stored = Notice.objects.get(pk=notice.pk)
    assert (stored.state, stored.state_reason) == ("held", "held_by_call")
    assert Notice.objects.get(addressee_id="F2").state == "prepared"
    assert not OutboxRow.objects.exists()
    assert {block.resident_id for block in Block.objects.all()} == {"C1", "F1"}
    assert AuditRow.objects.get(action="person_held").actor == "counter"


def test_without_the_household_only_the_person_is_held(notice: Notice) -> None:
    assert held("M1", household=False) == 0
    assert Notice.objects.get(pk=notice.pk).state == "prepared"


def test_holding_twice_holds_once(notice: Notice) -> None:
    assert (held("C1"), held("C1")) == (1, 0)
    assert Block.objects.count() == 2


def test_a_hold_outlives_the_night_and_stops_what_comes_new(notice: Notice, town: Town) -> None:
    held("C1")
    town.event("T8", "E39", ("C1",), "H1", on=FRIDAY)
    town.match("T8", "infant_health_checks", "C1", "H1")
    report = run(town, FRIDAY + timedelta(days=1))
    assert (report.prepared, report.tasks, report.suppressed) == (0, {"held_by_call": 1}, {"held_by_call": 1})
    assert Notice.objects.get(pk=notice.pk).state == "held"


def test_let_go_a_notice_needs_its_approval_again(notice: Notice) -> None:
    approve(notice.pk, officer=ALL, at=AT)
    held("C1")
    assert let_go("C1") == 1
    assert not Block.objects.exists()
    assert Notice.objects.get(pk=notice.pk).state == "prepared"
    assert approve(notice.pk, officer=ALL, at=AT).state == "queued"


def test_a_block_by_law_stays(notice: Notice) -> None:
    held("C1")
    Block.objects.create(municipality_code=CITY, resident_id="F1", reason="quarantined", law="x", since=FRIDAY)
    assert let_go("C1") == 0
    assert Notice.objects.get(pk=notice.pk).state == "held"


def test_letting_go_somebody_who_is_not_held_is_said() -> None:
    with pytest.raises(InputError, match="not held"):
        let_go("C1")


@pytest.mark.parametrize(("person", "by", "reason"), [("", "a", "b"), ("C1", " ", "b"), ("C1", "a", "")])
def test_a_hold_says_whom_by_whom_and_why(person: str, by: str, reason: str) -> None:
    with pytest.raises(InputError, match="--reason"):
        hold(person, municipality=CITY, by=by, reason=reason, at=AT)
