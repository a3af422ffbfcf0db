"""Logging in and out, the language switch, and the way to the first page of one's role."""

from django.contrib.auth import authenticate, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from notices.desk.catalogue import LANGUAGES
from notices.desk.views.second import begin
from notices.desk.visit import LANGUAGE_COOKIE, Visit, outside_page
from notices.site import installed
from notices.wording.page import NOTICE_CSS

_ENDED = frozenset({"idle", "long", "elsewhere", "by_administrator"})
_A_YEAR_IN_SECONDS = 365 * 24 * 3600


def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in form; a wrong password says no more than that."""
    after = request.POST.get("next") or request.GET.get("next", "")
    if request.method != "POST":
        return _form(request, after)
    username = request.POST.get("username", "")
    user = authenticate(request, username=username, password=request.POST.get("password", ""))
    if user is None:
        return _form(request, after, failed=True, username=username)
    assert isinstance(user, User)
    return begin(request, user, after=_inside(request, after))


def _form(request: HttpRequest, after: str, *, failed: bool = False, username: str = "") -> HttpResponse:
    """The log-in form; says why a log-in ended, and offers the identity provider where there is one."""
    asked = request.GET.get("ended", "")
    return outside_page(
        request,
        "login.html",
        status=403 if failed else 200,
        failed=failed,
        after=after,
        username=username,
        ended=asked if asked in _ENDED else "",
        sso=bool(installed().oidc.issuer),
    )


def log_out(visit: Visit) -> HttpResponse:
    """Ends the session."""
    logout(visit.request)
    return redirect("log_in")


def home(visit: Visit) -> HttpResponse:
    """The first page this person's roles open."""
    roles = visit.officer.roles
    if roles & {"viewer", "reviewer", "approver"}:
        return redirect("queue")
    if "support_measures" in roles:
        return redirect("tasks")
    if "administrator" in roles and not roles & {"auditor", "operator"}:
        return redirect("staff")
    return redirect("audit" if "auditor" in roles else "night")


def switch_language(request: HttpRequest) -> HttpResponse:
    """Remembers the language in this browser and goes back to where the person was."""
    asked = request.POST.get("language", "")
    response = redirect(_inside(request, request.POST.get("next", "")))
    if asked in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            asked,
            max_age=_A_YEAR_IN_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=installed().desk.secure_cookies,
        )
    return response


def notice_style(request: HttpRequest) -> HttpResponse:
    """The notice's own style sheet, so that the review page shows it as the resident will see it."""
    return HttpResponse(NOTICE_CSS, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=300"})


def _inside(request: HttpRequest, address: str) -> str:
    """The address when it is one of the desk's own, else the front page."""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else "/"
