"""The routes of what leaves the desk as a file or on paper. `urls.py` adds them to the one table."""

from notices.desk.access import Permission, Route, Scope
from notices.desk.views import paper

_POST = frozenset({"POST"})  # taking a file is written down: no link or prefetching browser does it

PAPER_ROUTES = (
    Route(
        path="queue/export/",
        name="export_queue",
        permission=Permission.READ_QUEUE,
        scope=Scope.OFFICE,
        view=paper.export_queue,
        methods=_POST,
    ),
    Route(
        path="tasks/export/",
        name="export_tasks",
        permission=Permission.WORK_TASKS,
        scope=Scope.OFFICE,
        view=paper.export_tasks,
        methods=_POST,
    ),
    Route(
        path="queue/print/",
        name="print_queue",
        permission=Permission.READ_QUEUE,
        scope=Scope.OFFICE,
        view=paper.print_queue,
    ),
    Route(
        path="notices/<int:notice_id>/print/",
        name="print_notice",
        permission=Permission.READ_QUEUE,
        scope=Scope.OFFICE,
        view=paper.print_notice,
    ),
)
