"""`todoke events release` and `todoke requests list`: what staff ask the next night to do, and what came of it."""

from typing import Annotated

import typer

from engine.core.console import front, print_rows
from notices.commands.store import AsJson, open_queue

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
    from notices.approval.officer import Officer
    from notices.approval.requests import ask_release

    operator = Officer(
        name=by.strip(),
        display_name=by,
        municipality=settings.municipality.code,
        offices=frozenset(),
        roles=frozenset({"operator"}),  # who may run the command line is one
    )
    row = ask_release(code, on, officer=operator, reason=reason, at=settings.clock().now())
    typer.echo(f"asked (request {row.pk}): the next night releases {code} of {on} and settles them")
