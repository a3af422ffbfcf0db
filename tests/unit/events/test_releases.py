from datetime import timedelta
from pathlib import Path

import pytest

from engine.core.errors import InputError
from events.releases import Release, release_held, released
from tests.support.eventful import BASELINE, FIRST, SECOND, THIRD, Register
from tests.support.history import CITY

WHO = {"municipality": CITY, "officer": "operator", "reason": "a new housing estate opened"}
E09 = Release(code="E09", night=FIRST, **WHO)


@pytest.fixture
def flooded(tmp_path: Path) -> Register:
    """A night that held forty moves."""
    register = Register(tmp_path)
    for number in range(40):
        register.lives(f"m{number}", household_id=f"m{number}")
        register.row(f"m{number}", FIRST, "MOVE_WITHIN", household_id=f"m{number}", addr_line=f"9-{number}")
    register.run(BASELINE, FIRST)
    return register


def states(register: Register) -> set[tuple[str, str]]:
    return {(told[3], told[4]) for told in register.told("E09")}


def test_what_is_released_settles_the_next_night_and_not_before(flooded: Register) -> None:
    assert states(flooded) == {("held", "volume")}
    assert release_held(flooded.warehouse, E09, at=flooded.night(FIRST).clock.now()) == 40
    flooded.run(FIRST)
    assert states(flooded) == {("held", "volume")}
    flooded.run(SECOND)
    assert states(flooded) == {("settled", "released")}
    flooded.run(THIRD)
    assert len(flooded.rows("events.states")) == 80


def test_a_flood_of_old_dates_is_held_too_and_released_to_staff(tmp_path: Path) -> None:
    register = Register(tmp_path)
    for number in range(40):
        register.lives(f"m{number}", household_id=f"m{number}")
        moved = FIRST - timedelta(days=90 if number < 30 else 2)
        register.row(f"m{number}", FIRST, "MOVE_WITHIN", moved, household_id=f"m{number}", addr_line=f"9-{number}")
    register.run(BASELINE, FIRST)
    assert states(register) == {("held", "volume")}
    release_held(register.warehouse, E09, at=register.night(FIRST).clock.now())
    register.run(SECOND)
    assert states(register) == {("settled", "released"), ("staff", "R5_backdated")}


def test_somebody_who_died_meanwhile_is_not_released(flooded: Register) -> None:
    release_held(flooded.warehouse, E09, at=flooded.night(FIRST).clock.now())
    flooded.row("m0", SECOND, "DEATH", status="DEAD")
    flooded.run(SECOND)
    assert {told[3] for told in flooded.told("E09") if told[1] == ("m0",)} == {"suppressed"}


@pytest.mark.parametrize(
    ("release", "said"),
    [
        (Release(code="E05", night=FIRST, **WHO), "no event E05"),
        (Release(code="E09", night=SECOND, **WHO), "is held"),
        (Release(code="E09", night=FIRST, **(WHO | {"reason": " "})), "why"),
        (Release(code="E09", night=FIRST, **(WHO | {"officer": ""})), "who decided"),
    ],
)
def test_a_release_names_what_is_held_who_and_why(release: Release, said: str, flooded: Register) -> None:
    with pytest.raises(InputError, match=said):
        release_held(flooded.warehouse, release, at=flooded.night(FIRST).clock.now())
    assert released(flooded.warehouse, CITY, FIRST + timedelta(days=9)) == set()
