"""Every route of the desk with what it takes to open it: the one table. Nothing is reachable that is not in it."""

from django.urls import path

from notices.desk.access import Permission, Route, Scope, gate
from notices.desk.account_routes import ACCOUNT_ROUTES
from notices.desk.paper_routes import PAPER_ROUTES
from notices.desk.views import calls, editing, entry, queue, reports, review, selection, tasks

_POST = frozenset({"POST"})
_GET_POST = frozenset({"GET", "HEAD", "POST"})

ROUTES = (
    Route(
        path="login/",
        name="log_in",
        permission=Permission.PUBLIC,
        scope=Scope.NOTHING,
        view=entry.log_in,
        methods=_GET_POST,
    ),
    Route(
        path="language/",
        name="language",
        permission=Permission.PUBLIC,
        scope=Scope.NOTHING,
        view=entry.switch_language,
        methods=_POST,
    ),
    Route(
        path="notice.css",
        name="notice_style",
        permission=Permission.PUBLIC,
        scope=Scope.NOTHING,
        view=entry.notice_style,
    ),
    Route(path="", name="home", permission=Permission.STAFF, scope=Scope.NOTHING, view=entry.home),
    Route(
        path="logout/",
        name="log_out",
        permission=Permission.STAFF,
        scope=Scope.NOTHING,
        view=entry.log_out,
        methods=_POST,
    ),
    Route(path="queue/", name="queue", permission=Permission.READ_QUEUE, scope=Scope.OFFICE, view=queue.queue_page),
    Route(
        path="notices/<int:notice_id>/",
        name="review",
        permission=Permission.READ_QUEUE,
        scope=Scope.OFFICE,
        view=review.review_page,
    ),
    Route(
        path="notices/<int:notice_id>/address/",
        name="open_address",
        permission=Permission.REVIEW,
        scope=Scope.OFFICE,
        view=review.open_address,
        methods=_POST,
    ),
    Route(
        path="notices/<int:notice_id>/release/",
        name="release",
        permission=Permission.REVIEW,
        scope=Scope.OFFICE,
        view=review.release,
        methods=_POST,
    ),
    Route(
        path="notices/<int:notice_id>/approve/",
        name="approve",
        permission=Permission.APPROVE,
        scope=Scope.OFFICE,
        view=review.approve,
        methods=_POST,
    ),
    Route(
        path="notices/<int:notice_id>/reject/",
        name="reject",
        permission=Permission.REVIEW,
        scope=Scope.OFFICE,
        view=review.reject,
        methods=_POST,
    ),
    Route(
        path="notices/<int:notice_id>/edit/",
        name="edit",
        permission=Permission.REVIEW,
        scope=Scope.OFFICE,
        view=editing.edit_page,
    ),
    Route(
        path="notices/<int:notice_id>/edit/save/",
        name="save_edit",
        permission=Permission.REVIEW,
        scope=Scope.OFFICE,
        view=editing.save_edit,
        methods=_POST,
    ),
    Route(
        path="notices/<int:notice_id>/undo/",
        name="undo",
        permission=Permission.REVIEW,
        scope=Scope.OFFICE,
        view=review.undo,
        methods=_POST,
    ),
    Route(
        path="queue/selection/",
        name="select",
        permission=Permission.APPROVE,
        scope=Scope.OFFICE,
        view=selection.select,
        methods=_POST,
    ),
    Route(
        path="selections/<int:selection_id>/",
        name="selection",
        permission=Permission.APPROVE,
        scope=Scope.OWN,
        view=selection.selection_page,
    ),
    Route(
        path="selections/<int:selection_id>/approve/",
        name="approve_selection",
        permission=Permission.APPROVE,
        scope=Scope.OWN,
        view=selection.approve_selection,
        methods=_POST,
    ),
    Route(
        path="selections/<int:selection_id>/undo/",
        name="undo_selection",
        permission=Permission.APPROVE,
        scope=Scope.OWN,
        view=selection.take_back_selection,
        methods=_POST,
    ),
    Route(path="tasks/", name="tasks", permission=Permission.WORK_TASKS, scope=Scope.OFFICE, view=tasks.task_list),
    Route(
        path="tasks/<int:task_id>/",
        name="task",
        permission=Permission.WORK_TASKS,
        scope=Scope.OFFICE,
        view=tasks.task_page,
    ),
    Route(
        path="tasks/<int:task_id>/close/",
        name="close_task",
        permission=Permission.WORK_TASKS,
        scope=Scope.OFFICE,
        view=tasks.close_task,
        methods=_POST,
    ),
    Route(path="calls/", name="calls", permission=Permission.REVIEW, scope=Scope.OFFICE, view=calls.call_desk),
    Route(
        path="calls/find/",
        name="find_person",
        permission=Permission.REVIEW,
        scope=Scope.OFFICE,
        view=calls.find,
        methods=_POST,
    ),
    Route(
        path="calls/<int:look_id>/",
        name="person",
        permission=Permission.REVIEW,
        scope=Scope.OWN,
        view=calls.person_page,
    ),
    Route(
        path="calls/<int:look_id>/hold/",
        name="hold_person",
        permission=Permission.REVIEW,
        scope=Scope.OWN,
        view=calls.hold,
        methods=_POST,
    ),
    Route(
        path="calls/<int:look_id>/release/",
        name="release_person",
        permission=Permission.APPROVE,
        scope=Scope.OWN,
        view=calls.let_go,
        methods=_POST,
    ),
    Route(
        path="calls/<int:look_id>/wish/",
        name="wish",
        permission=Permission.REVIEW,
        scope=Scope.OWN,
        view=calls.wish,
        methods=_POST,
    ),
    Route(
        path="calls/<int:look_id>/wish/end/",
        name="end_wish",
        permission=Permission.REVIEW,
        scope=Scope.OWN,
        view=calls.end_wish,
        methods=_POST,
    ),
    Route(path="looks/", name="looks", permission=Permission.AUDIT, scope=Scope.MUNICIPALITY, view=calls.looks),
    Route(
        path="night/",
        name="night",
        permission=Permission.READ_NIGHTS,
        scope=Scope.MUNICIPALITY,
        view=reports.night_report,
    ),
    Route(path="audit/", name="audit", permission=Permission.AUDIT, scope=Scope.MUNICIPALITY, view=reports.audit_list),
    *ACCOUNT_ROUTES,
    *PAPER_ROUTES,
)

urlpatterns = [path(route.path, gate(route), name=route.name) for route in ROUTES]

handler400 = "notices.desk.views.problems.bad_request"
handler403 = "notices.desk.views.problems.forbidden"
handler404 = "notices.desk.views.problems.not_found"
handler500 = "notices.desk.views.problems.fault"
