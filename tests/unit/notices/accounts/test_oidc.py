"""What a log-in through the provider accepts: one answer exactly, and no other. Every row of the table is an attack or a fault."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

import notices.accounts.oidc as oidc_module
from engine.core.clock import SystemClock
from engine.core.errors import SettingsError
from engine.core.settings import Oidc
from notices.accounts.oidc import Identity, IdentityRefused, ask, identity_of
from notices.desk.catalogue import messages
from tests.support.identity_provider import CLIENT, SECRET, Provider, identity_provider

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with identity_provider() as made:
        yield made


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.account, running.subject, running.token, running.now = "aoki", "s-0001", "signed", now()
    running.wrong, running.published, running.returned = {}, {}, {}
    return running


@pytest.fixture
def oidc(provider: Provider, tmp_path: Path) -> Oidc:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    return Oidc(issuer=provider.issuer, client_id=CLIENT, client_secret_file=secret)


def now() -> int:
    """A provider's tokens live by the machine's clock, and so does Authlib."""
    return int(SystemClock().now().timestamp())


class Browser:
    """One browser: its session at the desk, and what the provider sends it back with."""

    def __init__(self) -> None:
        self.session: SessionBase = SessionStore()

    def request(self, path: str, **given: str) -> HttpRequest:
        made = RequestFactory().get(path, given)
        made.session = self.session
        return made

    def there(self, oidc: Oidc) -> dict[str, str]:
        answer = httpx.get(ask(oidc, self.request("/login/sso/"))["Location"])
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def back(self, oidc: Oidc, given: dict[str, str]) -> Identity:
        return identity_of(oidc, self.request("/login/sso/back/", **given))


def log_in(oidc: Oidc) -> Identity:
    browser = Browser()
    return browser.back(oidc, browser.there(oidc))


def test_the_provider_says_who_it_is(oidc: Oidc, provider: Provider) -> None:
    found = log_in(oidc)
    assert found.account == "aoki"
    assert len(found.key) == 64
    question = provider.asked[-1]
    assert question["response_type"] == "code"
    assert question["code_challenge_method"] == "S256"
    assert len(question["code_challenge"]) == 43
    assert question["nonce"]
    assert question["redirect_uri"] == "http://127.0.0.1:8300/login/sso/back/"


@pytest.mark.parametrize(
    ("said", "kept"), [pytest.param(None, None, id="nothing"), pytest.param(1_800_000_000, 1_800_000_000, id="a time")]
)
def test_when_the_person_proved_themself_is_the_providers_to_say(
    said: object, kept: int | None, oidc: Oidc, provider: Provider
) -> None:
    provider.wrong = {"auth_time": said}
    assert log_in(oidc).proved_at == kept
    assert "max_age" not in provider.asked[-1]
    provider.wrong = {"auth_time": "yesterday"}
    with pytest.raises(IdentityRefused):
        log_in(oidc)


def test_state_nonce_and_challenge_are_new_each_time(oidc: Oidc, provider: Provider) -> None:
    log_in(oidc)
    log_in(oidc)
    first, second = provider.asked[-2:]
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))


def test_a_person_keeps_their_key_when_their_name_changes(oidc: Oidc, provider: Provider) -> None:
    before = log_in(oidc)
    provider.account = "kimura"
    assert log_in(oidc).key == before.key
    provider.subject = "s-0002"
    assert log_in(oidc).key != before.key


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"iss": "https://evil.example"}, id="another issuer"),
        pytest.param({"iss": None}, id="no issuer"),
        pytest.param({"aud": "another-client"}, id="for another client"),
        pytest.param({"aud": []}, id="for nobody"),
        pytest.param({"aud": None}, id="says not for whom"),
        pytest.param({"aud": [CLIENT, "other"]}, id="for two, and not said to whom it was given"),
        pytest.param({"aud": [CLIENT, "other"], "azp": "other"}, id="given to another client"),
        pytest.param({"azp": "other"}, id="for this client, given to another"),
        pytest.param({"nonce": "old"}, id="of another log-in"),
        pytest.param({"nonce": None}, id="of no log-in"),
        pytest.param({"nonce": ""}, id="of an empty log-in"),
        pytest.param({"exp": 1}, id="expired long ago"),
        pytest.param({"exp": now() - 120}, id="expired"),
        pytest.param({"exp": None}, id="valid for ever"),
        pytest.param({"exp": "tomorrow"}, id="valid until something"),
        pytest.param({"iat": None}, id="made at no time"),
        pytest.param({"nbf": now() + 3600}, id="not valid yet"),
        pytest.param({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, id="of another access token"),
        pytest.param({"sub": None}, id="no subject"),
        pytest.param({"sub": ""}, id="nobody"),
        pytest.param({"preferred_username": None}, id="no name"),
        pytest.param({"preferred_username": ""}, id="an empty name"),
    ],
)
def test_an_answer_that_is_not_exactly_what_was_asked_for_is_refused(
    claims: dict[str, Any], oidc: Oidc, provider: Provider
) -> None:
    provider.wrong = claims
    with pytest.raises(IdentityRefused, match=r"does not hold|does not say who"):
        log_in(oidc)


@pytest.mark.parametrize("token", ["forged", "unsigned", "shared", "confused", "unknown", "none"])
def test_a_token_that_the_providers_key_did_not_sign_is_refused(token: str, oidc: Oidc, provider: Provider) -> None:
    provider.token = token
    with pytest.raises(IdentityRefused, match="does not hold"):
        log_in(oidc)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_the_provider_cannot_talk_the_desk_into_a_weaker_signature(
    algorithm: str, oidc: Oidc, provider: Provider
) -> None:
    provider.published = {"id_token_signing_alg_values_supported": [algorithm]}
    provider.token = {"none": "unsigned", "HS256": "shared"}[algorithm]
    with pytest.raises(IdentityRefused, match="does not hold"):
        log_in(oidc)


def test_an_answer_is_good_once(oidc: Oidc) -> None:
    browser = Browser()
    given = browser.there(oidc)
    browser.back(oidc, given)
    with pytest.raises(IdentityRefused, match="not begun in this browser"):
        browser.back(oidc, given)


def test_a_code_is_good_once_even_for_a_new_state(oidc: Oidc) -> None:
    browser = Browser()
    given = browser.there(oidc)
    browser.back(oidc, given)
    with pytest.raises(IdentityRefused):
        browser.back(oidc, browser.there(oidc) | {"code": given["code"]})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"state": ""}, id="no state"),
        pytest.param({"state": "x"}, id="an invented state"),
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"code": "x"}, id="an invented code"),
        pytest.param({"error": "access_denied"}, id="the person said no"),
        pytest.param({"iss": "https://evil.example"}, id="from another provider (RFC 9207)"),
    ],
)
def test_an_answer_that_was_changed_on_its_way_is_refused(change: dict[str, str], oidc: Oidc) -> None:
    browser = Browser()
    with pytest.raises(IdentityRefused):
        browser.back(oidc, browser.there(oidc) | change)


def test_a_provider_may_say_that_the_answer_is_its_own(oidc: Oidc, provider: Provider) -> None:
    provider.returned = {"iss": provider.issuer}
    assert log_in(oidc).account == "aoki"


def test_an_answer_to_another_browser_is_refused(oidc: Oidc) -> None:
    mine, another = Browser(), Browser()
    mine.there(oidc)
    with pytest.raises(IdentityRefused, match="not begun in this browser"):
        mine.back(oidc, another.there(oidc))


def test_two_log_ins_of_one_browser_are_not_mixed_up(oidc: Oidc) -> None:
    browser = Browser()
    first, second = browser.there(oidc), browser.there(oidc)
    with pytest.raises(IdentityRefused):  # the one's state with the other's code: its verifier and nonce do not fit
        browser.back(oidc, first | {"code": second["code"]})
    browser = Browser()
    first, second = browser.there(oidc), browser.there(oidc)
    assert browser.back(oidc, second) == browser.back(oidc, first)


def test_a_code_that_was_stolen_is_worth_nothing_without_the_verifier(oidc: Oidc, provider: Provider) -> None:
    victim, thief = Browser(), Browser()
    stolen = victim.there(oidc)
    with pytest.raises(IdentityRefused):
        thief.back(oidc, thief.there(oidc) | {"code": stolen["code"]})
    assert victim.back(oidc, victim.there(oidc)).account == "aoki"


def test_a_weaker_log_in_than_the_city_asks_for_is_refused(oidc: Oidc, provider: Provider) -> None:
    strict = oidc.model_copy(update={"required_acr": ("mfa",)})
    with pytest.raises(IdentityRefused, match="not strong enough"):
        log_in(strict)
    provider.wrong = {"acr": "mfa"}
    assert log_in(strict).account == "aoki"
    assert provider.asked[-1]["acr_values"] == "mfa"


def test_a_provider_that_is_away_or_another_one_is_said(oidc: Oidc) -> None:
    for issuer, words in (("http://127.0.0.1:9", "cannot be asked"), (oidc.issuer + "/", "another name")):
        with pytest.raises(IdentityRefused, match=words):
            log_in(oidc.model_copy(update={"issuer": issuer}))


@pytest.mark.parametrize(
    "published",
    [
        pytest.param({"issuer": "https://evil.example"}, id="another issuer"),
        pytest.param({"authorization_endpoint": None}, id="nowhere to log in"),
        pytest.param({"token_endpoint": None}, id="nowhere to ask for the token"),
        pytest.param({"jwks_uri": None}, id="no keys"),
        pytest.param({"token_endpoint": "not an address"}, id="an address that is none"),
        pytest.param({"jwks": {"keys": []}}, id="an empty set of keys"),
        pytest.param({"jwks": {"keys": [{"kty": "x"}]}}, id="a key of no kind"),
        pytest.param({"jwks": {"nothing": 1}}, id="keys that are none"),
    ],
)
def test_a_provider_whose_papers_are_not_in_order_is_refused(
    published: dict[str, Any], oidc: Oidc, provider: Provider
) -> None:
    provider.published = published
    with pytest.raises(IdentityRefused):
        log_in(oidc)


def test_a_secret_file_that_is_not_there_is_a_setting_to_put_right(oidc: Oidc, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="client_secret_file"):
        log_in(oidc.model_copy(update={"client_secret_file": tmp_path / "none"}))


def test_the_desk_has_words_for_every_refusal() -> None:
    source = Path(oidc_module.__file__).read_text(encoding="utf-8")
    whys = set(re.findall(r'IdentityRefused\(\s*"(\w+)"', source))
    assert whys == {"unproved", "weak", "nameless", "not_begun", "away"}
    assert {f"identity.{why}" for why in whys} <= set(messages())


def test_what_the_provider_sent_is_in_no_message(oidc: Oidc, provider: Provider) -> None:
    provider.wrong = {"nonce": "secret-word"}
    with pytest.raises(IdentityRefused) as caught:
        log_in(oidc)
    assert caught.value.why == "unproved"
    assert "secret-word" not in str(caught.value)
    assert "aoki" not in str(caught.value)
    assert caught.value.__cause__ is None
