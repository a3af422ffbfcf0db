"""Staff tasks: what cannot be a notice and somebody must look into."""

from django.http import HttpResponse

from notices.approval import tasks
from notices.desk.visit import Visit


def task_list(visit: Visit) -> HttpResponse:
    """The open tasks this officer may see, nearest due date first."""
    return visit.page("tasks.html", tasks=tasks.open_tasks(visit.officer))


def task_page(visit: Visit, task_id: int) -> HttpResponse:
    """One task: what to find out, of whom, by when."""
    return visit.page("task.html", task=tasks.task(visit.officer, task_id), missing=False)


def close_task(visit: Visit, task_id: int) -> HttpResponse:
    """Closes a task with what was found out. An empty outcome is asked for again."""
    outcome = visit.request.POST.get("outcome", "").strip()
    if not outcome:
        return visit.page("task.html", status=400, task=tasks.task(visit.officer, task_id), missing=True)
    tasks.close(task_id, officer=visit.officer, at=visit.now, outcome=outcome)
    return visit.done(visit.t("tasks.closed"), "tasks")
