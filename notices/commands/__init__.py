"""Commands of the queue: notices, staff tasks, wording, audit, keys, desk, dispatch, hold. Django is set up inside each."""

import typer

from notices.commands import audit, desk, holds, keys, queue, requests, tasks, wording
from notices.commands.desk import send
from notices.commands.requests import accept_file, release_held
from notices.commands.store import open_queue

__all__ = ["accept_file", "mount", "open_queue", "release_held", "send"]


def mount(app: typer.Typer) -> None:
    """Adds every command of this package to the front door."""
    app.add_typer(queue.app, name="notices")
    app.add_typer(tasks.app, name="tasks")
    app.add_typer(wording.app, name="wording")
    app.add_typer(audit.app, name="audit")
    app.add_typer(keys.app, name="keys")
    app.add_typer(requests.app, name="requests")
    for command in (desk.desk, desk.dispatch, holds.hold, holds.release):
        app.command()(command)
