from pathlib import Path

import pytest

from engine.core.errors import SettingsError
from engine.core.settings import read_settings

EXAMPLE = Path(__file__).parents[4] / "todoke.example.toml"


def written(folder: Path, **changes: str) -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "todoke.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_can_be_read_and_its_paths_are_beside_it(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path))
    assert settings.paths.records == tmp_path.resolve() / "records.duckdb"
    assert settings.queue_url == f"sqlite:///{tmp_path.resolve()}/queue.sqlite3"
    assert settings.mode == "production"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        pytest.param("memory_limit_mb = 2048", "memory = 1", "memory", id="an unknown key"),
        pytest.param('code = "292010"', 'code = "29"', "municipality.code", id="a code of the wrong length"),
        pytest.param(
            'mode = "production" ',
            'mode = "production"\ndemo_now = "2026-11-24T08:30:00"',
            "demo_now",
            id="a demo clock in production",
        ),
        pytest.param("[municipality]", "[municipality", "TOML", id="not TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(old: str, new: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        read_settings(written(tmp_path, **{old: new}))
    assert "todoke.toml" in str(caught.value)


def test_where_letters_go_is_beside_the_file_or_in_a_bucket(tmp_path: Path) -> None:
    ways = '[dispatch.letters]\nto = "{}"\nfonts = "fonts"\n[alert] '
    letters = read_settings(written(tmp_path, **{"[alert] ": ways.format("letters")})).dispatch.letters
    assert (letters.to, letters.fonts) == (str(tmp_path.resolve() / "letters"), tmp_path.resolve() / "fonts")
    assert read_settings(written(tmp_path, **{"[alert] ": ways.format("s3://a/b")})).dispatch.letters.to == "s3://a/b"


def test_e_mail_needs_a_sender(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"dispatch\.email: .*sender"):
        read_settings(written(tmp_path, **{"[alert] ": '[dispatch.email]\nvia = "ses"\n[alert] '}))


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="todoke demo"):
        read_settings(tmp_path / "none.toml")
