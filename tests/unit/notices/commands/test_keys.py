from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from engine.core.console import Front
from engine.core.errors import InputError
from notices.commands import keys
from notices.sealing import read_keys
from tests.support.small_site import small_settings


@pytest.fixture
def front(tmp_path: Path) -> Front:
    made = Front(None)
    made.__dict__["settings"] = small_settings(tmp_path)
    return made


def app() -> typer.Typer:
    outer = typer.Typer()
    outer.add_typer(keys.app, name="keys")
    return outer


def test_a_new_site_gets_its_keys(front: Front, tmp_path: Path) -> None:
    done = CliRunner().invoke(app(), ["keys", "new"], obj=front)
    assert done.exit_code == 0
    made = read_keys(tmp_path / "keys")
    assert not any(key.hex() in done.stdout for key in made.values())


def test_keys_that_are_in_use_are_never_replaced(front: Front, tmp_path: Path) -> None:
    CliRunner().invoke(app(), ["keys", "new"], obj=front)
    before = read_keys(tmp_path / "keys")
    again = CliRunner().invoke(app(), ["keys", "new"], obj=front)
    assert isinstance(again.exception, InputError)
    assert read_keys(tmp_path / "keys") == before
