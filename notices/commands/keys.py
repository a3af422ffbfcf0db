"""`todoke keys`: the key file that personal columns, notice identities and the desk's sessions rest on."""

import typer

from engine.core.console import front
from engine.core.errors import InputError
from notices.sealing import make_keys

app = typer.Typer(no_args_is_help=True, help="The key file of a site.")


@app.callback()
def group() -> None:
    """Keeps the group's name before its only command."""


@app.command("new")
def new_keys(context: typer.Context) -> None:
    """Writes a fresh key file (mode 600) where the settings' paths.keys says. An existing one is never replaced."""
    path = front(context).settings.paths.keys
    if path.exists():
        raise InputError(f"{path} exists and is not replaced: what is sealed with its keys could never be read again")
    make_keys(path)
    typer.echo(f"wrote {path}; keep a copy apart from the database, for without it nobody can read what is sealed")
