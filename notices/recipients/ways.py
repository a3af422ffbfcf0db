"""By which way a notice goes: as its addressee wishes where the site has that way and knows where, else by letter, and why."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from engine.core.settings import Dispatch
from notices.recipients.contacts import sent_elsewhere
from notices.recipients.models import Contact

FOLDER, LETTER, EMAIL, SMS, PUSH = "folder", "letter", "email", "sms", "push"
BY_POST = "LETTER"
_WAYS = {"EMAIL": EMAIL, "SMS": SMS, "PUSH": PUSH}
_MOBILE = re.compile(r"0[6-9]0\d{8}")
_ADDRESS = re.compile(r"[^@\s\x00-\x1f<>,;:\"]+@[^@\s\x00-\x1f<>,;:\"]+\.[^@\s\x00-\x1f<>,;:\"]+")


@dataclass(frozen=True, kw_only=True)
class Way:
    """A channel by its name. `why` it is not the one wished; empty when it is."""

    name: str
    why: str = ""


def letter_way(settings: Dispatch) -> str:
    """How this site sends letters: as PDF to its print house, or as pages in the outbox folder."""
    return LETTER if settings.letters.to else FOLDER


def way_for(contact: Contact, offices: Collection[str], settings: Dispatch) -> Way:
    """The way a notice of these offices goes to somebody now."""
    letter = letter_way(settings)
    if contact.channel in {BY_POST, ""}:
        return Way(name=letter)
    wished = _WAYS.get(contact.channel, "")
    if wished not in _open(settings):
        return Way(name=letter, why=f"this site does not send by {contact.channel}")
    if sent_elsewhere(contact, offices):
        return Way(name=letter, why="a delivery address is registered")
    if not _reached(contact, wished):
        return Way(name=letter, why=f"no usable {contact.channel} address is on record")
    return Way(name=wished)


def telephone(mobile: str) -> str:
    """A Japanese mobile number as SNS takes it (E.164): +819012345678; empty when it is none."""
    digits = re.sub(r"[\s()-]", "", mobile)
    digits = f"0{digits.removeprefix('+81')}" if digits.startswith("+81") else digits
    return f"+81{digits[1:]}" if _MOBILE.fullmatch(digits) else ""


def _open(settings: Dispatch) -> frozenset[str]:
    ways = {EMAIL: bool(settings.email.via), SMS: settings.heralds.sms, PUSH: settings.heralds.push}
    return frozenset(name for name, has in ways.items() if has)


def _reached(contact: Contact, way: str) -> bool:
    if way == EMAIL:
        return _ADDRESS.fullmatch(contact.email) is not None
    return bool(telephone(contact.mobile) if way == SMS else contact.push_endpoint.strip())
