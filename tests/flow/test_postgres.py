"""Approval and dispatch hold on PostgreSQL what they hold on SQLite: the very same tests, on a server started for them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.postgres import postgres

REPOSITORY = Path(__file__).resolve().parents[2]
APPROVAL = ("audit", "bulk", "calls", "decide", "holds", "leaving", "migrations", "states", "undo", "waiting")
DISPATCH = ("outbox", "reconcile", "run")


@pytest.mark.xdist_group("postgres")
def test_approval_and_dispatch_on_postgresql() -> None:
    unit = Path("tests/unit/notices")
    files = [unit / "test_store.py", unit / "test_many.py"]
    files += [unit / "approval" / f"test_{name}.py" for name in APPROVAL]
    files += [unit / "dispatch" / f"test_{name}.py" for name in DISPATCH]
    with postgres() as address:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, files)],
            cwd=REPOSITORY,
            env=os.environ | {"TODOKE_TEST_QUEUE_URL": address},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
