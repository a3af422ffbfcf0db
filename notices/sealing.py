"""Personal columns of the queue store, encrypted per field (AES-256-GCM) with a key that never enters the database."""

import base64
import json
import secrets
from binascii import a2b_base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

from engine.core.errors import SettingsError

_PREFIX = "v1:"


KEY_NAMES = ("field_key", "identity_key", "web_key")
KEY_BYTES = 32


def make_keys(path: Path) -> None:
    """Writes a key file (mode 600) with fresh keys if there is none: field encryption, notice identity, Django's secret."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({name: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for name in KEY_NAMES}, indent=1)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def read_keys(path: Path) -> dict[str, bytes]:
    """The keys by name. Raises SettingsError when the file is missing or not a key file; never says what stands in it."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"no key file at {path} (paths.keys); `todoke keys new` writes one") from None
    except ValueError:
        raise SettingsError(f"{path} is not a key file: it is not JSON") from None
    if not isinstance(stored, dict) or set(stored) != set(KEY_NAMES):
        raise SettingsError(f"{path} is not a key file: it has to hold {', '.join(KEY_NAMES)} and nothing else")
    return {name: _key(path, name, stored[name]) for name in KEY_NAMES}


def _key(path: Path, name: str, text: object) -> bytes:
    try:
        key = base64.b64decode(str(text), validate=True)
    except ValueError:
        raise SettingsError(f"{path}: {name} is not base64") from None
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{path}: {name} has {len(key)} bytes and needs {KEY_BYTES}")
    return key


def _field_key() -> bytes:
    key: bytes = getattr(settings, "FIELD_KEY")  # noqa: B009 - not one of Django's own settings, so unknown to its types
    return key


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(text: str) -> str:
    """The text encrypted and authenticated, as storable ASCII."""
    nonce = secrets.token_bytes(12)
    return _PREFIX + base64.b64encode(nonce + _cipher(_field_key()).encrypt(nonce, text.encode(), None)).decode()


def unseal(stored: str) -> str:
    """The text a `seal` hid. Raises SettingsError when the key is not the one it was sealed with."""
    if not stored.startswith(_PREFIX):
        raise SettingsError("a personal column of the queue store holds text that was never sealed")
    try:
        raw = a2b_base64(stored[len(_PREFIX) :], strict_mode=True)
        return _cipher(_field_key()).decrypt(raw[:12], raw[12:], None).decode()
    except (InvalidTag, ValueError):
        raise SettingsError("the key file (paths.keys) is not the one this queue store was written with") from None


if TYPE_CHECKING:
    _TextColumn = models.TextField[str, str]
    _JsonColumn = models.TextField[Any, Any]
else:  # Django's fields take no type arguments at run time
    _TextColumn = _JsonColumn = models.TextField


class SealedText(_TextColumn):
    """Text that is encrypted in the database and plain in the program. Cannot be filtered on."""

    def get_lookup(self, lookup_name: str) -> None:
        """Raises FieldError: every sealing looks different, so a filter would never find anything."""
        raise FieldError(f"{self.name} is sealed and cannot be filtered on")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Plain text from the stored one."""
        return value if value is None or value == "" else unseal(value)

    def get_prep_value(self, value: Any) -> Any:
        """What is stored: empty stays empty, all else is sealed."""
        return value if value is None or value == "" else seal(str(value))


class SealedJson(_JsonColumn):
    """A JSON value that is encrypted in the database and plain in the program. Cannot be filtered on."""

    if TYPE_CHECKING:  # what a model's constructor takes: any JSON value, not only text
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def get_lookup(self, lookup_name: str) -> None:
        """Raises FieldError: every sealing looks different, so a filter would never find anything."""
        raise FieldError(f"{self.name} is sealed and cannot be filtered on")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """The value from the stored text."""
        return None if value is None else json.loads(unseal(value))

    def get_prep_value(self, value: Any) -> Any:
        """What is stored: canonical JSON, sealed."""
        return None if value is None else seal(json.dumps(value, ensure_ascii=False, sort_keys=True))
