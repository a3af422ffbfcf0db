"""`todoke notices`: what is in the queue."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer

from engine.core.console import front, print_json, print_rows
from engine.core.errors import InputError
from engine.records.characters import signs_in_use
from engine.records.snapshot import read_snapshot
from notices.commands.store import AsJson, open_queue

if TYPE_CHECKING:
    from notices.wording.letter import LetterPress

app = typer.Typer(no_args_is_help=True, help="The queue of notices.")


@app.command("list")
def list_notices(
    context: typer.Context, state: Annotated[str | None, typer.Option()] = None, as_json: AsJson = False
) -> None:
    """The notices of the queue, nearest deadline first."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.models import Notice, NoticeState

    if state is not None and state not in NoticeState.values:
        raise InputError(f"--state {state}: use one of {', '.join(NoticeState.values)}")
    found = Notice.objects.filter(municipality_code=settings.municipality.code).prefetch_related("items")
    if state is not None:
        found = found.filter(state=state)
    rows = (
        {
            "id": notice.number,
            "municipality_code": notice.municipality_code,
            "state": notice.state,
            "event": notice.event,
            "addressee_id": notice.addressee_id,
            "items": [item.programme for item in notice.items.all()],
            "language": notice.language,
            "due_on": notice.due_on,
        }
        for notice in found.order_by("due_on", "id")
    )
    print_rows(rows, as_json=as_json, columns=("id", "state", "event", "items", "language", "due_on"))


@app.command("show")
def show_notice(context: typer.Context, number: str, as_json: AsJson = False) -> None:
    """One notice by its number, as the resident will read it (without name and address)."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.models import Notice
    from notices.wording.page import to_text

    notice = (
        Notice.objects.filter(municipality_code=settings.municipality.code, number=number)
        .select_related("body")
        .first()
    )
    if notice is None:
        raise InputError(f"there is no notice {number}; `todoke notices list` shows their numbers")
    if as_json:
        print_json({"id": notice.number, "state": notice.state, "event": notice.event, "text": notice.body.text})
    else:
        typer.echo(to_text(notice.body.text, name=""))


@app.command("characters")
def unprintable_characters(
    context: typer.Context,
    register: Annotated[
        bool, typer.Option(help="Of the whole register instead: signs of names and addresses, and how many have them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Unsent notices whose letter cannot be printed: which code points no font has in name, address or text. Nothing is named."""
    settings = front(context).settings
    if register:
        from notices.wording.press import press_of

        used = signs_in_use(read_snapshot(settings))
        lacking = lacking_signs(used, press_of(settings.dispatch.letters))
        print_rows(lacking, as_json=as_json, columns=("sign", "what", "people"))
        return
    open_queue(settings)
    from notices.approval.printing import report

    rows = report(settings.municipality.code)
    print_rows(rows, as_json=as_json, columns=("id", "state", "language", "where", "what"))


def lacking_signs(used: pl.DataFrame, press: "LetterPress") -> Iterator[dict[str, Any]]:
    """Of the signs in use (sign, people), those a Japanese letter cannot print, with their code points."""
    from notices.wording.glyphs import named

    lacking = set(press.unprintable("".join(used["sign"].to_list()), "ja"))
    for row in used.iter_rows(named=True):
        if row["sign"] in lacking:
            yield {"sign": row["sign"], "what": named([row["sign"]]), "people": row["people"]}
