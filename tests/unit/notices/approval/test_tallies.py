from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from notices.approval import decide, tallies
from notices.approval import waiting as waiting_module
from notices.approval.models import Decision, Notice, StaffTask
from notices.approval.undo import undo
from notices.approval.waiting import Filters, waiting
from tests.support.approvals import officer
from tests.support.morning import MUNICIPALITY, NOW, Plan, approve_wordings, draft_wordings, make_notice, publish_safety

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def a_minute(settings: Settings) -> Iterator[None]:
    """Numbers are kept for a minute, and none from another test."""
    site = settings.TODOKE
    settings.TODOKE = site.model_copy(update={"desk": site.desk.model_copy(update={"counts_seconds": 60})})
    tallies._kept.clear()
    tallies._coming.clear()
    yield
    for coming in tallies._coming.values():
        coming.result(timeout=30)
    tallies._kept.clear()
    tallies._coming.clear()


@pytest.fixture
def waiting_notices() -> list[Notice]:
    publish_safety()
    draft_wordings()
    approve_wordings()
    plan = Plan(event="E01", programmes=("child_allowance",), due_on=date(2026, 12, 1))
    return [make_notice(number, plan) for number in range(1, 4)]


def queries(
    name: str, filters: Filters | None = None, *, at: datetime = NOW, acted_at: datetime | None = None
) -> tuple[int, int]:
    """How much waits, and how many questions to the store that took."""
    with CaptureQueriesContext(connection) as asked:
        who = officer(name, offices=("child_benefits",))
        found = tallies.numbers_of(who, at=at, acted_at=acted_at, filters=filters)
    return found.waits.total, len(asked)


def test_colleagues_of_an_office_share_one_count(waiting_notices: list[Notice]) -> None:
    assert queries("a")[0] == 3
    assert queries("b") == (3, 0)


def test_another_office_has_a_count_of_its_own(waiting_notices: list[Notice]) -> None:
    queries("a")
    assert tallies.numbers_of(officer("c", offices=("insurance",)), at=NOW).waits.total == 0


@pytest.mark.parametrize(
    ("later_seconds", "expected"),
    [pytest.param(59, 3, id="as it was counted"), pytest.param(60, 2, id="counted anew")],
)
def test_numbers_are_never_older_than_the_settings_say(
    later_seconds: int, expected: int, waiting_notices: list[Notice]
) -> None:
    queries("a")
    Notice.objects.filter(pk=waiting_notices[0].pk).update(state="withdrawn")
    assert queries("a", at=NOW + timedelta(seconds=later_seconds))[0] == expected


@pytest.mark.parametrize(
    ("later_seconds", "ahead"),
    [pytest.param(29, False, id="young enough"), pytest.param(30, True, id="half as old as it may become")],
)
def test_what_is_asked_for_again_is_counted_beside_the_page(
    later_seconds: int, ahead: bool, waiting_notices: list[Notice]
) -> None:
    queries("a")
    Notice.objects.filter(pk=waiting_notices[0].pk).update(state="withdrawn")
    later = NOW + timedelta(seconds=later_seconds)
    assert queries("b", at=later) == (3, 0)  # no page waits for it
    for coming in tallies._coming.values():
        coming.result(timeout=30)
    assert bool(tallies._coming) is ahead
    assert queries("b", at=later) == (2 if ahead else 3, 0)


def test_a_count_that_began_earlier_does_not_replace_a_later_one(waiting_notices: list[Notice]) -> None:
    key = tallies._key(officer("a", offices=("child_benefits",)), TODAY, Filters())
    tallies._count(key, NOW + timedelta(seconds=1))
    tallies._count(key, NOW)
    assert tallies._kept[key].counted_at == NOW + timedelta(seconds=1)


def test_ones_own_decision_is_in_the_numbers_at_once(waiting_notices: list[Notice]) -> None:
    mine = officer("a", offices=("child_benefits",))
    queries("a")
    decide.reject(waiting_notices[0].pk, officer=mine, at=NOW, reason_code="wording", comment="")
    later = NOW + timedelta(seconds=2)
    assert queries("b", at=later) == (3, 0)  # a colleague's, within the minute
    assert queries("a", at=later, acted_at=NOW + timedelta(seconds=1))[0] == 2
    assert queries("b", at=later) == (2, 0)


