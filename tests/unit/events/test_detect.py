from collections.abc import Callable
from datetime import date, timedelta

import pytest

from events.detect import detect_events
from tests.support.eventful import (
    BASELINE,
    FIRST,
    HAPPENINGS,
    SECOND,
    THIRD,
    Register,
    birth,
    certificate,
    death,
    insurance_loss,
    move_in,
    move_out,
    move_within,
)
from tests.support.history import CITY

ON = FIRST - timedelta(days=4)
RIGHT = FIRST - timedelta(days=6)
Scene = Callable[[Register], None]


@pytest.mark.parametrize("code", HAPPENINGS)
def test_a_real_event_is_found_on_its_night_with_its_own_date(code: str, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, ON)
    register.run(BASELINE, FIRST)
    assert register.told() == [(code, ("p",), ON, "settled", "")]


@pytest.mark.parametrize("code", HAPPENINGS)
def test_a_run_again_changes_nothing(code: str, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, ON)
    register.row("p", SECOND, "TYPO_FIX", kana="ナラ")
    register.run(BASELINE, THIRD)
    before = [sorted(map(repr, register.rows(table))) for table in ("events.events", "events.states")]
    register.run(FIRST)
    register.run(THIRD)
    assert [sorted(map(repr, register.rows(table))) for table in ("events.events", "events.states")] == before


@pytest.mark.parametrize("code", HAPPENINGS)
@pytest.mark.parametrize(
    ("days_ago", "state", "reason"),
    [pytest.param(60, "settled", "", id="60 days"), pytest.param(61, "staff", "R5_backdated", id="61 days")],
)
def test_an_entry_older_than_sixty_days_goes_to_staff(
    code: str, days_ago: int, state: str, reason: str, register: Register
) -> None:
    on = FIRST - timedelta(days=days_ago)
    HAPPENINGS[code](register, FIRST, on)
    register.run(FIRST)
    assert register.told(code) == [
        (code, ("p",), on, state, reason)
    ]  # a child registered on the 61st day is two months old, too


@pytest.mark.parametrize("code", ["E01", "E05", "E06", "E09", "E10"])
def test_an_unknown_date_goes_to_staff(code: str, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, ON, effective_date_unknown=True, effective_date_text="上旬頃")
    register.run(FIRST)
    assert register.told() == [(code, ("p",), ON, "staff", "R6_unknown_date")]


def test_a_move_without_any_date_goes_to_staff(register: Register) -> None:
    move_in(register, FIRST, ON, effective_date=None, effective_date_unknown=True)
    register.run(FIRST)
    assert register.told() == [("E05", ("p",), None, "staff", "R6_unknown_date")]


def test_a_job_lost_on_an_unknown_day_goes_to_staff(register: Register) -> None:
    insurance_loss(register, FIRST, ON, acquired_on_unknown=True)
    register.run(FIRST)
    assert register.told() == [("E28", ("p",), ON, "staff", "R6_unknown_date")]


@pytest.mark.parametrize("code", [code for code in HAPPENINGS if code != "E10"])
@pytest.mark.parametrize("night", [pytest.param(FIRST, id="the same night"), pytest.param(SECOND, id="the next night")])
def test_a_death_in_the_same_days_suppresses_everything_else(code: str, night: date, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, ON)
    register.row("p", night, "DEATH", FIRST, status="DEAD")
    register.run(FIRST, SECOND)
    dead_already = code in {"E36", "E38"} and night == FIRST  # an owner or parent who is dead is none
    overtaken = set() if dead_already else {(code, ("p",), ON, "suppressed", "death_in_window")}
    assert set(register.told()) == overtaken | {("E10", ("p",), FIRST, "settled", "")}


def test_a_date_that_becomes_known_takes_the_event_from_staff(register: Register) -> None:
    move_in(register, FIRST, ON, effective_date_unknown=True)
    register.row("p", SECOND, "TYPO_FIX", ON, effective_date_unknown=False)
    register.run(FIRST, SECOND)
    assert register.told() == [("E05", ("p",), ON, "void", "R2_corrected"), ("E05", ("p",), ON, "settled", "")]


