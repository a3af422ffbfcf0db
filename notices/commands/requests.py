"""`todoke events release`, `todoke records accept` and `todoke requests list`: what staff ask the next night to do, and what came of it."""

from typing import Annotated

import typer

from engine.core.console import front, print_rows
from engine.core.requests import ACCEPT_FILE
from engine.records.landing import landed_id
from notices.commands.store import AsJson, open_queue, operator

app = typer.Typer(no_args_is_help=True, help="What staff asked the night to do.")


@app.callback()
def requests() -> None:
    """What staff asked the night to do."""


@app.command("list")
def list_requests(context: typer.Context, as_json: AsJson = False) -> None:
    """Every request, newest first, with what came of it; `done_at` is empty while it waits for the night."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.models import RunRequest

    names = ("id", "municipality_code", "kind", "payload", "asked_by", "reason", "asked_at", "done_at", "outcome")
    rows = RunRequest.objects.filter(municipality_code=settings.municipality.code).order_by("-id")
    print_rows(rows.values(*names), as_json=as_json, columns=("id", *names[2:]))


def release_held(
    context: typer.Context,
    code: str,
    on: Annotated[str, typer.Option("--date", help="The night that held them.")],
    by: Annotated[str, typer.Option(help="Who decided.")],
    reason: Annotated[str, typer.Option(help="Why the number is right, in words without personal data.")],
) -> None:
    """Asks for the release of a kind of event that a night held for its number: the next night settles them."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.requests import ask_release

    row = ask_release(code, on, officer=operator(settings, by), reason=reason, at=settings.clock().now())
    typer.echo(f"asked (request {row.pk}): the next night releases {code} of {on} and settles them")


def accept_file(
    context: typer.Context,
    checksum: Annotated[str, typer.Argument(help="How its SHA-256 begins, as the night's summary says it.")],
    by: Annotated[str, typer.Option(help="Who decided.")],
    reason: Annotated[str, typer.Option(help="Why the file is right, in words without personal data.")],
) -> None:
    """Asks for a file that was refused as too short to be read as it is: by the next night, or by the same one run again."""
    settings = front(context).settings
    file_id = landed_id(checksum, settings.paths.landing)
    open_queue(settings)
    from notices.approval.requests import ask

    row = ask(
        ACCEPT_FILE, {"file_id": file_id}, officer=operator(settings, by), reason=reason, at=settings.clock().now()
    )
    typer.echo(f"asked (request {row.pk}): the next night reads the file as it is, or this one when it is run again")
