from dataclasses import replace

import pytest

from tests.support.settling import BIRTH, known, work


@pytest.mark.parametrize(
    ("was", "now", "live"),
    [
        ("settled", None, True),
        ("waiting", None, True),
        ("held", None, True),
        ("void", None, False),
        ("suppressed", None, False),
        ("settled", "void", False),
        ("suppressed", "staff", True),
    ],
)
def test_an_event_lives_by_its_newest_state(was: str, now: str | None, live: bool) -> None:
    assert known(was=was, state=now).live is live


def test_a_decision_takes_the_place_of_the_one_before() -> None:
    event = known()
    event.decide("held", "volume")
    event.decide("void", "R2_cancelled")
    assert (event.state, event.reason, event.was) == ("void", "R2_cancelled", "settled")


def test_what_is_known_comes_before_what_is_new() -> None:
    of = work(BIRTH, known=[known()])
    of.events = [replace(known(), event_id="new")]
    assert [event.event_id for event in of.everything()] == ["known", "new"]
