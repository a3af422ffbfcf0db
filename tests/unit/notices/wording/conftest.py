"""A real llama.cpp server with a tiny model, once for all tests that draft with a model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notices.wording.served import ServedModel
from tests.support.tiny_gguf import write


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model file."""
    return write(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture(scope="session")
def llama(tiny_gguf: Path) -> Iterator[str]:
    """The server's address."""
    served = ServedModel(tiny_gguf, context=32_768, threads=1)
    yield served.url
    served.close()
