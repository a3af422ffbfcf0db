import subprocess
import sys

import pytest

from engine.core.later import Later


def test_what_is_asked_is_the_modules() -> None:
    assert Later("os.path").join("a", "b") == "a/b"


def test_a_library_that_is_not_there_is_missed_when_it_is_used() -> None:
    absent = Later("no_such_library")
    with pytest.raises(ImportError, match="no_such_library"):
        absent.anything  # noqa: B018 - asking for it is what imports it


@pytest.mark.parametrize("library", ["sklearn", "scipy", "pyarrow", "jpholiday"])
def test_the_front_door_loads_none_of(library: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, todoke; print({library!r} in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False"
