from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approvals import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """An empty town with a records file of its own."""
    made = Town(tmp_path)
    yield made
    made.warehouse.close()


@pytest.fixture(autouse=True)
def folder_of_this_test(tmp_path: Path, settings: object) -> None:
    """Every test writes its audit anchor to its own folder, and publishes programmes there: no other test sees them."""
    site = settings.TODOKE  # type: ignore[attr-defined]
    paths = site.paths.model_copy(update={"anchor": tmp_path / "audit.anchor", "catalogue": tmp_path / "catalogue"})
    settings.TODOKE = site.model_copy(update={"paths": paths})  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def keys_of_no_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of S3 looks for its keys no further than here: a bucket of a test is asked of this machine or of nobody."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
