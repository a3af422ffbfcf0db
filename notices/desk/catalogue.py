"""What the desk says, in Japanese first and English: `words/*.yaml` and the lookup every page uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from eligibility.catalogue import files
from eligibility.programme import read_programme
from engine.core.clock import TOKYO
from engine.core.yaml_text import load_yaml

LANGUAGES: Final = ("ja", "en")
_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_FOLDER = Path(__file__).parent / "words"


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Key → language → text. A programme and its exclusions have the words of its file where the desk has none of its own."""
    programmes = list(map(read_programme, files()))
    found = {f"stop.{out.id}": out.label.model_dump() for one in programmes for out in one.exclusions}
    found |= {f"programme.{one.slug}": one.name.model_dump() for one in programmes}
    for path in sorted(_FOLDER.glob("*.yaml")):
        found |= load_yaml(path.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Phrases:
    """The desk's words in one language."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its {values} filled in. A key nobody wrote is a KeyError, never an empty page."""
        return messages()[key][self.language].format(**values)

    def or_code(self, prefix: str, code: str) -> str:
        """The words for a code of the records or the rules; a code without words is shown as it is."""
        return self.or_words(prefix, code, code)

    def or_words(self, prefix: str, code: str, words: str) -> str:
        """The desk's words for a code; those that came with it when the desk has none."""
        found = messages().get(f"{prefix}.{code}")
        return found[self.language] if found else words

    def day(self, on: date | str | None, today: date | None = None) -> str:
        """12/8（火）, or Tue 8 Dec; with the year when it is not today's; a dash when there is no date."""
        if not on:
            return "—"
        on = date.fromisoformat(on) if isinstance(on, str) else on
        if today is not None and on.year != today.year:
            return self.full_day(on)
        weekday = _WEEKDAYS[self.language][on.weekday()]
        return f"{on.month}/{on.day}（{weekday}）" if self.language == "ja" else f"{weekday} {on.day} {on:%b}"

    def full_day(self, on: date | str | None) -> str:
        """2026-12-08（火）: for records, where the year matters."""
        if not on:
            return "—"
        on = date.fromisoformat(on) if isinstance(on, str) else on
        weekday = _WEEKDAYS[self.language][on.weekday()]
        return f"{on}（{weekday}）" if self.language == "ja" else f"{on} ({weekday})"

    def instant(self, at: datetime | None) -> str:
        """11/24 08:30 in Asia/Tokyo."""
        return f"{at.astimezone(TOKYO):%m/%d %H:%M}" if at else "—"

    def days_left(self, on: date | None, today: date) -> str:
        """How far away a deadline is, in words."""
        if on is None:
            return ""
        left = (on - today).days
        if left < 0:
            return self("days.past", days=-left)
        return self("days.today") if left == 0 else self("days.left", days=left)

    def fact(self, value: object) -> str:
        """A value of a record or a rule, as somebody would say it: yes and no, a dash for nothing, a list in a row."""
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return self(f"value.{value}")
        if isinstance(value, int):
            return f"{value:,}"
        if isinstance(value, list | tuple):
            return self("frame.comma").join(self.fact(one) for one in value)
        return self.or_code("value", str(value))

    def pick(self, words: object) -> str:
        """The text of a {"ja": …, "en": …} pair, or the text itself."""
        if isinstance(words, Mapping):
            return str(words.get(self.language) or words.get("ja") or "")
        return "" if words is None else str(words)
