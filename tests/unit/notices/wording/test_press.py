from pathlib import Path

import pytest

from engine.core.errors import SettingsError
from engine.core.settings import Letters
from notices.wording import press


def test_one_press_a_process() -> None:
    assert press.press_of(Letters()) is press.press_of(Letters())


def test_fonts_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\[dispatch.letters\] fonts: there is no folder"):
        press.press_of(Letters(fonts=tmp_path / "none"))


def test_the_missing_part_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def gone(name: str) -> None:
        raise ModuleNotFoundError("typst", name="typst")

    monkeypatch.setattr("importlib.import_module", gone)
    with pytest.raises(SettingsError, match='make install WITH="letters"'):
        press.press_of(Letters(fonts=tmp_path))
