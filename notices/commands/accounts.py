"""`todoke accounts`: the first account of a site, and the second person where there is one administrator. All of it audited."""

from typing import Annotated

import typer

from engine.core.console import front
from engine.core.errors import InputError
from notices.commands.store import open_queue

app = typer.Typer(no_args_is_help=True, help="Staff accounts from the machine itself; day to day the desk keeps them.")


@app.command("open")
def open_one(
    context: typer.Context,
    username: str,
    name: Annotated[str, typer.Option(help="The name colleagues know.")],
    role: Annotated[list[str], typer.Option(help="May be given several times.")],
    office: Annotated[list[str] | None, typer.Option(help="May be given several times.")] = None,
) -> None:
    """Opens an account and prints its password for one log-in, this once."""
    settings = front(context).settings
    open_queue(settings)
    from notices.accounts import register

    _, password = register.open_account(
        register.console(settings.municipality.code),
        username=username,
        display_name=name,
        offices=office or [],
        roles=role,
        at=settings.clock().now(),
    )
    typer.echo(f"{username}: {password}")
    typer.echo("Hand it over; it is not shown again, and its owner chooses another at the first log-in.")


@app.command("confirm")
def confirm(context: typer.Context, username: str) -> None:
    """Gives the roles that an administrator asked for at the desk: the second person where there is one administrator."""
    settings = front(context).settings
    open_queue(settings)
    from notices.accounts import register

    municipality = settings.municipality.code
    key = _key_of(municipality, username)
    confirmed = register.confirm(register.console(municipality), key, at=settings.clock().now())
    typer.echo(f"{username}: {', '.join(confirmed.roles)}")


@app.command("confirm-reset")
def confirm_reset(context: typer.Context, username: str) -> None:
    """Does the reset that an administrator asked for at the desk; prints the password for one log-in, where it makes one."""
    settings = front(context).settings
    open_queue(settings)
    from notices.accounts import register

    municipality = settings.municipality.code
    key = _key_of(municipality, username)
    _, password = register.confirm_reset(register.console(municipality), key, at=settings.clock().now())
    typer.echo(f"{username}: {password}" if password else f"{username}: the authenticator app is cleared")


def _key_of(municipality: str, username: str) -> int:
    from notices.approval.models import StaffMember

    staff = StaffMember.objects.filter(municipality_code=municipality, user__username=username).first()
    if staff is None:
        raise InputError(f"there is no account {username!r}")
    return staff.pk
