from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices.approval import queue
from notices.approval.decide import approve, claim, reject
from notices.approval.models import JobRun, Notice, StaffTask
from notices.approval.officer import Officer
from notices.approval.tallies import numbers_of
from notices.approval.waiting import Filters
from notices.recipients.models import Block
from tests.support.approvals import AT, CITY, EVERY_OFFICE, FRIDAY, Town, approve_wordings, officer, run

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
CHILD = officer("aoki", offices=("child_benefits",))
HEALTH = officer("baba", offices=("maternal_health",))


def morning(town: Town, households: int = 2) -> list[Notice]:
    """Births with deadlines a week apart, the nearest first, and one 65th birthday."""
    approve_wordings()
    for number in range(1, households + 1):
        town.birth(f"H{number}", deadline_on=date(2026, 11, 30) + timedelta(days=7 * number))
    town.person("A9", "H9", born=date(1961, 11, 21))
    town.event("T9", "E25", ("A9",), "H9")
    town.match("T9", "ltc_at_65", "A9", "H9")
    run(town)
    return list(Notice.objects.order_by("number"))


def counted(who: Officer, at: datetime) -> queue.Counts:
    return queue.counts(who, numbers_of(who, at=at))


def shown(who: Officer, **filters: str) -> list[str]:
    found = queue.groups(who, filters=Filters(**filters), today=TODAY)
    return [Notice.objects.get(pk=row.notice.pk).addressee_id for group in found for row in group.rows]


def test_an_officer_sees_what_waits_for_their_offices(town: Town) -> None:
    morning(town)
    assert shown(CHILD) == ["F1", "F2"]
    assert shown(HEALTH) == ["F1", "F2"]
    assert shown(officer(offices=("long_term_care",))) == ["A9"]
    assert shown(officer(offices=EVERY_OFFICE)) == ["F1", "F2", "A9"]
    assert shown(officer(offices=())) == []


def test_what_is_decided_leaves_the_queue_of_who_decided(town: Town) -> None:
    first = morning(town)[0]
    approve(first.pk, officer=CHILD, at=AT)
    assert shown(CHILD) == ["F2"]
    assert shown(HEALTH) == ["F1", "F2"]


def test_who_approved_already_waits_for_the_second_pair_of_eyes(town: Town) -> None:
    first = morning(town)[0]
    Notice.objects.update(four_eyes=2)
    approve(first.pk, officer=CHILD, at=AT)
    assert shown(CHILD) == ["F2"]
    assert shown(officer("chiba", offices=("child_benefits",))) == ["F1", "F2"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({"event": "E25"}, ["A9"], id="event"),
        pytest.param({"programme": "child_allowance"}, ["F1", "F2"], id="programme"),
        pytest.param({"office": "long_term_care"}, ["A9"], id="office"),
        pytest.param({"language": "en"}, [], id="language"),
        pytest.param({"urgency": "1"}, ["F1"], id="within two weeks, as seen today"),
        pytest.param({"urgency": "0"}, ["F2", "A9"], id="not urgent"),
        pytest.param({"urgency": "x"}, [], id="no such urgency"),
        pytest.param({"flag": "ask"}, [], id="flag"),
    ],
)
def test_filters_narrow_the_queue(filters: dict[str, str], expected: list[str], town: Town) -> None:
    morning(town)
    assert shown(officer(offices=EVERY_OFFICE), **filters) == expected


def test_waiting_makes_a_notice_urgent(town: Town) -> None:
    morning(town)
    later = date(2026, 12, 1)
    assert counted(CHILD, AT).urgent == 0
    assert counted(CHILD, AT + (later - TODAY)).urgent == 1
    rows = queue.groups(CHILD, filters=Filters(), today=later)[0].rows
    assert [row.notice.urgency for row in rows] == [2, 1]


def test_counts_are_of_this_officers_part(town: Town) -> None:
    notices = morning(town)
    for number, (office, restricted) in enumerate([("child_benefits", False), ("tax", False), ("citizen", True)]):
        StaffTask.objects.create(municipality_code=CITY, key=str(number), kind="verify", office=office, subject_id="x", reason="x", night=FRIDAY, due_on=FRIDAY, restricted=restricted, created_at=AT)  # fmt: skip
    JobRun.objects.create(job="night", municipality_code=CITY, on=FRIDAY, state="done", holder="x", heartbeat_at=AT, started_at=AT, summary={"held": {"E09": {}}})  # fmt: skip
    reject(notices[0].pk, officer=CHILD, at=AT, reason_code="wording", comment="")
    mine = counted(CHILD, AT)
    assert (mine.total, mine.tasks, mine.restricted_tasks, mine.held) == (1, 2, 0, 1)  # the task sent back is one
    named = counted(officer(offices=(), roles=("support_measures",)), AT)
    assert (named.total, named.tasks, named.restricted_tasks) == (0, 1, 1)


@pytest.mark.parametrize("ask", ["groups", "counts"])
def test_the_number_of_queries_does_not_grow_with_the_queue(ask: str, town: Town) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            if ask == "groups":
                queue.groups(CHILD, filters=Filters(), today=TODAY)
            else:
                counted(CHILD, AT)
        return len(captured)

    morning(town, 1)
    few = queries()
    for number in range(2, 8):
        town.birth(f"H{number}")
    run(town, FRIDAY + timedelta(days=1))
    assert queries() == few


def test_a_review_shows_another_offices_item_by_its_name_only(town: Town) -> None:
    first = morning(town)[0]
    sheet = queue.review(CHILD, first.pk)
    mine, theirs = sheet.items
    assert mine.criteria and mine.evidence and mine.facts["gives"]
    assert (theirs.criteria, theirs.evidence, list(theirs.facts)) == ([], [], ["name"])
    assert [(card["programme"], bool(card["gives"])) for card in sheet.text["cards"]] == [
        ("child_allowance", True),
        ("infant_health_checks", False),
    ]
    assert len(sheet.text["details"]) == 1
    assert len(queue.review(officer(offices=EVERY_OFFICE), first.pk).text["details"]) == 2


def test_a_notice_without_ones_office_is_not_there(town: Town) -> None:
    first = morning(town)[0]
    with pytest.raises(Notice.DoesNotExist):
        queue.review(officer(offices=("tax",)), first.pk)


def test_the_history_of_the_household_is_of_ones_own_offices(town: Town) -> None:
    morning(town)
    town.event("T8", "E39", ("C1",), "H1", on=FRIDAY)
    town.match("T8", "infant_health_checks", "C1", "H1")
    run(town, FRIDAY + timedelta(days=1))
    first = Notice.objects.get(event="E01", addressee_id="F1")
    assert [one.event for one in queue.review(HEALTH, first.pk).history] == ["E39"]
    assert queue.review(CHILD, first.pk).history == []


def test_each_safety_check_is_shown_and_a_support_measure_is_not_told_apart(town: Town) -> None:
    first = morning(town)[0]
    assert all(ok for _, _, ok, _ in queue.review(CHILD, first.pk).checks)
    for reason in ("support_measure", "held_by_call"):
        Block.objects.create(municipality_code=CITY, resident_id="C1", reason=reason, law="x", since=FRIDAY)
        assert [name for name, _, ok, _ in queue.review(CHILD, first.pk).checks if not ok] == ["blocked"]
        Block.objects.all().delete()


def test_a_claimed_notice_stays_in_the_queue_with_its_claimant(town: Town) -> None:
    first = morning(town)[0]
    claim(first.pk, officer=CHILD, at=AT)
    rows = queue.groups(HEALTH, filters=Filters(), today=TODAY)[0].rows
    assert rows[0].notice.claimed_by == "aoki"
