"""The short forms and the e-mail, from the same text as the page and the letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from notices.wording.language import read_language, voice
from notices.wording.page import to_html, to_text

PUSH_LIMIT = 70  #: characters of a push
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENDED = frozenset("^{}\\[~]|€")  #: two places each


@dataclass(frozen=True, kw_only=True)
class Short:
    """A push or SMS. `length`: characters, or places of the alphabet an SMS needs; `parts`: messages it is billed as."""

    text: str
    length: int
    parts: int = 1


def push(text: Mapping[str, Any]) -> Short:
    """The push form, as composed: no personal fact but the nearest date; then that a letter comes, where there is room."""
    said, neutral = str(text["push"]), _neutral(text)
    forms = (said + _follows(text), neutral + _follows(text), neutral)
    chosen = next((form for form in forms if len(form) <= PUSH_LIMIT), said)
    return Short(text=chosen, length=len(chosen))


def sms(text: Mapping[str, Any]) -> Short:
    """The same as SMS, within one message."""
    said, neutral = str(text["push"]), _neutral(text)
    forms = [counted(form) for form in (said + _follows(text), neutral + _follows(text), neutral)]
    return next((form for form in forms if form.parts == 1), forms[-1])


def _follows(text: Mapping[str, Any]) -> str:
    language = read_language(str(text["language"]))
    return language.gap + language.letter_follows


def _neutral(text: Mapping[str, Any]) -> str:
    """That there is a notice, and nothing of what it is about."""
    return read_language(str(text["language"])).push_neutral.replace("{municipality}", str(text["sender"]))


def counted(text: str) -> Short:
    """Length and parts by 3GPP TS 23.038: 160 places of GSM 7-bit (153 in a longer one), else 70 UTF-16 units (67)."""
    if all(character in _GSM_7 or character in _GSM_7_EXTENDED for character in text):
        length = len(text) + sum(character in _GSM_7_EXTENDED for character in text)
        return Short(text=text, length=length, parts=_parts(length, 160, 153))
    length = len(text.encode("utf-16-be")) // 2
    return Short(text=text, length=length, parts=_parts(length, 70, 67))


def email(text: Mapping[str, Any], *, name: str) -> EmailMessage:
    """Plain text and HTML. The subject of a sensitive event says only that there is a notice. Sender and address are the channel's."""
    code = str(text["language"])
    message = EmailMessage()
    message["Subject"] = _neutral(text) if voice(str(text["event"])).sensitive else str(text["title"])
    message["Content-Language"] = read_language(code).tag
    message.set_content(to_text(text, name=name))
    message.add_alternative(to_html(text, name=name, address=()), subtype="html")
    return message


def _parts(length: int, single: int, each: int) -> int:
    return 1 if length <= single else -(-length // each)
