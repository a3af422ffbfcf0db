from dataclasses import replace
from datetime import timedelta

import pytest

from events.rules import RULES, candidate_of
from events.settle import name_events, settle
from events.work import Candidate, Entry, Work
from tests.support.settling import BIRTH, ON, known, work


def states(of: Work) -> list[tuple[tuple[str, ...], str | None, str]]:
    return [(event.subject_ids, event.state, event.reason) for event in settle(of)]


@pytest.mark.parametrize(
    ("candidate", "state", "reason"),
    [
        pytest.param(BIRTH, "settled", "", id="a birth"),
        pytest.param(replace(BIRTH, effective_on=ON - timedelta(days=60)), "settled", "", id="sixty days late"),
        pytest.param(
            replace(BIRTH, effective_on=ON - timedelta(days=61)), "staff", "R5_backdated", id="sixty-one days late"
        ),
        pytest.param(replace(BIRTH, date_unknown=True), "staff", "R6_unknown_date", id="an unknown date"),
    ],
)
def test_what_becomes_of_a_candidate(candidate: Candidate, state: str, reason: str) -> None:
    assert states(work(candidate)) == [(("1",), state, reason)]


def test_twins_are_one_event_with_two_subjects() -> None:
    assert states(work(BIRTH, replace(BIRTH, subject_id="2", change_ids=("c2",)))) == [(("1", "2"), "settled", "")]


def test_a_row_whose_reason_the_detector_does_not_name_is_no_event() -> None:
    assert states(work(replace(BIRTH, real=False))) == []


def test_a_row_in_which_nothing_moved_says_nothing() -> None:
    assert states(work(replace(BIRTH, moves=False))) == []


def test_what_was_found_before_is_not_news() -> None:
    assert states(work(BIRTH, known=[known()])) == []


def test_what_was_voided_may_happen_again_under_another_name() -> None:
    today = work(BIRTH, known=[known(was="void")])
    settle(today)
    name_events("292010", today)
    assert len(today.events) == 1
    assert today.events[0].event_id != "known"


def test_an_age_does_not_fire_on_an_unknown_birth_date() -> None:
    assert states(work(replace(BIRTH, code="E25", date_unknown=True, from_calendar=True, together=False))) == []


def test_a_child_without_a_name_waits_and_settles_with_one() -> None:
    assert states(work(BIRTH, unnamed=frozenset({"1"}))) == [(("1",), "waiting", "unnamed")]
    assert states(work(known=[known(was="waiting")])) == [(("1",), "settled", "")]


def test_a_name_that_never_comes_goes_to_staff() -> None:
    old = known(was="waiting", detected_on=ON - timedelta(days=15))
    assert states(work(known=[old], unnamed=frozenset({"1"}))) == [(("1",), "staff", "unnamed")]


def test_a_death_that_week_overtakes_what_else_happened() -> None:
    assert states(work(known=[known()], dead=frozenset({"1"}))) == [(("1",), "suppressed", "death_in_window")]
    assert states(work(known=[known(detected_on=ON - timedelta(days=8))], dead=frozenset({"1"}))) == []


def entry(reason: str, change_id: str, *, tonight: bool, moved: frozenset[str] = frozenset()) -> Entry:
    """A row of person 1 in the register; its day lies three days back, its right day five."""
    right = ON - timedelta(days=5) if reason == "TYPO_FIX" else ON - timedelta(days=3)
    return Entry(
        subject_id="1",
        change_id=change_id,
        tonight=tonight,
        reason=reason,
        moved=moved,
        effective_before=ON - timedelta(days=3),
        effective_on=right,
        effective_unknown=False,
        born_on=right,
        born_unknown=False,
        processed_before=ON - timedelta(days=1),
        processed_on=ON,
        notified_on=ON,
    )


def test_a_cancellation_voids_the_event_of_an_earlier_night() -> None:
    rows = [entry("BIRTH", "c0", tonight=False), entry("CANCEL_MINUS", "c9", tonight=True)]
    assert states(work(known=[known()], sequences=[rows])) == [(("1",), "void", "R2_cancelled")]


def test_a_cancelled_twin_leaves_the_other_an_event_of_its_own() -> None:
    rows = [entry("BIRTH", "c0", tonight=False), entry("CANCEL_MINUS", "c9", tonight=True)]
    assert states(work(known=[known(subject_ids=("1", "2"))], sequences=[rows])) == [
        (("1", "2"), "void", "R2_cancelled"),
        (("2",), "settled", ""),
    ]


def test_a_corrected_birth_date_puts_the_right_event_in_the_place_of_the_wrong() -> None:
    rows = [
        entry("BIRTH", "c0", tonight=False),
        entry("TYPO_FIX", "c9", tonight=True, moved=frozenset({"birth_date"})),
    ]
    found = settle(work(known=[known()], sequences=[rows]))
    assert [(event.occurred_on, event.state) for event in found] == [
        (ON - timedelta(days=3), "void"),
        (ON - timedelta(days=5), "settled"),
    ]


def test_an_age_found_by_a_wrong_birth_date_is_void() -> None:
    rows = [entry("TYPO_FIX", "c9", tonight=True, moved=frozenset({"birth_date"}))]
    aged = known(code="E25", from_calendar=True)
    assert states(work(known=[aged], sequences=[rows])) == [(("1",), "void", "R2_corrected")]


def test_a_known_event_as_a_row_keeps_what_it_was() -> None:
    again = candidate_of(known(), "1")
    assert (again.code, again.occurred_on, again.change_ids) == ("E01", ON - timedelta(days=3), ("c0",))
    assert again.together
    assert candidate_of(known(was_reason="R6_unknown_date"), "1").date_unknown


def test_each_of_the_seven_rules_stands_once() -> None:
    assert sorted(rule.code for rule in RULES) == ["R1", "R2", "R3", "R4", "R5", "R6", "R7"]
