from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import SettingsError
from engine.core.settings import Wordings
from notices.wording.choose import drafter_of
from notices.wording.verdict import judge
from tests.support.models import OPENING


@pytest.mark.parametrize(
    ("values", "name"),
    [
        pytest.param({}, "template", id="the default needs no model"),
        pytest.param({"drafter": "bedrock", "bedrock": {"model_id": "jp.m"}}, "bedrock:jp.m", id="Bedrock"),
        pytest.param({"drafter": "local", "local": {"url": "http://127.0.0.1:9", "model": "m"}}, "local:m", id="local"),
    ],
)
def test_one_setting_chooses(values: dict[str, Any], name: str) -> None:
    with drafter_of(Wordings.model_validate(values)) as drafter:
        assert drafter.name == name


@pytest.mark.parametrize("local", [{}, {"url": "http://127.0.0.1:9", "gguf": "model.gguf"}])
def test_a_local_model_is_a_server_or_a_file(local: dict[str, Any]) -> None:
    with (
        pytest.raises(SettingsError, match="either url or gguf"),
        drafter_of(Wordings.model_validate({"drafter": "local", "local": local})),
    ):
        raise AssertionError("not reached")


def test_a_model_file_is_served_while_it_is_used(tiny_gguf: Path) -> None:
    settings = Wordings.model_validate(
        {"drafter": "local", "local": {"gguf": tiny_gguf, "context": 32768, "threads": 1}, "max_tokens": 50}
    )
    with drafter_of(settings) as drafter:
        assert not judge(OPENING, drafter.draft(OPENING)).accepted
