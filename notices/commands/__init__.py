"""Commands of the queue: notices, staff tasks, wording, audit, keys, desk, dispatch, hold, sweeps. Django is set up inside each."""

import typer

from eligibility.commands import programmes_app
from notices.commands import audit, desk, holds, keys, queue, sweeps, tasks, wording
from notices.commands.desk import send
from notices.commands.store import open_queue

__all__ = ["mount", "open_queue", "send"]


def mount(app: typer.Typer) -> None:
    """Adds every command of this package to the front door."""
    app.add_typer(queue.app, name="notices")
    app.add_typer(tasks.app, name="tasks")
    app.add_typer(wording.app, name="wording")
    app.add_typer(audit.app, name="audit")
    app.add_typer(keys.app, name="keys")
    programmes_app.command("sweep")(sweeps.sweep)
    programmes_app.command("sweeps")(sweeps.list_sweeps)
    for command in (desk.desk, desk.dispatch, holds.hold, holds.release):
        app.command()(command)
