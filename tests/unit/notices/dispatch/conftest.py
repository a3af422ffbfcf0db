from pathlib import Path

import pytest

from engine.core.settings import Settings
from tests.support.morning import publish_safety
from tests.support.outbox import outbox_settings


@pytest.fixture
def site(tmp_path: Path, db: None) -> Settings:
    """A site whose safety facts are of today, with an outbox folder."""
    publish_safety()
    return outbox_settings(tmp_path)
