"""Log-in through the city's identity provider: OpenID Connect's code flow by Authlib, held to one issuer and to signed answers.

Authlib keeps state, nonce and PKCE verifier in this browser's session, each for one answer, and times tokens by the machine's clock.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.django_client import OAuth
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError
from requests import RequestException

from engine.core.errors import SettingsError, StateError
from engine.core.settings import Oidc

BACK = "/login/sso/back/"  #: the address the provider sends staff back to
_ALGORITHMS = ("RS256", "PS256", "ES256")  #: signed with a key pair; never `none`, never a shared secret
_LEEWAY_SECONDS = 30


class IdentityRefused(StateError):
    """The provider's answer does not prove who this is. `why`: what the desk has words for, in the reader's language."""

    code = "identity_refused"

    def __init__(self, why: str, message: str) -> None:
        """`why`: away, nameless, not_begun, unproved or weak."""
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whom the provider vouches for. `key` names the person for ever, `account` is what they are called here.

    `proved_at`: when the person last proved it there, in seconds since 1970; None where the provider does not say.
    """

    account: str
    key: str
    proved_at: int | None = None


def ask(oidc: Oidc, request: HttpRequest, *, max_age_seconds: int | None = None) -> HttpResponse:
    """Sends the browser to the provider. Raises IdentityRefused when the provider cannot be asked.

    max_age_seconds: who proved themself there longer ago does so again, and the answer says when (OpenID Connect Core 3.1.2.1).
    """
    more = {"acr_values": " ".join(oidc.required_acr)} if oidc.required_acr else {}
    more |= {} if max_age_seconds is None else {"max_age": str(max_age_seconds)}
    with _in_words():
        found: HttpResponse = _client(oidc).authorize_redirect(request, oidc.address.rstrip("/") + BACK, **more)
    return found


def identity_of(oidc: Oidc, request: HttpRequest) -> Identity:
    """The person behind an answer. Raises IdentityRefused for anything that is not exactly what was asked for."""
    if request.GET.get("iss", oidc.issuer) != oidc.issuer:  # RFC 9207: an answer says whose it is
        raise IdentityRefused("unproved", "the answer comes from another identity provider")
    expected = {"iss": {"essential": True, "value": oidc.issuer}, "aud": {"essential": True, "value": oidc.client_id}}
    with _in_words():
        client = _client(oidc)
        token = client.authorize_access_token(request, claims_options=expected, leeway=_LEEWAY_SECONDS)
    claims = token.get(
        "userinfo"
    )  # Authlib's name for the claims of an ID token that holds; without one there are none
    if claims is None:
        raise IdentityRefused("unproved", "the identity provider's answer does not hold (no ID token)")
    if oidc.required_acr and claims.get("acr") not in oidc.required_acr:
        raise IdentityRefused("weak", "this log-in was not strong enough; log in with the second factor")
    account, subject = str(claims.get(oidc.account_claim) or ""), str(claims.get("sub") or "")
    if not account or not subject:
        raise IdentityRefused("nameless", f"the identity provider does not say who this is ({oidc.account_claim})")
    key = hashlib.sha256(f"{oidc.issuer}\n{subject}".encode()).hexdigest()
    return Identity(account=account, key=key, proved_at=claims.get("auth_time"))  # a number, or Authlib refused it


def _client(oidc: Oidc) -> Any:
    """Authlib's client with what the provider publishes now."""
    client = OAuth().register(
        "city",
        client_id=oidc.client_id,
        client_secret=_secret(oidc),
        server_metadata_url=oidc.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic",
            "default_timeout": oidc.timeout_seconds,
        },
    )
    published = client.load_server_metadata()
    if published.get("issuer") != oidc.issuer:
        raise IdentityRefused("unproved", "the identity provider calls itself by another name than oidc.issuer")
    published["id_token_signing_alg_values_supported"] = list(_ALGORITHMS)  # ours, whatever it says of itself
    return client


@contextmanager
def _in_words() -> Iterator[None]:
    """What Authlib, the network or a malformed document says, as a refusal; never with what the provider sent."""
    try:
        yield
    except MismatchingStateError:
        raise IdentityRefused("not_begun", "this log-in was not begun in this browser; begin again") from None
    except RequestException as error:
        raise IdentityRefused("away", f"the identity provider cannot be asked now ({type(error).__name__})") from None
    except (AuthlibBaseError, JoseError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise IdentityRefused(
            "unproved", f"the identity provider's answer does not hold ({type(error).__name__})"
        ) from None


def _secret(oidc: Oidc) -> str:
    if oidc.client_secret_file is None:
        return ""
    try:
        return oidc.client_secret_file.read_text(encoding="utf-8").strip()
    except OSError:
        raise SettingsError("oidc.client_secret_file cannot be read") from None
