"""An OpenID Connect provider on loopback: real keys, a real socket, PKCE checked, and ways to answer wrongly.

A browser that comes to its authorisation address is sent straight back as `account`.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from engine.core.clock import SystemClock

CLIENT, SECRET = "todoke-desk", "provider-secret"


@dataclass
class Provider:
    """A running provider. `wrong` replaces claims of the next tokens (None takes one away); `token` says how they are made:

    signed, forged (with another key), unsigned (alg none), shared (HS256 with the client's secret), confused (HS256 with the
    public key), unknown (a key that is not published), none (no ID token at all). `published` replaces what its pages say.
    """

    issuer: str = ""
    account: str = "aoki"
    subject: str = "s-0001"
    now: int = field(default_factory=lambda: int(SystemClock().now().timestamp()))
    wrong: dict[str, Any] = field(default_factory=dict)
    token: str = "signed"
    published: dict[str, Any] = field(default_factory=dict)
    returned: dict[str, str] = field(default_factory=dict)  #: more that the browser brings back
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))

    def address(self, question: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        self.asked.append(question)
        code = secrets.token_urlsafe(8)
        self._codes[code] = question
        return f"{question['redirect_uri']}?{urlencode({'code': code, 'state': question['state']} | self.returned)}"

    def tokens(self, form: dict[str, str], authorization: str) -> dict[str, str] | None:
        """The tokens for a code, once, for the client that can prove it asked."""
        question = self._codes.pop(form.get("code", ""), None)
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if question is None or authorization != expected or question["code_challenge"] != _base64(digest):
            return None
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.subject,
            "preferred_username": self.account,
            "nonce": question["nonce"],
            "iat": self.now,
            "exp": self.now + 300,
        } | self.wrong
        answer = {"access_token": "x", "token_type": "Bearer"}
        claims = {name: value for name, value in claims.items() if value is not None}
        return answer if self.token == "none" else answer | {"id_token": self._id_token(claims)}

    def _id_token(self, claims: dict[str, Any]) -> str:
        if self.token == "unsigned":
            return _by_hand({"alg": "none"}, claims) + "."
        if self.token in {"shared", "confused"}:  # by hand: no library makes these
            secret = SECRET.encode() if self.token == "shared" else self._key.as_pem(private=False)
            body = _by_hand({"alg": "HS256", "kid": "one"}, claims)
            return f"{body}.{_base64(hmac.digest(secret, body.encode(), 'sha256'))}"
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.token in {"forged", "unknown"} else self._key
        return jwt.encode({"alg": "RS256", "kid": "two" if self.token == "unknown" else "one"}, claims, key)

    def pages(self) -> dict[str, dict[str, Any]]:
        """What it publishes."""
        about = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.published
        return {"/.well-known/openid-configuration": about, "/keys": {"keys": [self._key.as_dict(private=False)]}}


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _by_hand(*parts: dict[str, Any]) -> str:
    return ".".join(_base64(json.dumps(one).encode()) for one in parts)


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """Starts one and stops it."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.address({k: v[0] for k, v in parse_qs(parts.query).items()}))
                self.end_headers()
                return
            self._answer(provider.pages().get(parts.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(provider.tokens(form, self.headers.get("Authorization", "")))

        def _answer(self, found: dict[str, Any] | None) -> None:
            self.send_response(200 if found else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found or {"error": "invalid_grant"}).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
