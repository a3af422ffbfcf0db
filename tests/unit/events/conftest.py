from pathlib import Path

import pytest

from tests.support.eventful import Register


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A small city whose register is written row by row, night by night."""
    return Register(tmp_path)
