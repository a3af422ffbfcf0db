"""Log-in through the city's identity provider: OpenID Connect's code flow with PKCE, state and nonce, every answer checked."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from engine.core.errors import SettingsError, StateError
from engine.core.settings import Oidc

BACK = "/login/sso/back/"  #: the address the provider sends staff back to
_ALGORITHMS = ["RS256", "PS256", "ES256"]  #: signed with a key pair; never `none`, never a shared secret
_LEEWAY_SECONDS = 30


class IdentityRefused(StateError):
    """The provider's answer does not prove who this is."""

    code = "identity_refused"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the browser's session remembers of a question to the provider. Each is used for one answer."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def fresh(cls) -> Self:
        """New random values."""
        return cls(state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))

    def as_dict(self) -> dict[str, str]:
        """For the session."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whom the provider vouches for. `key` names the person for ever, `account` is what they are called here."""

    account: str
    key: str


def address_of(oidc: Oidc, asked: Asked) -> str:
    """Where the browser goes to log in. Raises IdentityRefused when the provider cannot be reached."""
    digest = hashlib.sha256(asked.verifier.encode()).digest()
    question = {
        "response_type": "code",
        "client_id": oidc.client_id,
        "redirect_uri": oidc.address.rstrip("/") + BACK,
        "scope": "openid profile",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if oidc.required_acr:
        question["acr_values"] = " ".join(oidc.required_acr)
    with _client(oidc) as http:
        return f"{_discovered(http, oidc)['authorization_endpoint']}?{urlencode(question)}"


def identity_of(oidc: Oidc, asked: Asked, *, state: str, code: str, at: datetime) -> Identity:
    """The person behind an answer. Raises IdentityRefused for anything that is not exactly what was asked for."""
    if not code or not secrets.compare_digest(state.encode(), asked.state.encode()):
        raise IdentityRefused("this log-in was not begun in this browser; begin again")
    with _client(oidc) as http:
        found = _discovered(http, oidc)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": oidc.address.rstrip("/") + BACK,
            "code_verifier": asked.verifier,
        }
        answer = _read(http.post, found["token_endpoint"], data=form, auth=(oidc.client_id, _secret(oidc)))
        keys = _read(http.get, found["jwks_uri"])
    claims = _claims(str(answer.get("id_token", "")), keys, oidc, asked, at)
    account, subject = str(claims.get(oidc.account_claim, "")), str(claims.get("sub", ""))
    if not account or not subject:
        raise IdentityRefused(f"the identity provider does not say who this is ({oidc.account_claim})")
    return Identity(account=account, key=hashlib.sha256(f"{oidc.issuer}\n{subject}".encode()).hexdigest())


def _claims(token: str, keys: Mapping[str, Any], oidc: Oidc, asked: Asked, at: datetime) -> Mapping[str, Any]:
    rules = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": oidc.issuer},
        aud={"essential": True, "value": oidc.client_id},
        exp={"essential": True},
        nonce={"essential": True, "value": asked.nonce},
    )
    try:
        claims: Mapping[str, Any] = jwt.decode(token, _key_set(keys), algorithms=_ALGORITHMS).claims
        rules.validate(dict(claims))
    except (JoseError, ValueError) as error:
        raise IdentityRefused(f"the identity provider's answer does not hold ({type(error).__name__})") from None
    if claims.get("azp", oidc.client_id) != oidc.client_id:
        raise IdentityRefused("the identity provider's answer is for somebody else (azp)")
    if oidc.required_acr and claims.get("acr") not in oidc.required_acr:
        raise IdentityRefused("this log-in was not strong enough; log in with the second factor")
    return claims


def _key_set(published: Mapping[str, Any]) -> KeySet:
    keys = published.get("keys")
    if not isinstance(keys, list):
        raise IdentityRefused("the identity provider publishes no keys")
    return KeySet.import_key_set({"keys": keys})


def _client(oidc: Oidc) -> httpx.Client:
    return httpx.Client(timeout=oidc.timeout_seconds, follow_redirects=False)


def _discovered(http: httpx.Client, oidc: Oidc) -> Mapping[str, Any]:
    found = _read(http.get, oidc.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != oidc.issuer:
        raise IdentityRefused("the identity provider calls itself by another name than oidc.issuer in the settings")
    return found


def _read(ask: Any, address: str, **parts: Any) -> Mapping[str, Any]:
    try:
        answer = ask(address, **parts)
        answer.raise_for_status()
        found: Mapping[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise IdentityRefused(f"the identity provider cannot be asked now ({type(error).__name__})") from None
    return found


def _secret(oidc: Oidc) -> str:
    if oidc.client_secret_file is None:
        return ""
    try:
        return oidc.client_secret_file.read_text(encoding="utf-8").strip()
    except OSError:
        raise SettingsError("oidc.client_secret_file cannot be read") from None
