from pathlib import Path

import httpx
import pytest

from engine.core.errors import SettingsError
from notices.wording.served import ServedModel


def test_a_model_file_is_served_on_a_port_of_this_machine(llama: str) -> None:
    assert llama.startswith("http://127.0.0.1:")
    assert httpx.get(f"{llama}/health", trust_env=False).status_code == 200


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no file"):
        ServedModel(tmp_path / "none.gguf", context=1024)
