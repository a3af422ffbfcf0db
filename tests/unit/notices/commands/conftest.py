"""The commands on the store of the tests, as the front door would call them."""

from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner, Result

import notices.commands
from eligibility.commands import programmes_app
from engine.core.console import Front
from notices.site import installed

Run = Callable[..., Result]


@pytest.fixture
def run(db: None) -> Run:
    """Runs a command line; errors of ours come back as `result.exception`."""
    app = typer.Typer()
    app.add_typer(programmes_app, name="programmes")
    notices.commands.mount(app)
    front = Front(None)
    front.__dict__["settings"] = installed()
    return lambda *arguments: CliRunner().invoke(app, list(arguments), obj=front)
