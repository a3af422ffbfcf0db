"""Commands of the queue: notices, staff tasks, wording, audit, desk, dispatch, hold. Django is set up inside each."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.core.clock import Clock
from engine.core.console import front, print_json, print_rows
from engine.core.errors import InputError
from engine.core.settings import Settings

notices_app = typer.Typer(no_args_is_help=True, help="The queue of notices.")
tasks_app = typer.Typer(no_args_is_help=True, help="Staff tasks: what cannot be a notice.")
wording_app = typer.Typer(no_args_is_help=True, help="The wording library and its guard.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit chain.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def mount(app: typer.Typer) -> None:
    """Adds every command of this package to the front door."""
    app.add_typer(notices_app, name="notices")
    app.add_typer(tasks_app, name="tasks")
    app.add_typer(wording_app, name="wording")
    app.add_typer(audit_app, name="audit")
    for command in (desk, dispatch, hold, release):
        app.command()(command)


def open_queue(settings: Settings) -> None:
    """Sets Django up on the queue store of the settings and brings its tables up to date."""
    from notices import site

    site.configure(settings)
    site.migrate()


def send(settings: Settings, clock: Clock) -> Mapping[str, Any]:
    """One dispatch run; returns its summary. Raises SafetyStop when nothing may be sent."""
    open_queue(settings)
    from notices.dispatch.run import dispatch as run_dispatch

    return run_dispatch(settings=settings, clock=clock).summary()


@notices_app.command("list")
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


@notices_app.command("show")
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


@tasks_app.command("list")
def list_tasks(context: typer.Context, as_json: AsJson = False) -> None:
    """The open staff tasks, most urgent first. Restricted ones show no more than that they exist."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.models import StaffTask

    rows = (
        {
            "id": task.pk,
            "municipality_code": task.municipality_code,
            "kind": task.kind,
            "office": task.office,
            "due_on": task.due_on,
            "state": task.state,
        }
        for task in StaffTask.objects.filter(municipality_code=settings.municipality.code, state="open").order_by(
            "due_on", "id"
        )
    )
    print_rows(rows, as_json=as_json, columns=("id", "kind", "office", "due_on", "state"))


@tasks_app.command("show")
def show_task(context: typer.Context, task_id: int, as_json: AsJson = False) -> None:
    """One staff task: what to find out, by when."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.models import StaffTask

    task = StaffTask.objects.filter(municipality_code=settings.municipality.code, pk=task_id).first()
    if task is None:
        raise InputError(f"there is no staff task {task_id}; `todoke tasks list` shows them")
    row = {
        "id": task.pk,
        "kind": task.kind,
        "office": task.office,
        "event": task.event,
        "programme": task.programme,
        "subject_id": None if task.restricted else task.subject_id,
        "reason": task.reason,
        "due_on": task.due_on,
        "state": task.state,
    }
    print_json(row) if as_json else print_rows([row], as_json=False, columns=tuple(row))


@wording_app.command("check")
def check_wording(context: typer.Context, file: Path) -> None:
    """Holds a draft to the guard and prints {"accepted", "findings"}; exit 2 when the file cannot be read."""
    from notices.wording.checkfile import check_file

    print_json(check_file(file))


@wording_app.command("list")
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


@audit_app.command("verify")
def verify_audit(context: typer.Context) -> None:
    """Checks the hash chain against its anchor; exit 1 when anything was changed, removed or reordered."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval.audit import verify

    found = verify(settings.municipality.code, settings.paths.anchor)
    print_json(found.as_json())
    if not found.intact:
        raise typer.Exit(1)


def desk(context: typer.Context) -> None:
    """The web desk: queue, review, staff tasks."""
    settings = front(context).settings
    open_queue(settings)
    from notices.desk.serve import serve

    typer.echo(f"todoke desk: http://{settings.desk.host}:{settings.desk.port}/  (stop with Ctrl-C)")
    serve(settings)


def dispatch(context: typer.Context) -> None:
    """Hands over what is approved and due, once."""
    settings = front(context).settings
    typer.echo(json.dumps(send(settings, settings.clock()), ensure_ascii=False))


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
