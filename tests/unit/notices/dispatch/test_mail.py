"""E-mail through a real relay and a real SES server: taken, refused, or in doubt."""

import email
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from engine.core.settings import Email
from notices.dispatch.channel import Refused, Unsure
from notices.dispatch.mail import EmailChannel
from tests.support.parcels import PARCEL, parcel
from tests.support.services import Relay, aws, client, free_port, relay

SENDER = "tetsuzuki@city.example"


@pytest.fixture
def box() -> Iterator[Relay]:
    with relay() as made:
        yield made


def by_smtp(port: int) -> EmailChannel:
    return EmailChannel(Email(via="smtp", sender=SENDER, port=port, timeout_seconds=5))


def read(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_relay_gets_the_approved_text_and_page(box: Relay) -> None:
    channel = by_smtp(box.port)
    channel.open()
    assert channel.send(PARCEL) == "smtp N-2026-004217"
    channel.close()
    message = read(box.mails[0])
    assert (message["To"], message["From"]) == ("hanako@example.jp", SENDER)
    assert message["Message-ID"] == f"<{'k' * 40}@city.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain = message.get_body(("plain",))
    page = message.get_body(("html",))
    assert plain is not None
    assert page is not None
    for part in (plain.get_content(), page.get_content()):
        assert "15,000円" in part
        assert "試験 花子 様" in part


@pytest.mark.parametrize(
    ("rcpt", "data", "raised", "final"),
    [
        pytest.param("550 no such user", "250 ok", Refused, True, id="an address that is none"),
        pytest.param("450 busy", "250 ok", Refused, False, id="a mailbox that is busy"),
        pytest.param("250 ok", "554 not taken", Refused, False, id="a message that is not taken"),
        pytest.param("250 ok", "", Unsure, None, id="a relay that breaks off after the message"),
    ],
)
def test_what_a_relay_says_is_told_apart(
    rcpt: str, data: str, raised: type[Exception], final: bool | None, box: Relay
) -> None:
    box.rcpt, box.data = rcpt, data
    with pytest.raises(raised, match=r"dispatch\.email\.host") as found:
        by_smtp(box.port).send(PARCEL)
    assert getattr(found.value, "final", None) == final
    assert "hanako" not in str(found.value)


def test_a_relay_nobody_answers_at_is_a_refusal_to_be_tried_again() -> None:
    with pytest.raises(Refused, match="was not reached") as found:
        by_smtp(free_port()).send(PARCEL)
    assert not found.value.final


def test_nobody_is_written_to_without_an_address(box: Relay) -> None:
    with pytest.raises(Refused) as found:
        by_smtp(box.port).send(parcel(email=""))
    assert (found.value.final, box.mails) == (True, [])


def test_a_repeat_is_never_asked_for(box: Relay) -> None:
    channel = by_smtp(box.port)
    channel.clear(PARCEL.number)
    assert not channel.idempotent
    assert channel.taken(number=PARCEL.number, key=PARCEL.key) is None


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws() as url:
        yield url


@pytest.fixture
def ses(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    channel = EmailChannel(Email(via="ses", sender=SENDER, endpoint_url=server))
    yield channel
    channel.close()


def test_ses_takes_it_from_a_verified_sender_only(ses: EmailChannel, server: str) -> None:
    with pytest.raises(Refused, match="SES answered MessageRejected") as found:
        ses.send(PARCEL)
    assert found.value.final
    with client("sesv2", server) as sesv2:
        sesv2.create_email_identity(EmailIdentity=SENDER)
    assert ses.send(PARCEL).startswith("ses ")
