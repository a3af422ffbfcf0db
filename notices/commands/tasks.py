"""`todoke tasks`: what staff have to find out."""

import typer

from engine.core.console import front, print_json, print_rows
from engine.core.errors import InputError
from notices.commands.store import AsJson, open_queue

app = typer.Typer(no_args_is_help=True, help="Staff tasks: what cannot be a notice.")


@app.command("list")
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


@app.command("show")
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
