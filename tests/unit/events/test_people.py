"""Whom a night can be about is copied, as of tonight and as of the night before, and nobody else."""

from datetime import date
from pathlib import Path

import pytest

from events.people import count_residents, residents
from events.reading import read_work
from tests.support.eventful import BASELINE, FIRST, SECOND, THIRD, Register, birth, death, move_within


@pytest.mark.parametrize(
    ("who", "copied"),
    [
        pytest.param("child", {"child", "mother", "father"}, id="a child and the parents"),
        pytest.param("mother", {"mother", "child", "father"}, id="a parent, the children and their other parent"),
        pytest.param("father", {"father", "child", "mother"}, id="a parent who lives elsewhere"),
        pytest.param("stranger", {"stranger"}, id="nobody else"),
    ],
)
def test_families_are_copied_whole(who: str, copied: set[str], tmp_path: Path) -> None:
    register = Register(tmp_path)
    for one in ("child", "mother", "father", "stranger"):
        register.lives(one, household_id=one)
    register.child_of("child", "mother", "father")
    register.run(BASELINE)
    register.holds("pension", FIRST, resident_id=who, pension_kind="1")
    register.run(FIRST)
    people = register.warehouse.read("SELECT resident_id FROM people_now", {})["resident_id"].to_list()
    assert set(people) == copied


def test_residents_are_counted_on_from_the_last_night_that_was_counted(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("a")
    register.lives("b")
    death(register, FIRST, FIRST, who="b")
    birth(register, SECOND, SECOND, who="c")
    birth(register, THIRD, THIRD, who="d")
    register.run(BASELINE, THIRD)
    counted = "SELECT residents FROM events.living ORDER BY night"
    assert register.warehouse.read(counted, {})["residents"].to_list() == [2, 1, 2, 3]
    assert residents(register.night(THIRD)) == 3


def test_residents_are_counted_over_a_night_that_was_missed(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("a")
    birth(register, FIRST, FIRST, who="b")
    death(register, SECOND, SECOND, who="a")
    birth(register, THIRD, THIRD, who="c")
    register.run(BASELINE, THIRD)
    register.warehouse.define("DELETE FROM events.living WHERE night IN ('2026-11-10', '2026-11-11')")
    night = register.night(THIRD)
    read_work(night)
    assert count_residents(night) == residents(night) == 2


def test_people_of_the_night_before_are_those_of_now_but_for_whom_tonight_names(tmp_path: Path) -> None:
    register = Register(tmp_path)
    for who in ("stays", "moves", "dies"):
        register.lives(who)
    move_within(register, FIRST, FIRST, who="moves")
    death(register, FIRST, FIRST, who="dies")
    birth(register, FIRST, FIRST, who="new")
    register.run(BASELINE, FIRST)
    night = register.night(FIRST)
    read_work(night)
    before = night.warehouse.read("SELECT resident_id, household_id, status FROM people_before", {})
    as_of = night.warehouse.read("SELECT resident_id, household_id, status FROM before.residents", {})
    assert sorted(before.rows()) == sorted(as_of.rows())
    assert len(before) == 3
    assert night.warehouse.read("SELECT household_id FROM people_now WHERE resident_id = 'moves'", {}).item() == "h9"


def test_people_the_night_is_not_about_are_not_copied(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.lives("mate")
    register.lives("bystander", household_id="h8")
    birth(register, FIRST, FIRST, who="new")
    register.run(BASELINE, FIRST)
    read_work(register.night(FIRST))
    copied = register.warehouse.read("SELECT resident_id FROM people_now", {})["resident_id"].to_list()
    assert sorted(copied) == ["mate", "new"]


def test_a_vehicle_that_passed_to_somebody_else_is_not_its_old_owners_any_more(tmp_path: Path) -> None:
    """Of a key that passes from one person to another the newest version counts, though it names only the new owner."""
    register = Register(tmp_path)
    register.lives("a")
    register.lives("b", household_id="h2")
    register.certificate("a", BASELINE, issued_on=date(2020, 4, 1))
    relief = {"vehicle_id": "v1", "acquired_on": date(2020, 5, 1), "relief_kind": "DISABILITY"}
    register.holds("light_vehicle_tax", BASELINE, resident_id="a", **relief)
    register.holds("light_vehicle_tax", FIRST, resident_id="b", **relief)
    register.holds(
        "light_vehicle_tax", SECOND, vehicle_id="v2", resident_id="a", acquired_on=SECOND, relief_kind="NONE"
    )
    register.run(BASELINE, SECOND)
    assert [told[1] for told in register.told("E35")] == [("a",)]


def test_what_stands_is_read_of_whom_the_night_is_about_alone_and_where_somebody_asks(tmp_path: Path) -> None:
    register = Register(tmp_path)
    for who in ("a", "b"):
        register.lives(who, household_id=who)
        register.holds("light_vehicle_tax", BASELINE, vehicle_id=who, resident_id=who, relief_kind="NONE")
        register.holds("pension", BASELINE, resident_id=who, pension_kind="1")
    register.run(BASELINE)
    register.holds("light_vehicle_tax", FIRST, vehicle_id="a", resident_id="a", relief_kind="DISABILITY")
    register.run(FIRST)
    of_tonight, of_before = (
        register.warehouse.read(f"SELECT resident_id, relief_kind FROM people_light_vehicle_tax{when}", {}).rows()
        for when in ("", "_before")
    )
    assert (of_tonight, of_before) == ([("a", "DISABILITY")], [("a", "NONE")])
    copied = register.warehouse.read("SELECT table_name FROM information_schema.tables", {})["table_name"].to_list()
    assert "people_pension" not in copied