def test_what_is_offered_and_held_is_counted_with_it(waiting_notices: list[Notice]) -> None:
    Notice.objects.filter(pk=waiting_notices[0].pk).update(state="held")
    found = tallies.numbers_of(officer("a", offices=("child_benefits",)), at=NOW)
    assert (found.waits.total, found.held, found.offered) == (2, 1, (("child_benefits", "child_allowance"),))


def test_a_programme_is_counted_apart(waiting_notices: list[Notice]) -> None:
    assert queries("a", Filters(programme="child_allowance"))[0] == 3
    assert queries("a", Filters(programme="ltc_at_65"))[0] == 0


def test_what_waits_for_a_second_officer_is_not_in_the_firsts_numbers(waiting_notices: list[Notice]) -> None:
    Notice.objects.filter(pk=waiting_notices[0].pk).update(four_eyes=2)
    Decision.objects.create(
        item=waiting_notices[0].items.get(), officer="a", verdict="approve", content_hash="c" * 64, decided_at=NOW
    )
    assert queries("b")[0] == 3
    assert queries("a")[0] == 2
    assert queries("a") == (2, 0)


def test_ones_own_approval_is_taken_off_without_counting_anew(waiting_notices: list[Notice]) -> None:
    mine = officer("a", offices=("child_benefits",))
    queries("a")
    with CaptureQueriesContext(connection) as counting:
        tallies._count(tallies._key(mine, TODAY, Filters()), NOW)
    decide.approve(waiting_notices[0].pk, officer=mine, at=NOW + timedelta(seconds=1))
    later = NOW + timedelta(seconds=2)
    left, asked = queries("a", at=later, acted_at=later)
    assert left == 2
    assert asked < len(counting)
    assert queries("b", at=later) == (3, 0)  # a colleague's, within the minute
    assert queries("a", Filters(programme="child_allowance"), at=later, acted_at=later)[0] == 2
    assert (
        queries("a", at=NOW + timedelta(seconds=61), acted_at=later)[0] == 2
    )  # counted anew it is not taken off twice


@pytest.mark.parametrize(
    ("then", "left"),
    [
        pytest.param([(decide.approve, 0), (decide.approve, 1)], 1, id="two approvals"),
        pytest.param([(decide.approve, 0), (undo, 0)], 3, id="an approval that was taken back"),
        pytest.param([(decide.approve, 0), (undo, 0), (decide.approve, 0)], 2, id="approved again"),
    ],
)
def test_whatever_an_officer_did_their_numbers_are_those_of_the_store(
    then: list[tuple[Callable[..., object], int]], left: int, waiting_notices: list[Notice]
) -> None:
    mine = officer("a", offices=("child_benefits",))
    queries("a")
    for step, (act, number) in enumerate(then, start=1):
        act(waiting_notices[number].pk, officer=mine, at=NOW + timedelta(seconds=step))
    at = NOW + timedelta(seconds=10)
    assert queries("a", at=at, acted_at=at)[0] == left == waiting(mine).count()


def test_of_two_pairs_of_eyes_the_first_takes_it_off_for_itself_alone(waiting_notices: list[Notice]) -> None:
    Notice.objects.filter(pk=waiting_notices[0].pk).update(four_eyes=2)
    queries("a")
    decide.approve(waiting_notices[0].pk, officer=officer("a", offices=("child_benefits",)), at=NOW)
    later = NOW + timedelta(seconds=2)
    assert queries("a", at=later, acted_at=later)[0] == 2
    assert queries("b", at=later)[0] == 3


def test_tasks_are_counted_with_what_waits(waiting_notices: list[Notice]) -> None:
    for key, office, restricted in (("1", "child_benefits", False), ("2", "tax", False), ("3", "tax", True)):
        StaffTask.objects.create(municipality_code=MUNICIPALITY, key=key, kind="verify", office=office, subject_id="x", reason="x", night=TODAY, due_on=TODAY, restricted=restricted, created_at=NOW)  # fmt: skip
    found = tallies.numbers_of(officer("a", offices=("child_benefits",)), at=NOW)
    assert (found.tasks, found.restricted_tasks) == (1, 1)


@pytest.mark.parametrize("counted", [pytest.param(False, id="never counted"), pytest.param(True, id="counted")])
def test_a_page_of_many_is_read_along_the_index(
    counted: bool, waiting_notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = officer("a", offices=("child_benefits",))
    if counted:
        queries("a")
    assert not tallies.many_wait(mine, TODAY)
    for where in (tallies, waiting_module):
        monkeypatch.setattr(where, "FEW", 2)
    assert tallies.many_wait(mine, TODAY)
