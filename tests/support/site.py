"""A whole demo site in a folder, driven through the command line as an operator would, and dumps of its stores to compare."""

import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

REPOSITORY = Path(__file__).resolve().parents[2]

#: what a night leaves in the queue store, without instants and ciphertexts (a fresh nonce each time)
QUEUE_DUMPS = {
    "notices": """SELECT key, number, event, event_id, night, addressee_id, household_id, language, urgency, due_on, not_before,
                  flags, four_eyes, state, state_reason FROM approval_notice ORDER BY key""",
    "items": """SELECT n.key, i.programme, i.programme_version, i.office, i.kind, i.subject_id, i.verdict, i.due_on, i.facts, i.state,
                i.position FROM approval_item i JOIN approval_notice n ON n.id = i.notice_id ORDER BY 1, 2, 6""",
    "tasks": "SELECT key, kind, office, subject_id, event, programme, reason, night, due_on, state FROM approval_stafftask ORDER BY key",
    "suppressions": "SELECT key, reason, law, event, programme, night FROM approval_suppression ORDER BY key",
    "blocks": "SELECT resident_id, reason, law, since FROM recipients_block ORDER BY 1, 2",
    "publications": "SELECT night, data_date, complete, reason FROM recipients_safetypublication ORDER BY night",
}
RECORDS_DUMPS = (
    "events.events",
    "events.states",
    "matches.matches",
    "changes.residents",
    "changes.nhi",
    "history.files",
)


@dataclass(frozen=True)
class Site:
    """A folder that `todoke demo` made, or a copy of one."""

    folder: Path

    def todoke(self, *arguments: str, seconds: int = 300) -> subprocess.CompletedProcess[str]:
        """Runs the command line on this site, exactly as installed."""
        command = [
            sys.executable,
            str(REPOSITORY / "todoke.py"),
            "--settings",
            str(self.folder / "todoke.toml"),
            *arguments,
        ]
        return subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False, timeout=seconds)

    def ok(self, *arguments: str, seconds: int = 300) -> str:
        """The standard output of a command that must succeed."""
        done = self.todoke(*arguments, seconds=seconds)
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}: {done.stderr[-2000:]}"
        return done.stdout

    def night(self, on: date) -> dict[str, Any]:
        """Runs one night and returns its summary."""
        summary: dict[str, Any] = json.loads(self.ok("night", "--date", on.isoformat(), "--json"))
        return summary

    def copy(self, folder: Path) -> "Site":
        """The same site in another folder; its settings hold relative paths only."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Site(folder)

    def feeds(self, on: date) -> Path:
        """The feed folder of a business date."""
        return self.folder / "feeds" / on.isoformat()

    def queue(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the queue store."""
        with sqlite3.connect(self.folder / "queue.sqlite3") as connection:
            return connection.execute(sql).fetchall()

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything a night writes, in an order of its own, to be compared with another site's."""
        dumped = {name: self.queue(sql) for name, sql in QUEUE_DUMPS.items()}
        with duckdb.connect(str(self.folder / "records.duckdb"), read_only=True) as connection:
            for table in RECORDS_DUMPS:
                schema, name = table.split(".")
                rows = connection.table(f"{schema}.{name}").fetchall()
                dumped[table] = sorted(rows, key=repr)
        return dumped


def build(folder: Path, *, residents: int, nights: int, seed: int = 1) -> Site:
    """A demo town with its baseline and its first nights done."""
    arguments = ["--into", str(folder), "--residents", str(residents), "--nights", str(nights), "--seed", str(seed)]
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "todoke.py"), "demo", *arguments],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Site(folder)
