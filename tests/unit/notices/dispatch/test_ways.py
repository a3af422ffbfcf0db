"""Which way an approved notice takes: as its addressee wishes, where the site can, and a letter where not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.core.settings import Email, Letters, Settings
from notices.approval.hashing import content_hash
from notices.approval.models import AuditRow, OutboxRow, StaffTask
from notices.recipients.models import Contact
from tests.support.morning import NOW
from tests.support.outbox import AFTER_LEASE, LATER, ScriptedChannel, approved, block, files, send, state
from tests.support.services import relay
from tests.support.wordings import written

pytestmark = pytest.mark.django_db


def test_a_row_for_a_channel_this_site_lacks_goes_by_letter_and_says_so(site: Settings) -> None:
    notice = approved(1, channel="line")
    send(site)
    assert state(notice) == "accepted"
    assert f"{notice.number}.html" in files(site)
    changed = AuditRow.objects.get(action="channel_changed")
    assert (changed.details["from"], changed.details["to"]) == ("line", "folder")


def test_a_row_no_channel_takes_is_held(site: Settings) -> None:
    notice = approved(1)
    send(site, channel=ScriptedChannel([], name="other"))
    assert (state(notice), notice.state_reason) == ("held", "wrong_channel")


def by_mail(site: Settings, port: int) -> Settings:
    """The same site with a mail relay, and an addressee who wishes e-mail."""
    Contact.objects.update(channel="EMAIL", email="hanako@example.jp")
    way = Email(via="smtp", sender="a@city.example", port=port, timeout_seconds=5)
    return site.model_copy(update={"dispatch": site.dispatch.model_copy(update={"email": way})})


def test_who_wishes_e_mail_gets_one_and_no_letter(site: Settings) -> None:
    notice = approved(1, channel="email")
    with relay() as box:
        there = by_mail(site, box.port)
        assert send(there).accepted == 1
        assert send(there, at=AFTER_LEASE).accepted == 0
    assert (state(notice), len(box.mails), files(site)) == ("accepted", 1, [])


def test_an_address_the_relay_refuses_becomes_a_letter(site: Settings) -> None:
    notice = approved(1, channel="email")
    with relay() as box:
        there = by_mail(site, box.port)
        box.rcpt = "550 no such user"
        assert send(there).refused == 1
        assert (state(notice), files(site)) == ("retry_wait", [])
        assert send(there, at=LATER + timedelta(minutes=10)).accepted == 1
    assert f"{notice.number}.html" in files(site)
    assert not StaffTask.objects.exists()
    changed = AuditRow.objects.get(action="channel_changed")
    assert changed.details["why"] == "dispatch.email.host answered 550 to the address"


def test_an_e_mail_in_doubt_is_neither_repeated_nor_posted(site: Settings) -> None:
    notice = approved(1, channel="email")
    with relay() as box:
        there = by_mail(site, box.port)
        box.data = ""
        assert send(there).unknown == 1
        send(there, at=NOW + timedelta(hours=9))
    assert (state(notice), len(box.mails), files(site)) == ("unknown", 1, [])
    assert set(StaffTask.objects.values_list("kind", flat=True)) == {"unknown_delivery"}


def test_a_hold_called_before_it_leaves_stops_an_e_mail(site: Settings) -> None:
    notice = approved(1, channel="email")
    block(notice, "held_by_call")
    with relay() as box:
        assert send(by_mail(site, box.port)).stopped == 1
    assert (state(notice), box.mails) == ("held", [])


@pytest.mark.browser
def test_letters_leave_as_pdf_with_a_list_and_one_that_cannot_be_printed_is_held(
    site: Settings, settings: Any, tmp_path: Path
) -> None:
    ways = site.dispatch.model_copy(update={"letters": Letters(to=str(tmp_path / "spool"))})
    settings.TODOKE = there = site.model_copy(update={"dispatch": ways})
    good, spoilt = approved(1, channel="letter"), approved(2, channel="letter")
    row = Contact.objects.get(resident_id=spoilt.addressee_id)
    row.name = "\ue001"
    row.save()
    for notice in (good, spoilt):
        notice.body.text = {**written().text, "number": notice.number}
        notice.body.save()
        notice.content_hash = content_hash(notice, notice.items.all(), notice.body.text)
        notice.save()
        OutboxRow.objects.filter(notice=notice).update(content_hash=notice.content_hash)
    found = send(there)
    assert (found.accepted, found.stopped) == (1, 1)
    assert (state(good), state(spoilt), spoilt.state_reason) == ("accepted", "held", "unprintable")
    assert spoilt.flags == ["unprintable"]
    assert sorted(path.name for path in (tmp_path / "spool").iterdir()) == [
        f"{good.number}.json", f"{good.number}.pdf", "list-000001.csv",
    ]  # fmt: skip
    assert files(site) == []
