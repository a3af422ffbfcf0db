import pytest

from notices.desk.nights import last_night, nights
from tests.support.morning import MUNICIPALITY, NIGHT, set_up_night


def test_without_a_ledger_row_there_was_no_night(db: None) -> None:
    assert last_night(MUNICIPALITY) is None
    assert nights(MUNICIPALITY) == []


def test_the_last_night_says_what_it_found(db: None) -> None:
    set_up_night("done")
    night = last_night(MUNICIPALITY)
    assert night is not None
    assert (night.on, night.state, night.seconds) == (NIGHT, "done", 47)
    assert night.counts("events")["E01"] == 4
    assert night.names("feeds", "accepted")[0] == "residents"
    assert night.halted == ""


@pytest.mark.parametrize(("state", "seconds"), [("running", 0), ("halted", 47)])
def test_a_night_that_did_not_finish_says_so(state: str, seconds: int, db: None) -> None:
    set_up_night(state)
    night = last_night(MUNICIPALITY)
    assert night is not None
    assert (night.state, night.seconds) == (state, seconds)
    assert night.counts("no such part") == {}


def test_a_running_night_says_what_it_is_doing_and_when_that_changes(db: None) -> None:
    set_up_night("running")
    night = last_night(MUNICIPALITY)
    assert night is not None
    assert (night.doing["stage"], night.mark) == ("detect_events", "2026-11-23-running-detect_events")


def test_another_municipality_has_nights_of_its_own(db: None) -> None:
    set_up_night("done")
    assert last_night("131016") is None
