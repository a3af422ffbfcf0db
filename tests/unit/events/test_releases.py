from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.core.errors import InputError
from engine.core.requests import RELEASE_HOLD
from engine.records.snapshot import publish_snapshot
from events.releases import Releases, release_holds, released, require_held
from tests.support.eventful import BASELINE, FIRST, SECOND, THIRD, Register
from tests.support.history import CITY
from tests.support.requests import MemoryRequests


@pytest.fixture
def flooded(tmp_path: Path) -> Register:
    """A night that held forty moves."""
    register = Register(tmp_path)
    for number in range(40):
        register.lives(f"m{number}", household_id=f"m{number}")
        register.row(f"m{number}", FIRST, "MOVE_WITHIN", household_id=f"m{number}", addr_line=f"9-{number}")
    register.run(BASELINE, FIRST)
    return register


@pytest.fixture
def asked() -> MemoryRequests:
    """An operator asked for the release of those moves."""
    requests = MemoryRequests()
    requests.ask(RELEASE_HOLD, {"code": "E09", "night": FIRST.isoformat()}, reason="a new housing estate opened")
    return requests


def scan(register: Register, on: date, requests: MemoryRequests) -> Releases:
    """The releases asked for, then detection."""
    done = release_holds(replace(register.night(on), requests=requests))
    register.run(on)
    return done


def states(register: Register) -> set[tuple[str, str]]:
    return {(told[3], told[4]) for told in register.told("E09")}


def test_what_is_released_settles_the_next_night_and_not_before(flooded: Register, asked: MemoryRequests) -> None:
    assert states(flooded) == {("held", "volume")}
    assert scan(flooded, FIRST, asked).summary() == {}
    assert states(flooded) == {("held", "volume")}
    assert scan(flooded, SECOND, asked).summary() == {"released": {"E09": 40}}
    assert states(flooded) == {("settled", "released")}
    assert asked.outcomes == {1: f"40 events are free from the night of {SECOND} on"}
    scan(flooded, THIRD, asked)
    assert len(flooded.rows("events.states")) == 80


def test_a_release_names_who_asked_and_why(flooded: Register, asked: MemoryRequests) -> None:
    scan(flooded, SECOND, asked)
    (row,) = flooded.rows("events.releases")
    assert (row["officer"], row["reason"], row["from_night"]) == ("operator", "a new housing estate opened", SECOND)


def test_a_night_killed_before_it_said_so_releases_once(flooded: Register, asked: MemoryRequests) -> None:
    release_holds(replace(flooded.night(SECOND), requests=asked))
    asked.outcomes.clear()
    assert scan(flooded, SECOND, asked).summary() == {"released": {"E09": 40}}
    assert len(flooded.rows("events.releases")) == 1
    assert states(flooded) == {("settled", "released")}


def test_the_night_of_a_release_run_again_ends_in_the_same_place(flooded: Register, asked: MemoryRequests) -> None:
    scan(flooded, SECOND, asked)
    first = sorted(flooded.told("E09"))
    assert scan(flooded, SECOND, asked).summary() == {}
    assert sorted(flooded.told("E09")) == first


@pytest.mark.parametrize(("code", "night"), [("E05", FIRST), ("E09", BASELINE)], ids=["another kind", "another night"])
def test_a_request_that_finds_nothing_held_is_done_and_says_so(code: str, night: date, flooded: Register) -> None:
    asked = MemoryRequests()
    asked.ask(RELEASE_HOLD, {"code": code, "night": night.isoformat()})
    scan(flooded, SECOND, asked)
    assert asked.outcomes[1].startswith("0 events")
    assert states(flooded) == {("held", "volume")}
    assert released(flooded.warehouse, CITY, THIRD) == set()


def test_a_flood_of_old_dates_is_held_too_and_released_to_staff(tmp_path: Path, asked: MemoryRequests) -> None:
    register = Register(tmp_path)
    for number in range(40):
        register.lives(f"m{number}", household_id=f"m{number}")
        moved = FIRST - timedelta(days=90 if number < 30 else 2)
        register.row(f"m{number}", FIRST, "MOVE_WITHIN", moved, household_id=f"m{number}", addr_line=f"9-{number}")
    register.run(BASELINE, FIRST)
    assert states(register) == {("held", "volume")}
    scan(register, SECOND, asked)
    assert states(register) == {("settled", "released"), ("staff", "R5_backdated")}


def test_somebody_who_died_meanwhile_is_not_released(flooded: Register, asked: MemoryRequests) -> None:
    flooded.row("m0", SECOND, "DEATH", status="DEAD")
    scan(flooded, SECOND, asked)
    assert {told[3] for told in flooded.told("E09") if told[1] == ("m0",)} == {"suppressed"}


@pytest.mark.parametrize(
    ("code", "night", "said"),
    [
        ("E05", FIRST.isoformat(), "no event E05"),
        ("E09", SECOND.isoformat(), "is held"),
        ("E09", "yesterday", "YYYY-MM-DD"),
    ],
)
def test_what_is_not_held_is_not_asked_for(code: str, night: str, said: str, flooded: Register) -> None:
    publish_snapshot(flooded.night(FIRST))
    require_held(flooded.settings, "E09", FIRST.isoformat())
    with pytest.raises(InputError, match=said):
        require_held(flooded.settings, code, night)


def test_what_was_released_is_not_held_any_more(flooded: Register, asked: MemoryRequests) -> None:
    scan(flooded, SECOND, asked)
    publish_snapshot(flooded.night(SECOND))
    with pytest.raises(InputError, match="is held"):
        require_held(flooded.settings, "E09", FIRST.isoformat())
