"""What becomes of an event besides the seven rules: names still missing, deaths that overtake, names that stay the same."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events.rules import RULES
from events.settle import name_events, settle
from events.work import Event, Work
from tests.support.settling import BIRTH, ON, entry, known, work

MOVE = replace(BIRTH, code="E09")


def told(of: Work) -> list[tuple[tuple[str, ...], str | None, str]]:
    return [(event.subject_ids, event.state, event.reason) for event in settle(of)]


def test_an_event_nothing_speaks_against_is_settled() -> None:
    assert told(work(BIRTH)) == [(("1",), "settled", "")]


def test_twins_are_one_event_and_strangers_two() -> None:
    twin, stranger = replace(BIRTH, subject_id="2"), replace(BIRTH, subject_id="3", household_id="K")
    assert told(work(BIRTH, twin, stranger)) == [(("1", "2"), "settled", ""), (("3",), "settled", "")]


def test_a_birth_waits_for_every_childs_name() -> None:
    twin = replace(BIRTH, subject_id="2")
    assert told(work(BIRTH, twin, unnamed=frozenset({"2"}))) == [(("1", "2"), "waiting", "unnamed")]
    assert told(work(MOVE, unnamed=frozenset({"1"}))) == [(("1",), "settled", "")]


@pytest.mark.parametrize(
    ("waited", "unnamed", "state"),
    [(14, {"1"}, None), (15, {"1"}, "staff"), (15, set(), "settled"), (1, set(), "settled")],
)
def test_a_waiting_birth_settles_with_its_name_or_goes_to_staff(
    waited: int, unnamed: set[str], state: str | None
) -> None:
    waiting = known(was="waiting", was_reason="unnamed", detected_on=ON - timedelta(days=waited))
    found = settle(work(known=[waiting], unnamed=frozenset(unnamed)))
    assert [event.state for event in found] == ([state] if state else [])


@pytest.mark.parametrize(
    ("found_ago", "was", "suppressed"),
    [(0, "settled", True), (7, "settled", True), (8, "settled", False), (12, "waiting", True), (7, "staff", False)],
)
def test_a_death_overtakes_what_was_found_within_the_week(found_ago: int, was: str, suppressed: bool) -> None:
    event = known(code="E09", was=was, detected_on=ON - timedelta(days=found_ago))
    found = settle(work(known=[event], dead=frozenset({"1"})))
    assert [one.reason for one in found] == (["death_in_window"] if suppressed else [])


def test_a_death_does_not_overtake_itself_or_a_control_event() -> None:
    death = replace(BIRTH, code="E10", together=False)
    assert told(work(death, dead=frozenset({"1"}))) == [(("1",), "settled", "")]


def test_the_living_keep_an_event_they_shared_with_the_dead() -> None:
    family = [MOVE, replace(MOVE, subject_id="2")]
    assert told(work(*family, dead=frozenset({"2"}))) == [(("1",), "settled", "")]
    earlier = known(code="E09", subject_ids=("1", "2"))
    found = settle(work(known=[earlier], dead=frozenset({"2"})))
    assert [(one.subject_ids, one.state, one.new) for one in found] == [
        (("1", "2"), "suppressed", False),
        (("1",), "settled", True),
    ]


def test_a_death_that_was_cancelled_gives_staff_back_what_it_had_stopped() -> None:
    stopped = known(code="E09", was="suppressed", was_reason="death_in_window")
    back = [[entry("d", "DEATH"), entry("x", "CANCEL_PLUS", tonight=True)]]
    assert [(one.state, one.reason) for one in settle(work(known=[stopped], sequences=back))] == [
        ("staff", "death_cancelled")
    ]
    still_dead = work(known=[replace(stopped, state=None)], sequences=back, dead=frozenset({"1"}))
    assert settle(still_dead) == []


def test_without_the_seventh_rule_every_row_is_an_event_of_its_own() -> None:
    rules = [rule for rule in RULES if rule.code != "R7"]
    assert len(settle(work(BIRTH, replace(BIRTH, subject_id="2"), BIRTH), rules)) == 3


def named(*events: Event, before: tuple[Event, ...] = ()) -> list[str]:
    of = work(known=list(before))
    of.events = [replace(event, event_id="") for event in events]
    name_events("292010", of)
    return [event.event_id for event in of.events]


def test_the_same_facts_have_the_same_name_on_every_run() -> None:
    assert named(known()) == named(known())
    assert (
        len({*named(known()), *named(known(code="E09")), *named(known(occurred_on=ON)), *named(known(detail="4"))}) == 4
    )


def test_something_entered_again_after_it_was_voided_is_a_new_event() -> None:
    (first,) = named(known())
    (second,) = named(known(), before=(known(event_id=first, was="void"),))
    assert second != first
    assert len(first) == 24
