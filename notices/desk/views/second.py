"""The second half of a log-in: the code of the app, setting the app up, and a password of one's own."""

from datetime import datetime, timedelta
from typing import Literal

import pyotp
import segno
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from markupsafe import Markup

from notices.accounts import second, sessions
from notices.accounts.backend import PATH
from notices.approval.models import StaffMember
from notices.desk.views.problems import locked_out
from notices.desk.visit import desk_clock, outside_page
from notices.site import installed

_HALF = "half"  #: in the session: who gave the right password, when, and what was still to come
_MINUTES = 10


def begin(request: HttpRequest, user: User, *, after: str) -> HttpResponse:
    """The password is right: on to what is still missing, or in."""
    staff = StaffMember.objects.filter(user=user).first()
    if staff is None:
        login(request, user, backend=PATH)
        return redirect(after)
    request.session.cycle_key()
    request.session[_HALF] = {"user": user.pk, "at": desk_clock().now().isoformat(), "after": after}
    return _onward(request, staff, after)


def enter(
    request: HttpRequest, staff: StaffMember, *, after: str, proved_at: datetime | None = None
) -> HttpResponseRedirect:
    """In: a new session, the only one of this account that counts. proved_at: when the second factor was shown, if it was."""
    request.session.pop(_HALF, None)
    login(request, staff.user, backend=PATH)
    sessions.begin(request.session, staff, at=desk_clock().now())
    if proved_at is not None:
        sessions.prove(request.session, at=proved_at)
    return HttpResponseRedirect(after)


def attempt(request: HttpRequest, staff: StaffMember, code: str) -> Literal["right", "wrong", "locked"]:
    """What comes of a code. Wrong ones count towards the lock-out as wrong passwords do."""
    name = {"username": staff.user.get_username()}
    if not AxesProxyHandler.is_allowed(request, name):
        return "locked"
    if second.accept(staff, code, at=desk_clock().now()):
        return "right"
    user_login_failed.send(sender=__name__, credentials=name, request=request)
    return "wrong" if AxesProxyHandler.is_allowed(request, name) else "locked"


def second_page(request: HttpRequest) -> HttpResponse:
    """Asks for the code of the app, or a recovery code."""
    staff = _halfway(request)
    if staff is None or not second.has_second(staff):
        return redirect("log_in")
    if request.method != "POST":
        return outside_page(request, "second.html", failed=False)
    came_of_it = attempt(request, staff, request.POST.get("code", ""))
    if came_of_it == "locked":
        return locked_out(request)
    if came_of_it == "wrong":
        return outside_page(request, "second.html", status=403, failed=True)
    request.session[_HALF] |= {"proved": True}
    request.session.modified = True
    return _onward(request, staff, _after(request))


def enrol_page(request: HttpRequest) -> HttpResponse:
    """Sets the app up: a QR code and its letters, then the first code; the recovery codes are shown once, here."""
    staff = _halfway(request)
    if staff is None or second.has_second(staff):
        return redirect("log_in")
    secret = request.session[_HALF].setdefault("secret", pyotp.random_base32())
    request.session.modified = True
    codes = None
    if request.method == "POST":
        codes = second.enrol(staff, secret, request.POST.get("code", ""), at=desk_clock().now())
    if codes is not None:
        request.session[_HALF] = {**request.session[_HALF], "secret": "", "proved": True}
        return outside_page(request, "recovery.html", codes=codes, onward=reverse("log_in_on"))
    picture = segno.make(second.app_address(staff, secret), error="m").svg_inline(scale=4, dark="#000", light="#fff")
    failed = request.method == "POST"
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return outside_page(
        request, "enrol.html", status=403 if failed else 200, failed=failed, secret=spaced,
        picture=Markup(picture),  # noqa: S704 - made by segno of letters and digits
    )  # fmt: skip


def password_page(request: HttpRequest) -> HttpResponse:
    """Who was given a password by an administrator chooses one that nobody else knows."""
    staff = _halfway(request)
    if staff is None or second.credential_of(staff).own_password or not _proved(request, staff):
        return redirect("log_in")
    problem = ""
    if request.method == "POST":
        problem = _set_password(staff, request.POST.get("password", ""), request.POST.get("again", ""))
        if not problem:
            return _onward(request, staff, _after(request))
    return outside_page(request, "password.html", status=400 if problem else 200, problem=problem)


def onward(request: HttpRequest) -> HttpResponse:
    """After the recovery codes were read: on to what is still missing, or in."""
    staff = _halfway(request)
    return redirect("log_in") if staff is None else _onward(request, staff, _after(request))


def _set_password(staff: StaffMember, password: str, again: str) -> str:
    """Why a password will not do; empty when it is set."""
    if password != again:
        return "differ"
    if staff.user.check_password(password):
        return "same"
    try:
        validate_password(password, staff.user)
    except ValidationError:
        return "weak"
    staff.user.set_password(password)
    staff.user.save(update_fields=["password"])
    credential = second.credential_of(staff)
    credential.own_password = True
    credential.save(update_fields=["own_password"])
    return ""


def _onward(request: HttpRequest, staff: StaffMember, after: str) -> HttpResponseRedirect:
    if not _proved(request, staff):
        return HttpResponseRedirect(reverse("second_factor" if second.has_second(staff) else "set_up_second_factor"))
    if not second.credential_of(staff).own_password:
        return HttpResponseRedirect(reverse("own_password"))
    proved = bool(request.session[_HALF].get("proved"))
    return enter(request, staff, after=after, proved_at=desk_clock().now() if proved else None)


def _proved(request: HttpRequest, staff: StaffMember) -> bool:
    asked = second.is_required() or second.has_second(staff)
    return not asked or bool(request.session[_HALF].get("proved"))


def _after(request: HttpRequest) -> str:
    return str(request.session[_HALF]["after"])


def _halfway(request: HttpRequest) -> StaffMember | None:
    """Whose password was right a short while ago in this browser; None for everybody else."""
    half = request.session.get(_HALF)
    if not half:
        return None
    now = desk_clock().now()
    if now - datetime.fromisoformat(half["at"]) > timedelta(minutes=_MINUTES):
        del request.session[_HALF]
        return None
    rows = StaffMember.objects.filter(municipality_code=installed().municipality.code, user__is_active=True)
    return rows.select_related("user").filter(user_id=half["user"]).first()
