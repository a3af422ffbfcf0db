"""A kind of event that was held for its number: what stands out, and asking the next night to release it."""

from django.http import HttpResponse

from engine.core.errors import InputError
from notices.approval import requests
from notices.desk.held import Hold, hold_of
from notices.desk.views.queue import display_names
from notices.desk.visit import Visit


def hold_page(visit: Visit, code: str, night: str, *, problem: str = "") -> HttpResponse:
    """The numbers, the likely cause, and what a release does."""
    hold = hold_of(visit.municipality, code, night)
    names = display_names(visit)
    return visit.page(
        "hold.html",
        status=400 if problem else 200,
        hold=hold,
        asked_by=names.get(hold.request.asked_by, hold.request.asked_by) if hold.request else "",
        may_release="operator" in visit.officer.roles,
        problem=problem,
    )


def release_hold(visit: Visit, code: str, night: str) -> HttpResponse:
    """Writes the request down; the desk itself releases nothing. Without a reason it is asked for."""
    hold = hold_of(visit.municipality, code, night)
    reason = visit.request.POST.get("reason", "").strip()
    if not reason:
        return hold_page(visit, code, night, problem="reason_missing")
    if not _ask(visit, hold, reason):
        return hold_page(visit, code, night, problem="not_held")
    return visit.done(visit.t("hold.is_asked", event=visit.t.or_code("event", code)), "night")


def _ask(visit: Visit, hold: Hold, reason: str) -> bool:
    """Whether it is asked for now. It is not when the records hold none of it any more, or a colleague was faster."""
    try:
        requests.ask_release(hold.code, hold.night.isoformat(), officer=visit.officer, reason=reason, at=visit.now)
    except InputError:
        return False
    return True
