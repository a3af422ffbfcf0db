"""The two names of a notice: who and what it is for (never rotates), and the exact content an approval binds to."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.conf import settings as django_settings

from notices.approval.models import Item, ItemState, Notice

LAYOUT = "forms-2"  #: how a text becomes a page, letter, e-mail or message; a change of it voids approvals
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
LEFT_OUT = frozenset({ItemState.REJECTED, ItemState.WITHDRAWN})


class ReadItem(NamedTuple):
    """What an item says, where thousands are decided at once: what it rests on is neither asked for nor decrypted."""

    pk: int
    notice_id: int
    office: str
    state: str
    kind: str
    position: int
    programme: str
    programme_version: str
    subject_id: str
    wording_version: str
    facts: Any


def identity(*parts: str) -> str:
    """HMAC over municipality, addressee, event and round with the identity key: the same notice has the same key for ever."""
    key: bytes = getattr(django_settings, "IDENTITY_KEY")  # noqa: B009 - not one of Django's own settings
    return hmac.new(key, "|".join(parts).encode(), hashlib.sha256).hexdigest()


def content_hash(notice: Notice, items: Iterable[Item | ReadItem], text: Mapping[str, Any]) -> str:
    """SHA-256 over what goes out: text, wording versions, facts, addressee, language and layout. Name and address are not in it.

    Items that were rejected or withdrawn are left out, as they are of the text.
    """
    listed = sorted((item for item in items if item.state not in LEFT_OUT), key=lambda one: (one.position, one.pk))
    content = _context(notice) | {"text": text, "items": [_item(item) for item in listed]}
    return _digest(content)


def item_hash(notice: Notice, item: Item | ReadItem) -> str:
    """SHA-256 of one item as an office decides it: another office's item leaving the notice does not touch it."""
    return _digest(_context(notice) | {"item": _item(item)})


def _context(notice: Notice) -> dict[str, Any]:
    return {
        "municipality": notice.municipality_code,
        "number": notice.number,
        "addressee": notice.addressee_id,
        "language": notice.language,
        "layout": LAYOUT,
    }


def _item(item: Item | ReadItem) -> dict[str, Any]:
    return {
        "programme": item.programme,
        "version": item.programme_version,
        "subject": item.subject_id,
        "wording": item.wording_version,
        "facts": item.facts,
    }


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(content).encode()).hexdigest()
