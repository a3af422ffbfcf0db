"""`todoke wording`: the wording library and its guard."""

from pathlib import Path

import typer

from engine.core.console import front, print_json, print_rows
from notices.commands.store import AsJson, open_queue

app = typer.Typer(no_args_is_help=True, help="The wording library and its guard.")


@app.command("check")
def check_wording(context: typer.Context, file: Path) -> None:
    """Holds a draft to the guard and prints {"accepted", "findings"}; exit 2 when the file cannot be read."""
    from notices.wording.checkfile import check_file

    print_json(check_file(file))


@app.command("list")
def list_wordings(context: typer.Context, as_json: AsJson = False) -> None:
    """Every version in the wording library."""
    settings = front(context).settings
    open_queue(settings)
    from notices.wording.models import Wording

    names = ("id", "municipality_code", "programme", "event", "kind", "language", "register", "version", "state")
    rows = Wording.objects.filter(municipality_code=settings.municipality.code).order_by(
        "programme", "event", "language", "id"
    )
    print_rows(rows.values(*names), as_json=as_json, columns=names[2:])
