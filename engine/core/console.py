"""What every command shares: which settings file is meant, JSON lines, and one-line errors with the contract's exit codes."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from engine.core.clock import Clock, SystemClock
from engine.core.errors import InputError, SettingsError, TodokeError
from engine.core.settings import Settings, read_settings

SETTINGS_FILE = "todoke.toml"
DEMO_SETTINGS = Path("var/demo/todoke.toml")


@dataclass(frozen=True)
class Front:
    """What the front door hands to every command: where the settings are. Read only when a command needs them."""

    settings_path: Path | None

    @cached_property
    def settings(self) -> Settings:
        """The settings of `--settings`, else of TODOKE_SETTINGS, else ./todoke.toml, else of the demo town if it was built here."""
        named = self.settings_path or os.environ.get("TODOKE_SETTINGS")
        if named:
            return read_settings(Path(named))
        if Path(SETTINGS_FILE).exists():
            return read_settings(Path(SETTINGS_FILE))
        if DEMO_SETTINGS.exists():
            print(f"no ./{SETTINGS_FILE}: using the demo town's settings, {DEMO_SETTINGS}", file=sys.stderr)
            return read_settings(DEMO_SETTINGS)
        raise SettingsError(f"no settings: give --settings FILE, write ./{SETTINGS_FILE}, or run `todoke demo`")

    @property
    def clock(self) -> Clock:
        """The settings' clock; the machine's where there are no settings, for commands that need none."""
        return self.settings.clock() if self._of_a_site else SystemClock()

    @property
    def has_settings(self) -> bool:
        """Whether there are settings to be read, of a site or of the demo town."""
        return self._of_a_site or DEMO_SETTINGS.exists()

    @property
    def _of_a_site(self) -> bool:
        return bool(self.settings_path or os.environ.get("TODOKE_SETTINGS") or Path(SETTINGS_FILE).exists())


def front(context: typer.Context) -> Front:
    """The Front the front door put into the command's context."""
    found = context.find_object(Front)
    assert found is not None
    return found


def run_app(app: typer.Typer) -> None:
    """Runs the command line and turns our own errors into one line and the contract's exit code."""
    try:
        app()
    except TodokeError as error:
        sys.stderr.write(f"todoke: {error}\n")
        sys.exit(error.exit_code)


def parse_date(text: str) -> date:
    """A date given on the command line. Raises InputError in one line for anything but YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a date; write it as YYYY-MM-DD, for example 2026-11-20") from None


def progress_bar() -> Progress:
    """A progress bar on standard error: standard output is for the answer."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def print_json(value: Mapping[str, Any], *, pretty: bool = False) -> None:
    """One JSON object on a line, or over several for a person; dates as YYYY-MM-DD."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain, indent=2 if pretty else None))


def print_rows(rows: Iterable[Mapping[str, Any]], *, as_json: bool, columns: tuple[str, ...]) -> None:
    """Rows as one JSON object a line, or as a plain table of the named columns with two spaces between them."""
    listed = list(rows)
    if as_json:
        for row in listed:
            print_json(row)
        return
    table = [columns, *(tuple(_cell(row.get(column)) for column in columns) for row in listed)]
    widths = [max(cell_len(line[index]) for line in table) for index in range(len(columns))]
    for line in table:  # a kanji is two columns wide
        cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value)


def _plain(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
