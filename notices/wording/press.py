"""The letter press of a site, where it prints letters. The part letters is loaded only then."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core.errors import SettingsError
from engine.core.later import Later
from engine.core.settings import Letters

if TYPE_CHECKING:
    from notices.wording.letter import LetterPress

letter = Later("notices.wording.letter")


def press_of(settings: Letters) -> "LetterPress":
    """One press a process: its fonts are read once. Raises SettingsError without the part letters or without any font."""
    return _press(settings.fonts)


@cache
def _press(fonts: Path | None) -> "LetterPress":
    try:
        made = letter.LetterPress
    except ModuleNotFoundError as error:
        if error.name not in {"typst", "segno"}:
            raise
        raise SettingsError('[dispatch.letters] needs its part: make install WITH="letters"') from None
    if fonts is not None and not fonts.is_dir():
        raise SettingsError(f"[dispatch.letters] fonts: there is no folder {fonts}")
    press: LetterPress = made(fonts)
    return press
