"""Commands of the queue: notices, staff tasks, wording, audit, keys, desk, dispatch, hold. Django is set up inside each."""

import typer

from notices.commands import audit, desk, doctor, holds, keys, learning, queue, tasks, wording
from notices.commands.desk import send
from notices.commands.learning import learn_once
from notices.commands.store import open_queue

__all__ = ["learn_once", "mount", "open_queue", "send"]


def mount(app: typer.Typer) -> None:
    """Adds every command of this package to the front door."""
    queue.app.command("learn")(learning.learn_command)
    app.add_typer(queue.app, name="notices")
    app.add_typer(tasks.app, name="tasks")
    app.add_typer(wording.app, name="wording")
    app.add_typer(audit.app, name="audit")
    app.add_typer(keys.app, name="keys")
    for command in (desk.desk, desk.dispatch, doctor.doctor, holds.hold, holds.release):
        app.command()(command)
