"""A letter that cannot be printed as it is spelt is held before anybody approves it, and goes on once it can be."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from engine.core.settings import Email, Letters
from notices.approval import printing
from notices.approval.models import AuditRow, Notice, StaffTask
from notices.recipients.models import Contact
from notices.site import installed
from tests.support.approvals import AT, CITY, FRIDAY, Town, approve_wordings, run

pytestmark = [pytest.mark.django_db, pytest.mark.browser]  # the CJK fonts come with Chromium in .ci/run
GAIJI, VARIANT, LACKING = "\ue001", "辻\U000e0101", "辻\U000e01ef"


@pytest.fixture
def prints(settings: Settings, tmp_path: Path) -> None:
    """The site prints letters, and has e-mail."""
    site = installed()
    ways = {"letters": Letters(to=str(tmp_path)), "email": Email(via="smtp", sender="a@city.example")}
    settings.TODOKE = site.model_copy(update={"dispatch": site.dispatch.model_copy(update=ways)})


def birth(town: Town, name: str = "奈良 太郎", address: str = "二条大路南1-1") -> Notice:
    """A birth whose addressee is called so and lives there, prepared on Friday."""
    approve_wordings()
    town.birth()
    town.rows["residents"][0] |= {"name": name, "addr_line": address}
    run(town)
    return Notice.objects.get()


@pytest.mark.usefixtures("prints")
@pytest.mark.parametrize(
    ("name", "address", "reason"),
    [
        pytest.param(f"{LACKING} 太郎", "二条大路南1-1", "unprintable: name U+8FBB U+E01EF", id="a variant no font has"),
        pytest.param("奈良 太郎", f"{GAIJI}町1", "unprintable: address U+E001", id="a private character"),
        pytest.param(f"{GAIJI}{GAIJI}", f"{GAIJI}町1", "unprintable: name U+E001; address U+E001", id="both"),
        pytest.param("奈良 太郎", "大" * 121, "unprintable: address longer than 120 characters", id="too long for the window"),
    ],
)  # fmt: skip
def test_what_cannot_be_printed_is_held_with_flag_reason_and_task(
    name: str, address: str, reason: str, town: Town
) -> None:
    notice = birth(town, name, address)
    assert (notice.state, notice.state_reason, notice.flags) == ("held", reason, ["unprintable"])
    task = StaffTask.objects.get()
    assert (task.kind, task.office, task.details) == ("unprintable", "child_benefits", {"notice": notice.number})
    assert AuditRow.objects.get(action="notice_held").details["reason"] == reason


@pytest.mark.usefixtures("prints")
@pytest.mark.parametrize(
    "name", ["奈良 太郎", f"{VARIANT} 太郎", "𠮷田 太郎", "髙﨑 太郎", "かが\u3099 太郎", "神\ufa19 太郎"]
)
def test_what_the_font_has_is_not_held(name: str, town: Town) -> None:
    notice = birth(town, name)
    assert (notice.state, notice.flags) == ("prepared", [])


def test_a_site_that_prints_nothing_holds_nothing(town: Town) -> None:
    assert birth(town, f"{GAIJI} 太郎").state == "prepared"


@pytest.mark.usefixtures("prints")
def test_an_e_mail_needs_no_font(town: Town) -> None:
    town.add("preferences", resident_id="F1", channel="EMAIL", email="taro@example.jp")
    assert birth(town, f"{GAIJI} 太郎").state == "prepared"


@pytest.mark.usefixtures("prints")
def test_it_goes_on_by_itself_once_the_record_is_mended(town: Town) -> None:
    notice = birth(town, f"{GAIJI} 太郎")
    run(town, FRIDAY + timedelta(days=1), at=AT)
    notice.refresh_from_db()
    assert notice.state == "held"
    town.person("F1", "H1", hist_no=2, name="奈良 太郎")
    run(town, FRIDAY + timedelta(days=2), at=AT)
    notice.refresh_from_db()
    assert (notice.state, notice.flags) == ("prepared", [])


@pytest.mark.usefixtures("prints")
def test_a_name_that_changed_while_it_waited_holds_it(town: Town) -> None:
    notice = birth(town)
    town.person("F1", "H1", hist_no=2, name=f"{GAIJI} 太郎")
    run(town, FRIDAY + timedelta(days=1), at=AT)
    notice.refresh_from_db()
    assert (notice.state, notice.flags) == ("held", ["unprintable"])


@pytest.mark.usefixtures("prints")
def test_the_report_lists_code_points_and_names_nobody(town: Town) -> None:
    notice = birth(town, f"{GAIJI} 太郎")
    assert list(printing.report(CITY)) == [
        {"id": notice.number, "state": "held", "language": "ja", "where": "name", "what": "U+E001"}
    ]
    Contact.objects.update(name="奈良 太郎")
    assert list(printing.report(CITY)) == []
