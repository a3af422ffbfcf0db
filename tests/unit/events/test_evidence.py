"""Every event shows the columns its detector names, before and after, with the date of the file they came in."""

from datetime import date
from pathlib import Path

from events.detectors import load_detectors
from events.evidence import evidence
from events.work import Event
from tests.support.eventful import BASELINE, FIRST, SECOND, Register, birth, move_within
from tests.support.settling import known


def change_of(register: Register, person: str) -> str:
    rows = register.rows("changes.residents")
    return str(next(row["change_id"] for row in rows if row["subject_id"] == person))


def test_a_change_is_shown_before_and_after_with_its_file(tmp_path: Path) -> None:
    register = Register(tmp_path)
    move_within(register, FIRST, FIRST)
    register.run(BASELINE, SECOND)
    event = known(code="E09", subject_ids=("p",), change_ids=(change_of(register, "p"),))
    (shown,) = evidence(register.night(SECOND), [event])
    assert [entry["column"] for entry in shown] == list(load_detectors()["E09"].evidence)
    moved = next(entry for entry in shown if entry["column"] == "effective_date")
    assert (moved["before"], moved["after"]) == ("2020-04-01", FIRST.isoformat())
    assert (moved["ja"], moved["file_date"]) == ("異動年月日", FIRST.isoformat())


def test_twins_show_both_rows(tmp_path: Path) -> None:
    register = Register(tmp_path)
    for child in ("a", "b"):
        birth(register, FIRST, FIRST, who=child)
    register.run(BASELINE, FIRST)
    changes = tuple(change_of(register, child) for child in ("a", "b"))
    (shown,) = evidence(register.night(FIRST), [known(subject_ids=("a", "b"), change_ids=changes)])
    assert len(shown) == 2 * len(load_detectors()["E01"].evidence)
    assert all(entry["before"] is None for entry in shown)


def test_an_age_shows_what_the_register_says_and_no_file(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("p", birth_date=date(1961, 11, 11))
    register.run(BASELINE, FIRST)
    reached = known(code="E25", subject_ids=("p",), from_calendar=True)
    (shown,) = evidence(register.night(FIRST), [reached])
    assert [(entry["column"], entry["after"], entry["file_date"]) for entry in shown] == [
        ("birth_date", "1961-11-11", None)
    ]


def test_events_keep_their_order_and_one_without_its_row_shows_nothing(tmp_path: Path) -> None:
    register = Register(tmp_path)
    birth(register, FIRST, FIRST, who="a")
    register.run(BASELINE, FIRST)
    events: list[Event] = [known(change_ids=("nothing",)), known(change_ids=(change_of(register, "a"),))]
    assert [bool(shown) for shown in evidence(register.night(FIRST), events)] == [False, True]
