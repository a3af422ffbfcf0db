"""Every module that does something has its test at the same path: `engine/core/dates.py` -> `tests/unit/engine/core/test_dates.py`."""

import ast
from pathlib import Path

import pytest

from tests.shape.test_house import REPOSITORY, modules

UNIT = Path("tests/unit")


def does_something(path: Path) -> bool:
    """Holds a function or a method. Models and plain records are held by the tests of what works on them."""
    if path.name in {"__init__.py", "models.py"}:
        return False
    body = ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(body))


def mirror_of(path: Path) -> Path:
    """Where the test of a module stands."""
    return UNIT / path.with_name(f"test_{path.name}")


@pytest.mark.parametrize("path", [path for path in modules() if does_something(path)], ids=str)
def test_a_module_has_its_test_at_the_same_path(path: Path) -> None:
    mirror = REPOSITORY / mirror_of(path)
    assert mirror.exists(), f"{mirror_of(path)} is missing"
    assert "def test_" in mirror.read_text(encoding="utf-8"), f"{mirror_of(path)} tests nothing"
