"""The tree of errors: each with a code of its own and the exit code of the contract."""

from collections.abc import Iterator

import pytest

from engine.core import errors
from engine.core.errors import InputError, SafetyStop, StateError, TodokeError


def tree(root: type[TodokeError] = TodokeError) -> Iterator[type[TodokeError]]:
    """Every error of this module."""
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


def test_codes_are_stable_names_told_apart() -> None:
    codes = [kind.code for kind in tree()]
    assert len(codes) == len(set(codes))
    assert all(code == code.lower() and " " not in code for code in codes)


@pytest.mark.parametrize("kind", list(tree()))
def test_the_exit_code_says_whose_it_is_to_put_right(kind: type[TodokeError]) -> None:
    if issubclass(kind, InputError):
        assert kind.exit_code == 2
    elif issubclass(kind, SafetyStop):
        assert kind.exit_code == 3
    else:
        assert kind.exit_code == 1


def test_a_safety_stop_is_never_caught_as_bad_input_or_a_refused_state() -> None:
    assert not issubclass(SafetyStop, InputError | StateError)
