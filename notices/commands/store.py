"""Opens the queue store for a command."""

from typing import Annotated

import typer

from engine.core.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def open_queue(settings: Settings) -> None:
    """Sets Django up on the queue store of the settings and brings its tables up to date."""
    from notices import site

    site.configure(settings)
    site.migrate()
