"""Runs work of the tests in a program of its own, on a queue store of its own, so that processes can be killed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]

#: Django is set up on the folder's queue store before the module with the work, which imports models, is imported
_LAUNCHER = """
import importlib, pathlib, sys
from notices import site
from tests.django_settings import settings_in

site.configure(settings_in(pathlib.Path(sys.argv[1])))
site.migrate()
importlib.import_module(sys.argv.pop()).main()
"""


def in_program(module: str, folder: Path, *arguments: str) -> Any:
    """Calls `main()` of a module of tests with (folder, *arguments) as its command line; returns the JSON it prints."""
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, str(folder), *arguments, module],
        cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