def family(make: Callable[..., None], size: int = 3) -> Scene:
    def scene(register: Register) -> None:
        for number in range(size):
            make(register, FIRST, ON, who=f"p{number}")

    return scene


@pytest.mark.parametrize(
    ("scene", "code", "subjects"),
    [
        pytest.param(family(birth, 2), "E01", ("p0", "p1"), id="twins"),
        pytest.param(family(move_in), "E05", ("p0", "p1", "p2"), id="a family moves in"),
        pytest.param(family(move_within), "E09", ("p0", "p1", "p2"), id="a family moves inside the city"),
    ],
)
def test_a_household_has_one_event_with_several_subjects(
    scene: Scene, code: str, subjects: tuple[str, ...], register: Register
) -> None:
    scene(register)
    register.run(FIRST)
    assert register.told() == [(code, subjects, ON, "settled", "")]


def test_one_of_a_family_taken_back_leaves_the_others_theirs(register: Register) -> None:
    family(move_in)(register)
    register.row("p1", SECOND, "CANCEL_MINUS", ON, status="DELETED")
    register.run(FIRST, SECOND)
    assert register.told() == [
        ("E05", ("p0", "p1", "p2"), ON, "void", "R2_cancelled"),
        ("E05", ("p0", "p2"), ON, "settled", ""),
    ]


def test_a_family_whose_date_is_corrected_has_one_event_again(register: Register) -> None:
    family(move_in)(register)
    for number in range(3):
        register.row(f"p{number}", SECOND, "TYPO_FIX", RIGHT)
    register.run(FIRST, SECOND)
    assert register.told() == [
        ("E05", ("p0", "p1", "p2"), ON, "void", "R2_corrected"),
        ("E05", ("p0", "p1", "p2"), RIGHT, "settled", ""),
    ]


def test_a_twin_that_dies_leaves_the_other_its_birth(register: Register) -> None:
    family(birth, 2)(register)
    death(register, SECOND, SECOND, who="p1")
    register.run(FIRST, SECOND)
    assert register.told("E01") == [
        ("E01", ("p0", "p1"), ON, "suppressed", "death_in_window"),
        ("E01", ("p0",), ON, "settled", ""),
    ]


def test_a_twin_that_died_before_the_night_is_not_named(register: Register) -> None:
    family(birth, 2)(register)
    death(register, FIRST, FIRST, who="p1")
    register.run(FIRST)
    assert register.told("E01") == [("E01", ("p0",), ON, "settled", "")]


