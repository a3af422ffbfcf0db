"""The house stands as drawn: five packages inside the repository, one direction, every sub-package named in the contract."""

import ast
import importlib.util
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "events", "eligibility", "notices", "fixtures")
LINT = Path(sys.executable).with_name("lint-imports")
LONGEST_FILE = 400


def modules() -> list[Path]:
    """Every Python file of the packages, migrations left out."""
    found = (path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
    return sorted(path.relative_to(REPOSITORY) for path in found if "migrations" not in path.parts)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_the_one_of_this_repository(package: str) -> None:
    """The index has distributions that install a top-level `events` and `fixtures`."""
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin is not None
    assert Path(found.origin).is_relative_to(REPOSITORY)


def layers() -> set[str]:
    """The modules named in the layers contract."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    lines = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return {name.strip() for line in lines for name in line.replace("|", ":").split(":")}


def test_every_part_of_the_four_layered_packages_stands_in_the_contract() -> None:
    parts = {
        ".".join(path.with_suffix("").parts[:2])
        for path in modules()
        if path.parts[0] != "fixtures" and (len(path.parts) > 2 or path.name != "__init__.py")
    }
    assert parts - layers() == set()
    assert layers() - parts == set()


def test_the_direction_holds() -> None:
    done = subprocess.run([LINT, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_a_planted_import_against_the_direction_is_found(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            REPOSITORY / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    for name in ("pyproject.toml", "todoke.py"):
        shutil.copy(REPOSITORY / name, tmp_path / name)
    planted = tmp_path / "events" / "settle.py"
    planted.write_text("import notices.approval.states\n" + planted.read_text(encoding="utf-8"), encoding="utf-8")
    environment = {"PYTHONPATH": str(tmp_path), "PATH": str(LINT.parent)}
    done = subprocess.run(
        [LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode != 0
    assert "events.settle" in done.stdout
    assert "notices.approval" in done.stdout


def imported(path: Path) -> set[str]:
    """The first part of every module a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_nothing_imports_the_front_door() -> None:
    assert [str(path) for path in modules() if "todoke" in imported(path)] == []


def test_the_front_door_is_short() -> None:
    assert len((REPOSITORY / "todoke.py").read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", modules(), ids=str)
def test_no_file_is_one_nobody_would_want_to_live_in(path: Path) -> None:
    assert len((REPOSITORY / path).read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
