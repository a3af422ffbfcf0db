"""What settling is given: tonight's candidates, the sequences cancellations are read in, and the earlier events they concern."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from events.detect import STAGE
from events.reading import counts_of_nights, find_candidates, first_night, read_work
from tests.support.eventful import (
    BASELINE,
    FIRST,
    HAPPENINGS,
    SECOND,
    THIRD,
    Register,
    birth,
    death,
    house,
    move_within,
)
from tests.support.history import CITY

ON = FIRST - timedelta(days=4)


def test_the_first_night_is_the_one_that_loaded_first(tmp_path: Path) -> None:
    register = Register(tmp_path)
    assert first_night(register.night(THIRD)) == BASELINE
    assert first_night(register.night(BASELINE - timedelta(days=1))) == BASELINE - timedelta(days=1)


def test_candidates_are_tonights_alone(tmp_path: Path) -> None:
    register = Register(tmp_path)
    birth(register, FIRST, FIRST, who="a")
    move_within(register, SECOND, SECOND, who="b")
    register.run(BASELINE, SECOND)
    found = {(one.code, one.subject_id) for one in find_candidates(register.night(SECOND), {"residents"})}
    assert ("E09", "b") in found
    assert not any(subject == "a" for _, subject in found)


def test_a_birthday_in_a_missed_night_is_still_found(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("p", birth_date=(FIRST + timedelta(days=1)).replace(year=FIRST.year - 65))
    register.run(BASELINE)
    found = [(one.code, one.effective_on) for one in find_candidates(register.night(THIRD), set())]
    assert found == [("E25", FIRST)]


def test_a_sequence_is_read_whole_and_only_of_who_was_corrected_tonight(tmp_path: Path) -> None:
    register = Register(tmp_path)
    birth(register, FIRST, FIRST, who="a")
    birth(register, FIRST, FIRST, who="b", household_id="h2")
    register.run(BASELINE, FIRST)
    register.row("a", SECOND, "CANCEL_MINUS", status="DELETED")
    register.run(SECOND)
    work = read_work(register.night(SECOND))
    assert [[(one.reason, one.tonight) for one in sequence] for sequence in work.sequences] == [
        [("BIRTH", False), ("CANCEL_MINUS", True)]
    ]
    assert [event.subject_ids for event in work.known] == [("a",)]


def test_a_row_that_came_late_has_its_place_in_the_sequence(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("p")
    newer, older = FIRST, FIRST - timedelta(days=20)
    move_within(register, FIRST, newer, hist_no=2)
    register.run(BASELINE, FIRST)
    move_within(register, SECOND, older, hist_no=1, addr_line="5-5")  # hist_no 2, a night after hist_no 3
    register.run(SECOND)
    register.row("p", THIRD, "CANCEL_FIX", hist_no=3, addr_line="5-5")
    register.run(THIRD)
    (sequence,) = read_work(register.night(THIRD)).sequences
    moves = [entry.effective_on for entry in sequence if entry.reason == "MOVE_WITHIN"]
    assert moves == [older, newer]
    states = {occurred: (state, reason) for _, _, occurred, state, reason in register.told("E09")}
    assert states[newer] == ("void", "R2_cancelled")
    assert states[older][0] != "void"


def test_who_is_dead_or_nameless_is_known_of_everybody_concerned(tmp_path: Path) -> None:
    register = Register(tmp_path)
    birth(register, FIRST, FIRST, who="baby", name=None)
    death(register, FIRST, FIRST, who="old")
    register.lives("bystander", name=None)
    register.run(BASELINE, FIRST)
    work = read_work(register.night(FIRST))
    assert (work.dead, work.unnamed) == ({"old"}, {"baby"})


def test_volumes_are_counted_per_night_and_floods_teach_nothing(tmp_path: Path) -> None:
    register = Register(tmp_path)
    birth(register, FIRST, FIRST, who="a")
    birth(register, SECOND, SECOND, who="b", household_id="h2")
    birth(register, SECOND, SECOND, who="c", household_id="h3")
    register.run(BASELINE, SECOND)
    assert counts_of_nights(register.night(THIRD), BASELINE)["E01"] == {FIRST: 1, SECOND: 2}
    flood = "UPDATE events.states SET state = 'held', reason = 'volume' WHERE night = '2026-11-11'"
    register.warehouse.define(flood)
    assert counts_of_nights(register.night(THIRD), BASELINE)["E01"] == {FIRST: 1, SECOND: None}
    assert counts_of_nights(register.night(THIRD), SECOND)["E01"] == {SECOND: None}


#: somebody whose school year opens with 1 October, and when the night that day was due was missed
SCHOOL, DUE, LATER = {"birth_date": date(2022, 1, 15), "status": "RESIDENT"}, date(2027, 10, 1), date(2027, 10, 2)


def test_a_missed_day_of_a_cohort_counts_who_lived_here_that_day_and_who_came_later_from_their_own(
    register: Register,
) -> None:
    register.lives("here", **SCHOOL, household_id="h1")
    register.row("came before", LATER, "DOMESTIC_IN", DUE, **SCHOOL, household_id="h2", business_date=DUE)
    register.row("came after", LATER, "DOMESTIC_IN", LATER, **SCHOOL, household_id="h3")
    register.warehouse.mark(STAGE, CITY, DUE - timedelta(days=1), {})
    register.run(LATER)
    assert {told[1:3] for told in register.told("E22")} == {
        (("here",), DUE),
        (("came before",), DUE),
        (("came after",), LATER),
    }


def test_nobody_reaches_an_age_on_a_missed_day_before_they_came(register: Register) -> None:
    register.row("p", LATER, "DOMESTIC_IN", LATER, status="RESIDENT", birth_date=date(1962, 10, 2))
    register.warehouse.mark(STAGE, CITY, DUE - timedelta(days=1), {})
    register.run(LATER)
    assert register.told("E25") == []


#: how a system that keeps one row a key writes its event, and what goes on being said of it
KEPT = {
    "E31": ("ltc", {"cert_status": "CERTIFIED", "care_level": "22", "cert_from": SECOND}),
    "E36": ("property_tax", {"property_id": "bp", "changed_on": SECOND, "change_reason": "EXTENSION"}),
}


@pytest.mark.parametrize("code", KEPT)
def test_a_row_that_goes_back_to_what_it_was_takes_back_its_event_and_no_other(code: str, register: Register) -> None:
    table, again = KEPT[code]
    HAPPENINGS[code](register, FIRST, ON)
    register.holds(table, SECOND, **({"resident_id": "p"} | again))
    register.takes_back(table, "p", THIRD)
    register.run(BASELINE, THIRD)
    assert register.told() == [(code, ("p",), ON, "settled", ""), (code, ("p",), SECOND, "void", "R2_cancelled")]


@pytest.mark.parametrize(
    ("gone", "state"),
    [
        pytest.param(SECOND, "void", id="the night after"),
        pytest.param(FIRST + timedelta(days=60), "void", id="within the limit of late entries"),
        pytest.param(FIRST + timedelta(days=61), "settled", id="later: it has ended"),
    ],
)
def test_a_row_that_is_gone_soon_was_never_meant(gone: date, state: str, register: Register) -> None:
    house(register, FIRST, ON)
    register.run(BASELINE, FIRST)
    register.takes_back("property_tax", "p", gone)
    register.run(gone)
    assert [told[3] for told in register.told("E36")] == [state]