def test_a_death_that_was_cancelled_brings_back_what_it_stopped_as_a_task(register: Register) -> None:
    move_in(register, FIRST, ON)
    death(register, SECOND, SECOND)
    register.row("p", THIRD, "CANCEL_PLUS", SECOND, status="RESIDENT")
    register.run(FIRST, THIRD)
    assert register.told() == [
        ("E05", ("p",), ON, "staff", "death_cancelled"),
        ("E10", ("p",), SECOND, "void", "R2_cancelled"),
    ]


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(lambda r: r.row("p", FIRST, "MINOR_FIX", addr_line="新1-1"), id="renumbered"),
        pytest.param(lambda r: r.row("p", FIRST, "EX_OFFICIO_FIX", addr_line="1-2"), id="fixed ex officio"),
        pytest.param(lambda r: r.row("p", FIRST, "TYPO_FIX", addr_building="荘"), id="building corrected"),
        pytest.param(lambda r: r.row("p", FIRST, "MOVE_WITHIN"), id="a move to the same address"),
        pytest.param(lambda r: r.row("p", FIRST, "HH_SPLIT", household_id="h2"), id="household split"),
        pytest.param(lambda r: r.row("p", FIRST, "HH_MERGE", household_id="h2", addr_line="2"), id="household merge"),
        pytest.param(lambda r: r.row("p", FIRST, "HEAD_CHANGE", rel1="HEAD"), id="new head"),
        pytest.param(lambda r: r.row("q", FIRST, "EX_OFFICIO_ENTRY"), id="entered ex officio"),
        pytest.param(lambda r: r.measure("p", FIRST), id="support measure"),
        pytest.param(
            lambda r: r.entry("p", FIRST, acquired_on=ON, acquired_reason="MOVE_IN"), id="insured by moving in"
        ),
        pytest.param(
            lambda r: r.entry("p", FIRST, "CORRECTION", acquired_on=ON, acquired_reason="EMPLOYEE_INSURANCE_LOSS"),
            id="a correction of the NHI",
        ),
        pytest.param(lambda r: r.certificate("p", FIRST, issue_reason="TRANSFER_IN"), id="certificate brought along"),
        pytest.param(lambda r: r.certificate("p", FIRST, holder_status="RETURNED"), id="certificate returned"),
    ],
)
def test_what_only_looks_like_an_event_is_none(scene: Scene, register: Register) -> None:
    register.lives("p")
    scene(register)
    register.run(BASELINE, FIRST)
    assert register.told() == []


def _moved_then_new_head(register: Register) -> None:
    move_within(register, FIRST, ON)
    register.row("p", FIRST, "HEAD_CHANGE", rel1="HEAD")


def _entered_twice(register: Register) -> None:
    move_in(register, FIRST, ON)
    move_in(register, SECOND, ON, kana="ナラ")


def _comes_back(register: Register) -> None:
    register.lives("p", status="MOVED_OUT", move_reason="DOMESTIC_OUT")
    move_in(register, FIRST, ON)


def _merges_afterwards(register: Register) -> None:
    move_within(register, FIRST, ON)
    register.row("p", SECOND, "HH_MERGE", household_id="h1")


def _split_cancelled(register: Register) -> None:
    move_within(register, FIRST, ON)
    register.row("p", SECOND, "HH_SPLIT", household_id="h3")
    register.row("p", THIRD, "CANCEL_FIX", SECOND, household_id="h9")


def _old_move_and_an_ex_officio_entry_cancelled(register: Register) -> None:
    move_in(register, FIRST, ON)
    register.row("p", SECOND, "EX_OFFICIO_DELETE", status="DELETED")
    register.row("p", SECOND, "EX_OFFICIO_ENTRY", status="RESIDENT")
    register.row("p", THIRD, "CANCEL_MINUS", status="DELETED")


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        pytest.param(_moved_then_new_head, "E09", id="two rows in one night"),
        pytest.param(_entered_twice, "E05", id="entered twice"),
        pytest.param(_comes_back, "E05", id="a returner keeps the number"),
        pytest.param(_merges_afterwards, "E09", id="households merge afterwards"),
        pytest.param(_split_cancelled, "E09", id="only the split after it is cancelled"),
        pytest.param(_old_move_and_an_ex_officio_entry_cancelled, "E05", id="only the ex-officio entry is cancelled"),
    ],
)
def test_other_rows_leave_the_one_event(scene: Scene, code: str, register: Register) -> None:
    scene(register)
    register.run(BASELINE, THIRD)
    assert register.told() == [(code, ("p",), ON, "settled", "")]


