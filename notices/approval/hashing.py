"""The two names of a notice: who and what it is for (never rotates), and the exact content an approval binds to."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings as django_settings

from notices.approval.models import Item, Notice

LAYOUT = "folder-1"  #: the outbox's layout; a change of it voids approvals


def identity(*parts: str) -> str:
    """HMAC over municipality, addressee, event and round with the identity key: the same notice has the same key for ever."""
    key: bytes = getattr(django_settings, "IDENTITY_KEY")  # noqa: B009 - not one of Django's own settings
    return hmac.new(key, "|".join(parts).encode(), hashlib.sha256).hexdigest()


def content_hash(notice: Notice, items: Sequence[Item], text: Mapping[str, Any]) -> str:
    """SHA-256 over wording versions, facts, addressee, language and layout. Name and address are not in it."""
    content = {
        "addressee": notice.addressee_id,
        "language": notice.language,
        "layout": LAYOUT,
        "text": text,
        "items": [
            {
                "programme": item.programme,
                "version": item.programme_version,
                "wording": item.wording_version,
                "facts": item.facts,
            }
            for item in sorted(items, key=lambda one: one.position)
        ],
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
