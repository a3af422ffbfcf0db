"""A short message follows the letter, once; the letter goes whatever becomes of the message."""

from collections.abc import Iterator

import pytest
from moto.sns.models import sns_backends

from engine.core.settings import Heralds
from notices.dispatch.channel import Refused
from notices.dispatch.herald import HeraldedLetter, heralds
from tests.support.outbox import ScriptedChannel
from tests.support.parcels import PARCEL, parcel
from tests.support.services import REGION, aws, client, free_port

ACCOUNT = "123456789012"  #: moto's own


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    sns_backends[ACCOUNT][REGION].reset()
    with aws() as url:
        yield url


@pytest.fixture
def letters() -> ScriptedChannel:
    return ScriptedChannel(["N.pdf", "a second letter"], idempotent=True)


def herald(name: str, letters: ScriptedChannel, url: str) -> HeraldedLetter:
    return HeraldedLetter(name, letters, Heralds(sms=True, push=True, endpoint_url=url, timeout_seconds=5))


def messages() -> list[tuple[str, str]]:
    return list(sns_backends[ACCOUNT][REGION].sms_messages.values())


def test_an_sms_follows_the_letter_and_names_no_programme(server: str, letters: ScriptedChannel) -> None:
    channel = herald("sms", letters, server)
    receipt = channel.send(PARCEL)
    assert receipt.startswith("N.pdf; sms ")
    [(number, message)] = messages()
    assert number == "+819012345678"
    assert message.startswith("奈良市")
    assert "手紙" in message
    assert "児童手当" not in message
    channel.close()


def test_a_repeat_is_neither_a_letter_nor_a_message(server: str, letters: ScriptedChannel) -> None:
    channel = herald("sms", letters, server)
    channel.send(PARCEL)
    assert channel.send(PARCEL) == channel.taken(number=PARCEL.number, key=PARCEL.key) == "N.pdf"
    assert (len(letters.parcels), len(messages())) == (1, 1)
    channel.close()


def test_a_push_reaches_the_app(server: str, letters: ScriptedChannel) -> None:
    with client("sns", server) as sns:
        application = sns.create_platform_application(Name="city", Platform="GCM", Attributes={})
        endpoint = sns.create_platform_endpoint(PlatformApplicationArn=application["PlatformApplicationArn"], Token="t")
    channel = herald("push", letters, server)
    assert channel.send(parcel(push_endpoint=endpoint["EndpointArn"])).startswith("N.pdf; push ")
    channel.close()


def test_the_letter_goes_when_nobody_takes_the_message(letters: ScriptedChannel, server: str) -> None:
    channel = herald("sms", letters, f"http://127.0.0.1:{free_port()}")
    assert channel.send(PARCEL) == "N.pdf; sms not sent: SNS was not reached: EndpointConnectionError"
    channel.close()


def test_no_message_goes_without_the_letter(server: str) -> None:
    letters = ScriptedChannel([Refused("the spool is full")], idempotent=True)
    channel = herald("sms", letters, server)
    with pytest.raises(Refused, match="spool is full"):
        channel.send(PARCEL)
    assert messages() == []
    channel.open()
    channel.clear(PARCEL.number)
    channel.close()


def test_a_site_has_the_heralds_it_asked_for(letters: ScriptedChannel) -> None:
    made = heralds(letters, Heralds(push=True))
    assert [channel.name for channel in made] == ["push"]
    for channel in made:
        channel.close()