def test_somebody_under_a_support_measure_has_events_like_anybody(register: Register) -> None:
    """The stop is where notices are addressed, not here."""
    register.lives("p")
    register.measure("p", BASELINE)
    move_within(register, FIRST, ON)
    register.run(BASELINE, FIRST)
    assert register.told() == [("E09", ("p",), ON, "settled", "")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"grade": "1", "issue_reason": "GRADE_CHANGE", "issued_on": SECOND}, 2, id="another grade"),
        pytest.param({"issue_reason": "GRADE_CHANGE", "issued_on": SECOND}, 1, id="the same grade"),
        pytest.param({"issue_reason": "REISSUE", "issued_on": SECOND}, 1, id="issued again"),
        pytest.param({"issue_reason": "RENEWAL", "issued_on": SECOND}, 1, id="renewed"),
        pytest.param({"expires_on": date(2030, 3, 31)}, 1, id="the row still carries the reason of years ago"),
    ],
)
def test_a_certificate_counts_when_it_is_new_or_of_another_grade(
    facts: dict[str, object], expected: int, register: Register
) -> None:
    certificate(register, FIRST, ON)
    register.certificate("p", SECOND, **({"issued_on": ON} | facts))
    register.run(FIRST, SECOND)
    assert len(register.told("E30")) == expected


def test_a_child_without_a_name_waits_until_it_has_one(register: Register) -> None:
    birth(register, FIRST, ON, name=None)
    register.run(FIRST, SECOND)
    assert register.told() == [("E01", ("p",), ON, "waiting", "unnamed")]
    register.row("p", THIRD, "EX_OFFICIO_FIX", name="奈良 一郎")
    register.run(THIRD)
    assert register.told() == [("E01", ("p",), ON, "settled", "")]


def test_a_name_that_does_not_come_goes_to_staff_once(register: Register) -> None:
    birth(register, FIRST, ON, name=None)
    register.run(FIRST, FIRST + timedelta(days=20))
    assert register.told() == [("E01", ("p",), ON, "staff", "unnamed")]
    assert len(register.rows("events.states")) == 2


def test_control_events_are_told_and_lead_to_nothing_else(register: Register) -> None:
    move_out(register, FIRST, FIRST + timedelta(days=5))
    register.lives("q")
    register.measure("q", FIRST)
    register.measure("q", SECOND, "3")
    report = register.run(FIRST)
    register.run(SECOND)
    assert {code: count for code, count in report.found.items() if code != "E46"} == {"E07": 1, "E50": 1}
    assert register.told() == []
    assert register.told("E07") == [("E07", ("p",), FIRST + timedelta(days=5), "settled", "")]
    assert [told[2] for told in register.told("E50")] == [FIRST, SECOND]


def test_the_first_load_makes_no_events(register: Register) -> None:
    birth(register, BASELINE, ON)
    register.lives("old", birth_date=date(1961, 11, 10))
    assert register.run(BASELINE).found == {}


def test_a_late_night_does_not_look_into_its_future(register: Register) -> None:
    """A night run again after later ones have voided its event writes the rows it wrote the first time."""
    move_in(register, FIRST, ON)
    register.row("p", SECOND, "CANCEL_MINUS", ON, status="DELETED")
    register.run(FIRST)
    first = register.rows("events.states")
    register.run(SECOND)
    register.run(FIRST)
    assert [row for row in register.rows("events.states") if row["night"] == FIRST] == first


def test_a_flood_of_one_kind_is_held_and_nothing_else(register: Register) -> None:
    for number in range(300):
        register.lives(f"m{number}", household_id=f"m{number}")
    for number in range(300):
        register.row(f"m{number}", FIRST, "MOVE_WITHIN", household_id=f"m{number}", addr_line=f"新{number}")
    birth(register, FIRST, ON)
    report = register.run(BASELINE, FIRST)
    assert report.summary()["held"]["E09"]["seen"] == 300
    assert {(told[0], told[3], told[4]) for told in register.told()} == {
        ("E09", "held", "volume"),
        ("E01", "settled", ""),
    }


def test_the_stage_is_the_one_with_all_seven_rules(register: Register) -> None:
    birth(register, FIRST, ON)
    register.run(BASELINE)
    register.run(FIRST)
    again = detect_events(register.night(FIRST))
    assert again.summary() == {"events": {"E01": 1}, "held": {}}
    assert [row["municipality_code"] for row in register.rows("events.events")] == [CITY]
