"""Commands of the queue: notices, tasks, wording, audit, keys, accounts, desk, dispatch, hold, sweeps. Django is set up inside each."""

import typer

from eligibility.commands import programmes_app
from notices.commands import (
    accounts,
    audit,
    desk,
    doctor,
    holds,
    keys,
    learning,
    queue,
    requests,
    sweeps,
    tasks,
    wording,
)
from notices.commands.desk import send
from notices.commands.learning import learn_once
from notices.commands.requests import accept_file, release_held
from notices.commands.store import open_queue

__all__ = ["accept_file", "learn_once", "mount", "open_queue", "release_held", "send"]


def mount(app: typer.Typer) -> None:
    """Adds every command of this package to the front door."""
    queue.app.command("learn")(learning.learn_command)
    app.add_typer(queue.app, name="notices")
    app.add_typer(tasks.app, name="tasks")
    app.add_typer(wording.app, name="wording")
    app.add_typer(audit.app, name="audit")
    app.add_typer(keys.app, name="keys")
    app.add_typer(requests.app, name="requests")
    app.add_typer(accounts.app, name="accounts")
    programmes_app.command("sweep")(sweeps.sweep)
    programmes_app.command("sweeps")(sweeps.list_sweeps)
    for command in (desk.desk, desk.dispatch, doctor.doctor, holds.hold, holds.release):
        app.command()(command)
