import pytest

from engine.core.errors import StateError
from engine.core.requests import RELEASE_HOLD, NoRequests
from tests.support.requests import MemoryRequests


def test_without_a_queue_store_nothing_waits() -> None:
    assert NoRequests().waiting(RELEASE_HOLD) == ()


def test_nothing_can_be_done_that_was_not_asked() -> None:
    asked = MemoryRequests()
    asked.ask(RELEASE_HOLD, {"code": "E09", "night": "2026-11-10"})
    (request,) = asked.waiting(RELEASE_HOLD)
    with pytest.raises(StateError, match="was not asked of this night"):
        NoRequests().done(request, "3 events")
