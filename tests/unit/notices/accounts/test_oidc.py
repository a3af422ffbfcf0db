from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from engine.core.errors import SettingsError
from engine.core.settings import Oidc
from notices.accounts.oidc import Asked, Identity, IdentityRefused, address_of, identity_of
from tests.support.identity_provider import CLIENT, SECRET, Provider, identity_provider
from tests.support.morning import NOW


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with identity_provider() as made:
        yield made


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.account, running.subject, running.now = "aoki", "s-0001", int(NOW.timestamp())
    running.wrong, running.forged, running.unsigned = {}, False, False
    return running


@pytest.fixture
def oidc(provider: Provider, tmp_path: Path) -> Oidc:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    return Oidc(issuer=provider.issuer, client_id=CLIENT, client_secret_file=secret)


def there_and_back(oidc: Oidc, asked: Asked) -> dict[str, str]:
    """What the browser brings back."""
    answer = httpx.get(address_of(oidc, asked))
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def identity(oidc: Oidc) -> Identity:
    asked = Asked.fresh()
    return identity_of(oidc, asked, at=NOW, **there_and_back(oidc, asked))


def test_the_provider_says_who_it_is(oidc: Oidc, provider: Provider) -> None:
    found = identity(oidc)
    assert found.account == "aoki"
    assert len(found.key) == 64
    question = provider.asked[-1]
    assert question["code_challenge_method"] == "S256"
    assert question["redirect_uri"] == "http://127.0.0.1:8300/login/sso/back/"


def test_a_person_keeps_their_key_when_their_name_changes(oidc: Oidc, provider: Provider) -> None:
    before = identity(oidc)
    provider.account = "kimura"
    assert identity(oidc).key == before.key
    provider.subject = "s-0002"
    assert identity(oidc).key != before.key


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"iss": "https://evil.example"}, id="another issuer"),
        pytest.param({"aud": "another-client"}, id="for another client"),
        pytest.param({"aud": [CLIENT, "other"], "azp": "other"}, id="given to another client"),
        pytest.param({"nonce": "old"}, id="of another log-in"),
        pytest.param({"nonce": None}, id="of no log-in"),
        pytest.param({"exp": int(NOW.timestamp()) - 60}, id="expired"),
        pytest.param({"sub": ""}, id="nobody"),
        pytest.param({"preferred_username": ""}, id="no name"),
    ],
)
def test_an_answer_that_is_not_exactly_what_was_asked_for_is_refused(
    claims: dict[str, Any], oidc: Oidc, provider: Provider
) -> None:
    provider.wrong = claims
    with pytest.raises(IdentityRefused):
        identity(oidc)


@pytest.mark.parametrize("fault", ["forged", "unsigned"])
def test_a_token_of_another_key_or_of_none_is_refused(fault: str, oidc: Oidc, provider: Provider) -> None:
    setattr(provider, fault, True)
    with pytest.raises(IdentityRefused, match="does not hold"):
        identity(oidc)


def test_an_answer_to_another_browser_is_refused(oidc: Oidc) -> None:
    mine, another = Asked.fresh(), Asked.fresh()
    with pytest.raises(IdentityRefused, match="not begun in this browser"):
        identity_of(oidc, mine, at=NOW, **there_and_back(oidc, another))


def test_a_code_that_was_stolen_is_worth_nothing_without_the_verifier(oidc: Oidc) -> None:
    asked = Asked.fresh()
    answer = there_and_back(oidc, asked)
    thief = Asked(state=asked.state, nonce=asked.nonce, verifier="x" * 64)
    with pytest.raises(IdentityRefused, match="cannot be asked"):
        identity_of(oidc, thief, at=NOW, **answer)


def test_a_weaker_log_in_than_the_city_asks_for_is_refused(oidc: Oidc, provider: Provider) -> None:
    strict = oidc.model_copy(update={"required_acr": ("mfa",)})
    with pytest.raises(IdentityRefused, match="not strong enough"):
        identity(strict)
    provider.wrong = {"acr": "mfa"}
    assert identity(strict).account == "aoki"
    assert provider.asked[-1]["acr_values"] == "mfa"


def test_a_provider_that_is_away_or_another_one_is_said(oidc: Oidc) -> None:
    for issuer, words in (("http://127.0.0.1:9", "cannot be asked"), (oidc.issuer + "/", "another name")):
        with pytest.raises(IdentityRefused, match=words):
            address_of(oidc.model_copy(update={"issuer": issuer}), Asked.fresh())


def test_a_secret_file_that_is_not_there_is_a_setting_to_put_right(oidc: Oidc, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="client_secret_file"):
        identity(oidc.model_copy(update={"client_secret_file": tmp_path / "none"}))


def test_secrets_of_a_log_in_do_not_print() -> None:
    asked = Asked.fresh()
    assert asked.nonce not in repr(asked)
    assert asked.verifier not in repr(asked)
