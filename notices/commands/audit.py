"""`todoke audit`: the hash chain of every decision."""

import typer

from engine.core.console import front, print_json
from notices.commands.store import open_queue

app = typer.Typer(no_args_is_help=True, help="The audit chain.")


@app.callback()
def group() -> None:
    """Keeps the group's name before its only command."""


@app.command("verify")
def verify_audit(context: typer.Context) -> None:
    """Checks the hash chain against its anchors; exit 1 when anything was changed, removed or reordered."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.audit import verify_site

    found = verify_site(settings)
    print_json(found.as_json())
    if not found.intact:
        raise typer.Exit(1)
