"""What a channel may answer."""

import pytest

from engine.core.errors import TodokeError
from notices.dispatch.channel import Channel, Refused, Unsure
from notices.dispatch.folder import FolderChannel
from tests.support.outbox import ScriptedChannel


@pytest.mark.parametrize(
    ("error", "final"),
    [pytest.param(Refused("busy"), False, id="for now"), pytest.param(Refused("no", final=True), True, id="for good")],
)
def test_a_refusal_says_whether_it_is_final(error: Refused, final: bool) -> None:
    assert error.final is final


def test_both_answers_are_errors_of_ours_with_codes_of_their_own() -> None:
    assert {Refused.code, Unsure.code} == {"refused", "unsure"}
    assert issubclass(Refused, TodokeError)
    assert issubclass(Unsure, TodokeError)


def test_the_folder_may_be_given_a_parcel_again() -> None:
    assert FolderChannel.idempotent
    channel: Channel = ScriptedChannel([])
    assert not channel.idempotent
