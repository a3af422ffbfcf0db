"""Who may open a page: every route names a permission, and the gate here is the only way from a route to its view."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from engine.core.errors import InputError, SafetyStop, StateError
from notices.accounts.sessions import why_ended
from notices.approval.accounts import ROLES
from notices.approval.officer import acting
from notices.desk.fresh import Grave, asked_first
from notices.desk.sayings import in_words
from notices.desk.visit import Visit, desk_clock, outside_page, phrases_of

View = Callable[..., HttpResponseBase]
_BUSY_SECONDS = "5"
#: code of a refusal → the page's words for it, and the HTTP status
_REFUSALS = {
    "not_allowed": ("forbidden", 403),
    "second_person": ("second_person", 403),
    "already_decided": ("decided", 409),
    "content_changed": ("changed", 409),
    "stopped": ("stopped", 409),
}


class Permission(Enum):
    """Who may open a route: the roles of which one is enough."""

    PUBLIC = frozenset[str]()  #: before the log-in
    STAFF = frozenset(ROLES)
    READ_QUEUE = frozenset({"viewer", "reviewer", "approver", "support_measures"})
    REVIEW = frozenset({"reviewer", "approver"})
    APPROVE = frozenset({"approver"})
    WORK_TASKS = frozenset({"reviewer", "approver", "support_measures"})
    READ_WORDINGS = frozenset({"viewer", "reviewer", "approver"})
    READ_NIGHTS = frozenset(ROLES) - {"support_measures"}
    RELEASE = frozenset({"operator"})
    AUDIT = frozenset({"auditor"})
    ADMINISTER = frozenset({"administrator"})


class Scope(Enum):
    """What of the municipality a route shows or changes for who may open it."""

    NOTHING = "nothing of a resident"
    OFFICE = "notices and tasks of the officer's own offices"
    OWN = "what this officer chose or opened"
    MUNICIPALITY = "the municipality's counts and logs, without a notice's content"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One address of the desk, what it takes to open it, and whose things it shows.

    `grave`: whether what is asked of it wants a second factor shown a short while ago; None for what never does.
    """

    path: str
    name: str
    permission: Permission
    scope: Scope
    view: View
    methods: frozenset[str] = frozenset({"GET", "HEAD"})
    grave: Grave | None = None


def gate(route: Route) -> Callable[..., HttpResponseBase]:
    """The route's view behind its method, its log-in and its permission; refusals are pages that say what to do."""

    @wraps(route.view)
    def guarded(request: HttpRequest, **parts: object) -> HttpResponseBase:
        response = _answer(route, request, parts)
        if not response.has_header("Cache-Control"):  # a style sheet has its own
            patch_cache_control(response, no_store=True, private=True)
        return response

    return guarded


def _answer(route: Route, request: HttpRequest, parts: dict[str, object]) -> HttpResponseBase:
    if request.method not in route.methods:
        return _refused(request, 405, "method")
    if route.permission is Permission.PUBLIC:
        return route.view(request, **parts)
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    return _as_staff(route, request, request.user, parts)


def _as_staff(route: Route, request: HttpRequest, user: User, parts: dict[str, object]) -> HttpResponseBase:
    if not hasattr(user, "staff"):
        return _refused(request, 403, "no_staff")
    officer = acting(user.staff)
    ended = why_ended(request.session, user.staff, at=desk_clock().now())
    if ended:
        after = request.get_full_path() if request.method == "GET" else "/"
        logout(request)
        return HttpResponseRedirect(f"{reverse('log_in')}?{urlencode({'ended': ended, 'next': after})}")
    if not officer.roles & route.permission.value:
        return _refused(request, 403, "role")
    visit = Visit(request=request, officer=officer, now=desk_clock().now(), t=phrases_of(request))
    try:
        asks = asked_first(visit, user.staff, route.name, route.grave, parts) if route.grave else None
        return route.view(visit, **parts) if asks is None else asks
    except ObjectDoesNotExist:  # not there, or not this officer's to see: the same answer
        return visit.page("problem.html", status=404, kind="missing", detail="")
    except SafetyStop as stop:
        return visit.page("problem.html", status=409, kind="safety", detail=in_words(str(stop), visit.t))
    except StateError as error:
        kind, status = _REFUSALS.get(error.code, ("state", 409))
        return visit.page("problem.html", status=status, kind=kind, detail=in_words(str(error), visit.t))
    except InputError as error:
        return visit.page("problem.html", status=400, kind="input", detail=in_words(str(error), visit.t))
    except OperationalError:
        response = visit.page("problem.html", status=503, kind="busy", detail="")
        response["Retry-After"] = _BUSY_SECONDS
        return response


def _refused(request: HttpRequest, status: int, kind: str) -> HttpResponse:
    return outside_page(request, "problem.html", status=status, kind=kind, detail="")
