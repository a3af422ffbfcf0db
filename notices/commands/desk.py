"""`todoke desk` and `todoke dispatch`: the web desk, and handing over what staff approved."""

import json
from collections.abc import Mapping
from typing import Any

import typer

from engine.core.clock import Clock
from engine.core.console import front
from engine.core.settings import Settings
from notices.commands.store import open_queue


def send(settings: Settings, clock: Clock) -> Mapping[str, Any]:
    """One dispatch run; returns its summary. Raises SafetyStop when nothing may be sent."""
    open_queue(settings)
    from notices.dispatch.run import dispatch as run_dispatch

    return run_dispatch(settings=settings, clock=clock).summary()


def desk(context: typer.Context) -> None:
    """The web desk: queue, review, staff tasks."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.keeper import kept_anchored
    from notices.desk.serve import serve
    from notices.desk.visit import desk_clock

    typer.echo(f"todoke desk: http://{settings.desk.host}:{settings.desk.port}/  (stop with Ctrl-C)")
    with kept_anchored(settings, desk_clock()):
        serve(settings)


def dispatch(context: typer.Context) -> None:
    """Hands over what is approved and due, once."""
    settings = front(context).settings
    typer.echo(json.dumps(send(settings, settings.clock()), ensure_ascii=False))
