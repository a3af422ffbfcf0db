import threading
from pathlib import Path

import pytest
from pytest_django import Settings as DjangoSettings

from engine.core.clock import FixedClock
from notices.approval import audit
from notices.approval.keeper import kept_anchored
from notices.approval.models import AuditRow
from notices.site import installed
from tests.support.approvals import AT, CITY, later

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 60


def row() -> None:
    """A row that nobody anchors: as a process leaves it that dies before it does."""
    audit.append(municipality=CITY, actor="aoki", action="looked", subject="notice:1", details={}, at=AT)


def wait_for(path: Path) -> bool:
    """Whether the anchor file has the newest row before patience ends."""
    gone = threading.Event()
    for _ in range(PATIENCE_SECONDS * 10):
        newest = audit.file_of(installed()).newest()
        if newest is not None and newest.sequence == AuditRow.objects.count():
            return True
        gone.wait(0.1)
    return False


def test_what_nobody_anchored_is_anchored_within_a_round() -> None:
    row()
    row()
    assert audit.tail(installed(), now=later(1)).rows == 1  # the first row of a chain is anchored at once
    with kept_anchored(installed(), FixedClock(later(1)), every_seconds=0.05):
        assert wait_for(installed().paths.anchor)
    assert not [one for one in threading.enumerate() if one.name == "keep-anchored"]


def test_a_place_that_cannot_be_written_is_told_once_and_tried_again(
    settings: DjangoSettings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    row()
    place = tmp_path / "file" / "audit.anchor"
    place.parent.touch()  # a file where the folder should be
    paths = installed().paths.model_copy(update={"anchor": place})
    settings.TODOKE = installed().model_copy(update={"paths": paths})
    said = ""
    with kept_anchored(installed(), FixedClock(AT), every_seconds=0.05):
        pause = threading.Event()
        for _ in range(PATIENCE_SECONDS * 10):
            said += capfd.readouterr().err
            if "cannot be anchored" in said:
                break
            pause.wait(0.1)
        pause.wait(0.5)
        place.parent.unlink()
        assert wait_for(place)
    assert said.count("cannot be anchored") + capfd.readouterr().err.count("cannot be anchored") == 1
