"""A cancellation takes back the newest row it can, once; a correction puts another date in a row's place."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from events.takebacks import TakeBack, take_backs
from events.work import Entry
from tests.support.eventful import BASELINE, FIRST, HAPPENINGS, SECOND, THIRD, Register, Told, insurance_loss
from tests.support.settling import ON, entry

HAPPENED, RIGHT = FIRST - timedelta(days=4), FIRST - timedelta(days=6)
ADDRESS = frozenset({"addr_line", "move_reason"})


def taken(*sequence: Entry) -> list[set[str]]:
    return [set(back.change_ids) for back in take_backs(sequence)]


def tonight(change_id: str, reason: str, **facts: object) -> Entry:
    return entry(change_id, reason, tonight=True, **facts)


@pytest.mark.parametrize(
    ("entered", "cancelled_by"),
    [
        ("BIRTH", "CANCEL_MINUS"),
        ("DOMESTIC_IN", "CANCEL_MINUS"),
        ("DEATH", "CANCEL_PLUS"),
        ("DOMESTIC_OUT", "CANCEL_PLUS"),
        ("ENTRY", "CANCELLATION"),
    ],
)
def test_each_cancellation_takes_back_its_own_kind(entered: str, cancelled_by: str) -> None:
    assert taken(entry("a", entered), tonight("b", cancelled_by)) == [{"a"}]
    assert taken(entry("a", "HEAD_CHANGE"), tonight("b", cancelled_by)) == []


def test_the_newest_row_is_taken_back_first_and_none_twice() -> None:
    sequence = [entry("in", "DOMESTIC_IN"), entry("out", "DOMESTIC_OUT"), entry("back", "DOMESTIC_IN")]
    assert taken(*sequence, tonight("x", "CANCEL_MINUS"), tonight("y", "CANCEL_MINUS")) == [{"back"}, {"in"}]
    assert taken(*sequence, entry("x", "CANCEL_MINUS"), tonight("y", "CANCEL_MINUS")) == [{"in"}]
    assert taken(*sequence[:1], tonight("x", "CANCEL_MINUS"), tonight("y", "CANCEL_MINUS")) == [{"in"}]


def test_what_an_earlier_night_took_back_is_not_told_again() -> None:
    assert taken(entry("a", "BIRTH"), entry("b", "CANCEL_MINUS"), tonight("c", "HEAD_CHANGE")) == []


def test_a_cancelled_modification_takes_back_a_move_only_when_the_address_goes_back() -> None:
    sequence = [entry("move", "MOVE_WITHIN", moved=ADDRESS), entry("head", "HEAD_CHANGE")]
    assert taken(*sequence, tonight("x", "CANCEL_FIX", moved=ADDRESS)) == [{"move"}]
    assert taken(*sequence, tonight("x", "CANCEL_FIX")) == [{"head"}]


def test_a_corrected_date_takes_the_place_of_the_old_one() -> None:
    right = ON - timedelta(days=20)
    corrected = tonight(
        "fix", "TYPO_FIX", moved=frozenset({"effective_date"}),
        effective_before=ON - timedelta(days=10), effective_on=right, processed_on=ON, processed_before=ON,
    )  # fmt: skip
    (back,) = take_backs([entry("a", "DOMESTIC_IN"), corrected])
    assert (back.change_ids, back.right, back.occurred_on, back.reason) == (
        frozenset({"a"}), True, right, "R2_corrected",
    )  # fmt: skip


def test_a_cancellation_after_a_correction_takes_back_both_rows_of_it() -> None:
    corrected = entry(
        "fix", "TYPO_FIX", moved=frozenset({"effective_date"}),
        effective_before=ON - timedelta(days=10), effective_on=ON - timedelta(days=20), processed_before=ON,
    )  # fmt: skip
    assert taken(entry("a", "DOMESTIC_IN"), corrected, tonight("x", "CANCEL_MINUS")) == [{"a", "fix"}]


@pytest.mark.parametrize(
    "fix",
    [
        pytest.param({"moved": frozenset({"kana"})}, id="only the reading of the name"),
        pytest.param({"moved": frozenset({"birth_date"})}, id="a birth date, which dates no move"),
        pytest.param(
            {"moved": frozenset({"effective_date"}), "effective_before": ON - timedelta(days=99)},
            id="the date of another row",
        ),
        pytest.param(
            {
                "moved": frozenset({"effective_date"}),
                "effective_before": ON - timedelta(days=10),
                "effective_on": ON,
                "processed_before": ON - timedelta(days=9),
            },
            id="a correction that carries its own day",
        ),
    ],
)
def test_a_correction_of_something_else_takes_nothing_back(fix: dict[str, object]) -> None:
    assert taken(entry("a", "DOMESTIC_IN"), tonight("fix", "TYPO_FIX", **fix)) == []


def test_a_corrected_birth_date_redates_the_birth() -> None:
    birth = entry("a", "BIRTH", born_on=ON - timedelta(days=3))
    fix = tonight("fix", "TYPO_FIX", moved=frozenset({"birth_date"}), born_on=ON - timedelta(days=4))
    (back,) = take_backs([birth, fix])
    assert (back.occurred_on, back.date_unknown) == (ON - timedelta(days=4), False)
    (unknown,) = take_backs([birth, replace(fix, born_unknown=True)])
    assert unknown.date_unknown is True


def test_a_corrected_ground_puts_right_what_it_still_makes_and_nothing_else() -> None:
    fix = tonight(
        "fix",
        "CORRECTION",
        moved=frozenset({"acquired_reason"}),
        effective_before=ON - timedelta(days=10),
        makes=frozenset({"E21"}),
    )
    (back,) = take_backs([entry("a", "ENTRY"), fix])
    assert [back.puts_right(code) for code in ("E21", "E28")] == [True, False]


@pytest.mark.parametrize(
    ("ends_on", "right"), [pytest.param(ON, True, id="another day"), pytest.param(None, False, id="it has not ended")]
)
def test_a_corrected_end_takes_back_what_happened_on_that_day_and_not_what_began(
    ends_on: date | None, right: bool
) -> None:
    began, ended = ON - timedelta(days=10), ON - timedelta(days=3)
    rows = [entry("in", "ENTRY"), entry("out", "ENTRY", ends_on=ended, moved=frozenset({"lost_on"}))]
    fix = tonight("fix", "CORRECTION", moved=frozenset({"lost_on"}), ends_before=ended, ends_on=ends_on)
    (back,) = take_backs([*rows, fix])
    assert (set(back.change_ids), back.occurred_on, back.right) == ({"out"}, ends_on, right)
    assert [back.concerns(["out"], day) for day in (began, ended)] == [False, True]


def test_a_corrected_beginning_leaves_the_end() -> None:
    began, ended = ON - timedelta(days=10), ON - timedelta(days=3)
    fix = tonight(
        "fix", "CORRECTION", moved=frozenset({"acquired_on"}), effective_before=began, effective_on=ON, ends_on=ended,
        processed_before=ON,
    )  # fmt: skip
    (back,) = take_backs([entry("both", "ENTRY", ends_on=ended), fix])
    assert [back.concerns(["both"], day) for day in (began, ended)] == [True, False]


def test_a_cancellation_puts_nothing_right() -> None:
    (back,) = take_backs([entry("a", "BIRTH"), tonight("by", "CANCEL_MINUS")])
    assert back.puts_right("E01") is False


def test_the_reason_says_whether_it_was_cancelled_or_corrected() -> None:
    by = entry("x", "CANCEL_MINUS")
    assert TakeBack(by=by, change_ids=frozenset(), right=False).reason == "R2_cancelled"
    assert TakeBack(by=replace(by, reason="CORRECTION"), change_ids=frozenset(), right=True).reason == "R2_corrected"


def test_a_row_that_went_back_takes_back_the_one_before_it_alone() -> None:
    pairs = [entry("a", "ROW"), tonight("x", "REVERSAL"), entry("b", "ROW"), tonight("y", "REVERSAL")]
    assert taken(*pairs) == [{"a"}, {"b"}]


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        pytest.param("CANCELLATION", {}, [(HAPPENED, "void", "R2_cancelled")], id="cancelled"),
        pytest.param("CORRECTION", {"certificate_no": "2"}, [(HAPPENED, "settled", "")], id="another item corrected"),
        pytest.param(
            "CORRECTION",
            {"acquired_on": RIGHT},
            [(RIGHT, "settled", ""), (HAPPENED, "void", "R2_corrected")],
            id="date corrected",
        ),
        pytest.param(
            "CORRECTION", {"acquired_reason": "OTHER"}, [(HAPPENED, "void", "R2_corrected")], id="no job was lost"
        ),
        pytest.param("ENTRY", {"involuntary_relief": True}, [(HAPPENED, "settled", "")], id="relief granted"),
    ],
)
def test_later_rows_of_the_nhi(
    kind: str, facts: dict[str, object], expected: list[tuple[date, str, str]], register: Register
) -> None:
    insurance_loss(register, FIRST, HAPPENED)
    register.entry("p", SECOND, kind, **facts)
    register.run(FIRST, SECOND)
    assert sorted(told[2:] for told in register.told("E28")) == sorted(expected)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"acquired_on": RIGHT}, [(RIGHT, False), (HAPPENED, True)], id="the date"),
        pytest.param(
            {"acquired_reason": "EMPLOYEE_INSURANCE_LOSS"}, [(HAPPENED, False), (HAPPENED, True)], id="the ground"
        ),
        pytest.param({"acquired_reason": "BIRTH"}, [(HAPPENED, True)], id="born into it: no change"),
        pytest.param({}, [(HAPPENED, False)], id="something else"),
    ],
)
def test_a_corrected_entry_of_a_child_puts_the_right_event_in_the_place_of_the_wrong(
    facts: dict[str, object], expected: list[tuple[date, bool]], register: Register
) -> None:
    register.lives("p", birth_date=date(2020, 5, 5))
    register.entry("p", FIRST, acquired_on=HAPPENED, acquired_reason="OTHER")
    register.run(BASELINE, FIRST)
    register.entry("p", SECOND, "CORRECTION", **facts)
    register.run(SECOND)
    told = [
        (occurred, (state, reason) == ("void", "R2_corrected")) for *_, occurred, state, reason in register.told("E21")
    ]
    assert sorted(told) == sorted(expected)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"lost_on": RIGHT}, [(HAPPENED, True), (RIGHT, False)], id="the loss"),
        pytest.param({"lost_on": None}, [(HAPPENED, True)], id="there was no loss"),
        pytest.param({"certificate_no": "2"}, [(HAPPENED, False)], id="something else"),
    ],
)
def test_a_corrected_loss_of_a_child_leaves_how_they_came_in_and_puts_the_loss_right(
    facts: dict[str, object], expected: list[tuple[date, bool]], register: Register
) -> None:
    began = FIRST - timedelta(days=30)
    register.lives("p", birth_date=date(2020, 5, 5))
    register.entry("p", FIRST, acquired_on=began, acquired_reason="OTHER")
    register.run(BASELINE, FIRST)
    register.entry("p", SECOND, lost_on=HAPPENED, lost_reason="MOVED_OUT")
    register.run(SECOND)
    register.entry("p", THIRD, "CORRECTION", **facts)
    register.run(THIRD)
    told = [(occurred, state == "void") for *_, occurred, state, _ in register.told("E21")]
    assert sorted(told) == sorted([(began, False), *expected])


def test_the_relief_entry_cancelled_leaves_the_lost_job(register: Register) -> None:
    insurance_loss(register, FIRST, HAPPENED)
    register.entry("p", SECOND, involuntary_relief=True)
    register.entry("p", THIRD, "CANCELLATION", involuntary_relief=False)
    register.run(FIRST, THIRD)
    assert register.told() == [("E28", ("p",), HAPPENED, "settled", "")]


#: event → what cancels it in the register, and what the row then says
_OF_THE_REGISTER = {
    "E06": ("CANCEL_MINUS", {"status": "DELETED"}),
    "E01": ("CANCEL_MINUS", {"status": "DELETED"}),
    "E05": ("CANCEL_MINUS", {"status": "DELETED"}),
    "E09": ("CANCEL_FIX", {"addr_line": "1-1", "household_id": "h1"}),
    "E10": ("CANCEL_PLUS", {"status": "RESIDENT"}),
}


@pytest.mark.parametrize("code", _OF_THE_REGISTER)
def test_a_cancellation_the_next_night_voids_the_event(code: str, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, HAPPENED)
    reason, facts = _OF_THE_REGISTER[code]
    register.row("p", SECOND, reason, HAPPENED, **facts)
    register.run(FIRST, SECOND)
    assert register.told() == [(code, ("p",), HAPPENED, "void", "R2_cancelled")]
    assert [told[0] for told in register.told("E52")] == ["E52"]


@pytest.mark.parametrize("code", _OF_THE_REGISTER)
def test_what_is_cancelled_before_the_night_saw_it_is_no_event(code: str, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, HAPPENED)
    reason, facts = _OF_THE_REGISTER[code]
    register.row("p", FIRST, reason, HAPPENED, **facts)
    register.run(FIRST)
    assert register.told() == []


@pytest.mark.parametrize("code", _OF_THE_REGISTER)
def test_what_is_cancelled_and_entered_anew_in_one_night_is_an_event_again(code: str, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, HAPPENED)
    reason, facts = _OF_THE_REGISTER[code]
    register.row("p", SECOND, reason, HAPPENED, **facts)
    HAPPENINGS[code](register, SECOND, HAPPENED)
    register.run(FIRST, SECOND)
    assert register.told() == [
        (code, ("p",), HAPPENED, "void", "R2_cancelled"),
        (code, ("p",), HAPPENED, "settled", ""),
    ]


@pytest.mark.parametrize("code", _OF_THE_REGISTER)
@pytest.mark.parametrize("night", [pytest.param(FIRST, id="the same night"), pytest.param(SECOND, id="the next night")])
def test_a_corrected_date_replaces_the_event(code: str, night: date, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, HAPPENED)
    register.row("p", night, "TYPO_FIX", RIGHT, **({"birth_date": RIGHT} if code == "E01" else {}))
    register.run(FIRST, SECOND)
    wrong: list[Told] = [(code, ("p",), HAPPENED, "void", "R2_corrected")] if night == SECOND else []
    assert register.told() == [*wrong, (code, ("p",), RIGHT, "settled", "")]


@pytest.mark.parametrize("code", _OF_THE_REGISTER)
@pytest.mark.parametrize("own_day", [pytest.param(False, id="keeps the date"), pytest.param(True, id="its own day")])
def test_a_correction_of_something_else_leaves_the_event(code: str, own_day: bool, register: Register) -> None:
    HAPPENINGS[code](register, FIRST, HAPPENED)
    register.row("p", SECOND, "TYPO_FIX", SECOND if own_day else HAPPENED, kana="ナラ")
    register.run(FIRST, SECOND)
    assert register.told() == [(code, ("p",), HAPPENED, "settled", "")]
