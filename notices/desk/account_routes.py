"""The routes of accounts: the rest of a log-in, and the register of staff. `urls.py` adds them to the one table."""

from notices.desk.access import Permission, Route, Scope, View
from notices.desk.fresh import Grave, always
from notices.desk.views import second, sso, staff

_POST = frozenset({"POST"})
_GET_POST = frozenset({"GET", "HEAD", "POST"})
_GET = frozenset({"GET", "HEAD"})


def _door(path: str, name: str, view: View, methods: frozenset[str] = _GET_POST) -> Route:
    return Route(path=path, name=name, permission=Permission.PUBLIC, scope=Scope.NOTHING, view=view, methods=methods)


def _register(path: str, name: str, view: View, methods: frozenset[str] = _POST, grave: Grave | None = None) -> Route:
    return Route(
        path=path,
        name=name,
        permission=Permission.ADMINISTER,
        scope=Scope.MUNICIPALITY,
        view=view,
        methods=methods,
        grave=grave,
    )


ACCOUNT_ROUTES = (
    _door("login/second/", "second_factor", second.second_page),
    _door("login/app/", "set_up_second_factor", second.enrol_page),
    _door("login/password/", "own_password", second.password_page),
    _door("login/on/", "log_in_on", second.onward, _POST),
    _door("login/sso/", "sso", sso.there, _GET),
    _door("login/sso/back/", "sso_back", sso.back, _GET),
    _register("staff/", "staff", staff.staff_list, _GET),
    _register("staff/open/", "open_account", staff.open_account, grave=always),
    _register("staff/<int:staff_id>/", "staff_member", staff.staff_page, _GET),
    _register("staff/<int:staff_id>/change/", "change_account", staff.change, grave=always),
    _register("staff/<int:staff_id>/lock/", "lock_account", staff.lock),
    _register("staff/<int:staff_id>/unlock/", "unlock_account", staff.unlock, grave=always),
    _register("staff/<int:staff_id>/confirm/", "confirm_roles", staff.confirm, grave=always),
    _register("staff/<int:staff_id>/refuse/", "refuse_roles", staff.refuse),
    _register("staff/<int:staff_id>/reset/confirm/", "confirm_reset", staff.confirm_reset, grave=always),
    _register("staff/<int:staff_id>/reset/refuse/", "refuse_reset", staff.refuse_reset),
    _register("staff/<int:staff_id>/sessions/", "end_sessions", staff.end_sessions),
    _register("staff/<int:staff_id>/second/", "reset_second_factor", staff.reset_second, grave=always),
    _register("staff/<int:staff_id>/password/", "reset_password", staff.new_password, grave=always),
)
