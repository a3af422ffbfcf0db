"""`todoke hold` and `todoke release`: stopping everything for a person at once."""

from typing import Annotated

import typer

from engine.core.console import front
from notices.commands.store import open_queue


def hold(
    context: typer.Context,
    person: str,
    reason: Annotated[str, typer.Option(help="Why, in words without personal data.")],
    by: Annotated[str, typer.Option(help="Who asks for it.")],
    household: Annotated[bool, typer.Option(help="Hold everybody of the household too.")] = True,
) -> None:
    """Stops everything for a person (宛名番号) and their household at once."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.holds import hold as hold_person

    held = hold_person(
        person,
        municipality=settings.municipality.code,
        by=by,
        reason=reason,
        at=settings.clock().now(),
        household=household,
    )
    typer.echo(f"held: {held} notices")


def release(
    context: typer.Context,
    person: str,
    reason: Annotated[str, typer.Option(help="Why, in words without personal data.")],
    by: Annotated[str, typer.Option(help="Who asks for it.")],
) -> None:
    """Ends a hold that a call set. Blocks by law stay."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.holds import release as release_person

    typer.echo(
        f"released: {release_person(person, municipality=settings.municipality.code, by=by, reason=reason, at=settings.clock().now())}"
    )
