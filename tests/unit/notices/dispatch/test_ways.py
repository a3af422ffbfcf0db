"""Which channels a site has, and which of them takes a notice at the moment it leaves."""

from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import SettingsError
from engine.core.settings import Dispatch, Email, Heralds, Letters, Settings
from notices.approval.models import Attempt, Notice, OutboxRow
from notices.dispatch.ways import channels_of, way_now
from notices.recipients.models import Contact
from tests.django_settings import settings_in
from tests.support.morning import NOW
from tests.support.outbox import ScriptedChannel, approved

EMAIL = Email(via="smtp", sender="a@city.example")


def site(folder: Path, **ways: Any) -> Settings:
    return settings_in(folder).model_copy(update={"dispatch": Dispatch(**ways)})


@pytest.mark.parametrize(
    ("ways", "names"),
    [
        pytest.param({}, ["folder"], id="pages only"),
        pytest.param({"email": EMAIL}, ["folder", "email"], id="pages and e-mail"),
        pytest.param({"letters": Letters(to="spool"), "heralds": Heralds(sms=True)}, ["letter", "sms"], id="letters"),
    ],
)
def test_a_site_has_the_channels_of_its_settings(ways: dict[str, Any], names: list[str], tmp_path: Path) -> None:
    found = channels_of(site(tmp_path, **ways))
    assert list(found) == names
    for name in {"email", "sms"} & set(names):
        found[name].close()


def test_a_folder_of_fonts_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="fonts: there is no folder"):
        channels_of(site(tmp_path, letters=Letters(to="spool", fonts=tmp_path / "none")))


@pytest.mark.django_db
class TestWayNow:
    """The row's way, unless it is closed meanwhile."""

    @pytest.fixture
    def where(self, tmp_path: Path) -> Settings:
        return site(tmp_path, email=EMAIL)

    def row(self, way: str, **contact: Any) -> OutboxRow:
        notice: Notice = approved(1, channel=way)
        Contact.objects.update(**contact)
        return notice.outbox

    def asked(self, row: OutboxRow, where: Settings) -> tuple[str, str]:
        channels = {name: ScriptedChannel([], name=name) for name in ("folder", "email")}
        found = way_now(row, where, channels)
        return found.name, found.why

    def test_the_way_it_was_approved_for(self, where: Settings) -> None:
        row = self.row("email", channel="EMAIL", email="hanako@example.jp")
        assert self.asked(row, where) == ("email", "")

    def test_a_letter_stays_a_letter_whatever_is_wished_since(self, where: Settings) -> None:
        row = self.row("folder", channel="EMAIL", email="hanako@example.jp")
        assert self.asked(row, where) == ("folder", "")

    @pytest.mark.parametrize(
        ("way", "contact", "why"),
        [
            pytest.param("email", {"channel": "EMAIL", "email": ""}, "no usable EMAIL", id="the address is gone"),
            pytest.param(
                "email", {"channel": "LETTER"}, "the way it was approved for is closed", id="wished otherwise"
            ),
            pytest.param("line", {"channel": "LINE"}, "does not send by LINE", id="no such channel"),
        ],
    )
    def test_else_a_letter_and_why(self, way: str, contact: dict[str, Any], why: str, where: Settings) -> None:
        name, said = self.asked(self.row(way, **contact), where)
        assert (name, why in said) == ("folder", True)

    def test_what_may_have_left_by_one_way_never_goes_by_another(self, where: Settings) -> None:
        row = self.row("email", channel="LETTER")
        Attempt.objects.create(outbox=row, started_at=NOW, ended_at=NOW, outcome="unknown")
        assert self.asked(row, where) == ("email", "")
