"""The register of staff: an administrator opens, changes, locks and helps accounts."""

from django.http import HttpResponse

from notices.accounts import register
from notices.approval.accounts import ROLES
from notices.approval.models import StaffMember
from notices.desk.visit import Visit
from notices.site import installed


def staff_list(visit: Visit) -> HttpResponse:
    """Everybody with an account, and the form that opens one."""
    return visit.page("staff.html", people=register.everybody(visit.officer), every_role=ROLES, every_office=_offices())


def open_account(visit: Visit) -> HttpResponse:
    """Opens an account and shows its first password, this once."""
    form = visit.request.POST
    made, password = register.open_account(
        visit.officer,
        username=form.get("username", ""),
        display_name=form.get("display_name", ""),
        offices=form.getlist("office"),
        roles=form.getlist("role"),
        at=visit.now,
    )
    return _page(visit, made, password=password)


def staff_page(visit: Visit, staff_id: int) -> HttpResponse:
    """One account: what it may do, and what helps its owner."""
    return _page(visit, register.staff_of(visit.officer, staff_id))


def change(visit: Visit, staff_id: int) -> HttpResponse:
    """Another name, other roles, other offices."""
    form = visit.request.POST
    staff = register.change(
        visit.officer,
        staff_id,
        display_name=form.get("display_name", ""),
        offices=form.getlist("office"),
        roles=form.getlist("role"),
        at=visit.now,
    )
    waits = set(form.getlist("role")) - set(staff.roles)
    return visit.done(visit.t("staff.changed_waits" if waits else "staff.changed"), "staff_member", staff_id=staff_id)


def confirm(visit: Visit, staff_id: int) -> HttpResponse:
    """The second administrator gives the roles that the first one asked for."""
    register.confirm(visit.officer, staff_id, at=visit.now)
    return visit.done(visit.t("staff.confirmed_now"), "staff_member", staff_id=staff_id)


def refuse(visit: Visit, staff_id: int) -> HttpResponse:
    """The roles that were asked for are not given."""
    register.refuse(visit.officer, staff_id, at=visit.now)
    return visit.done(visit.t("staff.refused_now"), "staff_member", staff_id=staff_id)


def confirm_reset(visit: Visit, staff_id: int) -> HttpResponse:
    """The second administrator does the reset that the first one asked for; a new password is shown this once."""
    staff, password = register.confirm_reset(visit.officer, staff_id, at=visit.now)
    if password:
        return _page(visit, register.staff_of(visit.officer, staff.pk), password=password)
    return visit.done(visit.t("staff.second_reset_now"), "staff_member", staff_id=staff_id)


def refuse_reset(visit: Visit, staff_id: int) -> HttpResponse:
    """The reset that was asked for is not done."""
    register.refuse_reset(visit.officer, staff_id, at=visit.now)
    return visit.done(visit.t("staff.reset_refused_now"), "staff_member", staff_id=staff_id)


def end_sessions(visit: Visit, staff_id: int) -> HttpResponse:
    """Whoever is logged in with it is out."""
    register.end_sessions(visit.officer, staff_id, at=visit.now)
    return visit.done(visit.t("staff.sessions_ended_now"), "staff_member", staff_id=staff_id)


def lock(visit: Visit, staff_id: int) -> HttpResponse:
    """Nobody gets in with it any more."""
    register.lock(visit.officer, staff_id, at=visit.now)
    return visit.done(visit.t("staff.locked_now"), "staff_member", staff_id=staff_id)


def unlock(visit: Visit, staff_id: int) -> HttpResponse:
    """It may log in again, also after too many failures."""
    register.unlock(visit.officer, staff_id, at=visit.now)
    return visit.done(visit.t("staff.unlocked_now"), "staff_member", staff_id=staff_id)


def reset_second(visit: Visit, staff_id: int) -> HttpResponse:
    """The telephone is lost: another app is set up at the next log-in."""
    reason = visit.request.POST.get("reason", "")
    staff = register.reset_second(visit.officer, staff_id, reason=reason, at=visit.now)
    line = "staff.reset_asked_now" if register.reset_waits(staff) else "staff.second_reset_now"
    return visit.done(visit.t(line), "staff_member", staff_id=staff_id)


def new_password(visit: Visit, staff_id: int) -> HttpResponse:
    """A password for one log-in, shown this once; or, of somebody who decides, once a second administrator confirms it."""
    staff, password = register.new_password(visit.officer, staff_id, at=visit.now)
    if not password:
        return visit.done(visit.t("staff.reset_asked_now"), "staff_member", staff_id=staff_id)
    return _page(visit, staff, password=password)


def _page(visit: Visit, staff: StaffMember, *, password: str = "") -> HttpResponse:
    credential = getattr(staff, "credential", None)
    return visit.page(
        "staff_member.html",
        staff=staff,
        own=staff.user.get_username() == visit.officer.name,
        second=bool(credential and credential.secret),
        recovery=len(credential.recovery) if credential else 0,
        password=password,
        waiting=credential.asked_roles if credential else [],
        asked_by=credential.asked_by if credential else "",
        reset=credential.asked_reset if credential else "",
        reset_reason=credential.reset_reason if credential else "",
        reset_asked_by=credential.reset_asked_by if credential else "",
        needs_two=register.needs_two(visit.officer, staff, visit.now),
        reasons=register.RESET_REASONS,
        every_role=ROLES,
        every_office=_offices(),
    )


def _offices() -> list[str]:
    return sorted(installed().offices)
