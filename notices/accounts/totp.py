"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits, 30 seconds, as every app makes them."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
_DIGITS = 6
_SECRET_BYTES = 20  #: RFC 4226 asks for 160 bits
_DRIFT = 1  #: steps a telephone's clock may be off, either way


def new_secret() -> str:
    """A fresh secret, base32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of one step of 30 seconds since 1970 (RFC 4226, section 5.3)."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def step_of(at: datetime) -> int:
    """The step an instant lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step a code belongs to, if it is now or one step off, and later than `after`; else None."""
    now = step_of(at)
    fitting = [
        step
        for step in range(now - _DRIFT, now + _DRIFT + 1)
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), code.encode())
    ]
    return max(fitting, default=None)


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """The otpauth:// address that an app reads from the QR code."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
