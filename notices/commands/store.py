"""Opens the queue store for a command."""

from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from engine.core.settings import Settings

if TYPE_CHECKING:
    from notices.approval.officer import Officer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def open_queue(settings: Settings) -> None:
    """Sets Django up on the queue store of the settings and brings its tables up to date, once a process."""
    from notices import site

    site.configure(settings)
    _bring_up_to_date(settings.queue_url)


@cache
def _bring_up_to_date(queue_url: str) -> None:
    from notices import site

    site.migrate()


def operator(settings: Settings, by: str) -> "Officer":
    """Who may run the command line is an operator."""
    from notices.approval.officer import Officer

    return Officer(
        name=by.strip(),
        display_name=by,
        municipality=settings.municipality.code,
        offices=frozenset(),
        roles=frozenset({"operator"}),
    )
