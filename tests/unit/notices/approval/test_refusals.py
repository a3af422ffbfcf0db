"""Every refusal has a code of its own, and exits as a refused transition does."""

import inspect

from engine.core.errors import StateError
from notices.approval import refusals


def refusals_there_are() -> list[type[StateError]]:
    found = (kind for _, kind in inspect.getmembers(refusals, inspect.isclass) if kind.__module__ == refusals.__name__)
    return [kind for kind in found if issubclass(kind, StateError)]


def test_every_refusal_is_told_apart_by_its_code() -> None:
    codes = [kind.code for kind in refusals_there_are()]
    assert len(codes) == len(set(codes)) >= 4
    assert StateError.code not in codes


def test_every_refusal_exits_as_a_refused_transition() -> None:
    assert {kind.exit_code for kind in refusals_there_are()} == {1}
