"""The register of staff, kept by an administrator: who there is, in which offices and roles, and who may log in. All of it audited.

Nobody changes their own account, and a role that decides about residents or colleagues waits for a second administrator, as does
a new log-in for whoever has one: else one could open an account for oneself, or for nobody, or sit down behind a colleague's.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from axes.utils import reset as forgive_failures
from django.db import transaction

from engine.core.errors import InputError
from notices.accounts.models import Credential
from notices.accounts.sessions import NOBODYS
from notices.approval import audit
from notices.approval.accounts import make_account, require_roles
from notices.approval.models import AuditRow, StaffMember
from notices.approval.officer import Officer
from notices.approval.refusals import AlreadyDecided, NotAllowed, SecondPersonNeeded
from notices.site import installed

#: roles that one administrator alone cannot give
DECIDING = frozenset({"approver", "policy_approver", "support_measures", "administrator"})
#: why somebody needs another authenticator app
RESET_REASONS = ("device_lost", "device_replaced", "device_broken", "misuse_suspected")
SECOND_FACTOR, PASSWORD = "second_factor", "password"  #: what is reset
_RESET_COLUMNS = ("asked_reset", "reset_reason", "reset_asked_by")
CONSOLE = "(console)"  #: who works at the machine itself; no account can be called so
_PASSWORD_BYTES = 12
_RESTS = timedelta(days=7)  #: how long an account that was helped to a new log-in does not confirm for who helped it


def console(municipality: str) -> Officer:
    """Who works at the machine: opens the first account, and is the second person where there is one administrator."""
    return Officer(
        name=CONSOLE,
        display_name="",
        municipality=municipality,
        offices=frozenset(),
        roles=frozenset({"administrator"}),
    )


def everybody(officer: Officer) -> list[StaffMember]:
    """The municipality's staff by account name, those who may not log in last."""
    officer.needs("administrator")
    rows = StaffMember.objects.filter(municipality_code=officer.municipality).select_related("user", "credential")
    return list(rows.order_by("-user__is_active", "user__username"))


def staff_of(officer: Officer, staff_id: int) -> StaffMember:
    """One of the municipality's staff. Raises StaffMember.DoesNotExist."""
    officer.needs("administrator")
    rows = StaffMember.objects.filter(municipality_code=officer.municipality)
    return rows.select_related("user", "credential").get(pk=staff_id)


def open_account(
    officer: Officer, *, username: str, display_name: str, offices: Iterable[str], roles: Iterable[str], at: datetime
) -> tuple[StaffMember, str]:
    """A new account and its first password, which its owner replaces at the first log-in. Raises InputError.

    A deciding role waits for a second administrator, except from the console.
    """
    officer.needs("administrator")
    username, display_name, held = username.strip(), display_name.strip(), _offices(offices)
    if not username.isascii() or not username.replace("-", "").replace(".", "").isalnum() or len(username) > 60:
        raise InputError("an account name has letters, digits, hyphens and full stops, at most 60")
    if not display_name:
        raise InputError("the name colleagues know is missing")
    password, asked = secrets.token_urlsafe(_PASSWORD_BYTES), sorted(set(roles))
    waiting = [] if officer.name == CONSOLE else [role for role in asked if role in DECIDING]
    given = [role for role in asked if role not in waiting]
    with transaction.atomic():
        made = make_account(
            username, password, display_name=display_name[:60], offices=held, roles=given, municipality=officer.municipality
        )  # fmt: skip
        Credential.objects.create(
            staff=made, own_password=False, asked_roles=waiting, asked_by=officer.name if waiting else ""
        )
        _record(officer, made, "account_opened", {"roles": given, "offices": held, "waiting": waiting}, at)
    audit.anchor(installed(), at=at)
    return made, password


def change(
    officer: Officer, staff_id: int, *, display_name: str, offices: Iterable[str], roles: Iterable[str], at: datetime
) -> StaffMember:
    """Another name, other roles, other offices; they hold from the next page on, a deciding role when a second person confirms it.

    Raises InputError, NotAllowed.
    """
    held, asked = _offices(offices), sorted(set(roles))
    require_roles(asked)
    if not display_name.strip():
        raise InputError("the name colleagues know is missing")
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        before = {"roles": staff.roles, "offices": staff.offices}
        waiting = [role for role in asked if role in DECIDING and role not in staff.roles]
        given = [role for role in asked if role not in waiting]
        staff.display_name, staff.offices, staff.roles = display_name.strip()[:60], held, given
        staff.save(update_fields=["display_name", "offices", "roles"])
        _wait(officer, staff, waiting)
        changed = {"before": before, "roles": given, "offices": held, "waiting": waiting}
        _record(officer, staff, "account_changed", changed, at)
    audit.anchor(installed(), at=at)
    return staff


def confirm(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """Gives the roles that another administrator asked for. Raises NotAllowed for who asked, or who has their log-in from them."""
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        credential = _waiting(staff, "asked_roles")
        _require_second(officer, credential.asked_by, at)
        staff.roles = sorted({*staff.roles, *credential.asked_roles})
        staff.save(update_fields=["roles"])
        _record(
            officer, staff, "roles_confirmed", {"roles": credential.asked_roles, "asked_by": credential.asked_by}, at
        )
        _wait(officer, staff, [])
    audit.anchor(installed(), at=at)
    return staff


def refuse(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """Takes a wish for deciding roles back, one's own too."""
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        credential = _waiting(staff, "asked_roles")
        _record(officer, staff, "roles_refused", {"roles": credential.asked_roles, "asked_by": credential.asked_by}, at)
        _wait(officer, staff, [])
    audit.anchor(installed(), at=at)
    return staff


def end_sessions(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """Whoever is logged in with this account is out at the next page, and may log in again."""
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        Credential.objects.update_or_create(staff=staff, defaults={"session": NOBODYS})
        _record(officer, staff, "sessions_ended", {}, at)
    audit.anchor(installed(), at=at)
    return staff


def lock(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """Nobody logs in with this account any more, and who is logged in is out at the next page."""
    return _open(officer, staff_id, at, active=False)


def unlock(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """The account may log in again; failed log-ins are forgiven."""
    return _open(officer, staff_id, at, active=True)


def reset_second(officer: Officer, staff_id: int, *, reason: str, at: datetime) -> StaffMember:
    """Takes the authenticator app and the recovery codes away; the next log-in sets up another. `reason`: of RESET_REASONS.

    Of somebody who decides it waits for a second administrator, except from the console.
    """
    if reason not in RESET_REASONS:
        raise InputError("the reason why the authenticator app is cleared is missing")
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        if needs_two(officer, staff, at):
            _ask_reset(officer, staff, SECOND_FACTOR, reason, at)
        else:
            _clear_second(officer, staff, {"reason": reason}, at)
    audit.anchor(installed(), at=at)
    return staff


def new_password(officer: Officer, staff_id: int, *, at: datetime) -> tuple[StaffMember, str]:
    """A password for the next log-in alone; its owner then chooses another.

    Of somebody who decides it waits for a second administrator, except from the console: the password is then empty.
    """
    with transaction.atomic():
        staff, password = _anothers(officer, staff_id), ""
        if needs_two(officer, staff, at):
            _ask_reset(officer, staff, PASSWORD, "", at)
        else:
            password = _make_password(officer, staff, {}, at)
    if password:
        forgive_failures(username=staff.user.get_username())
    audit.anchor(installed(), at=at)
    return staff, password


def confirm_reset(officer: Officer, staff_id: int, *, at: datetime) -> tuple[StaffMember, str]:
    """Does the reset that another administrator asked for; returns the new password, empty when the app was cleared.

    Raises NotAllowed for who asked, or has their log-in from them; AlreadyDecided when none waits.
    """
    with transaction.atomic():
        staff, password = _anothers(officer, staff_id), ""
        credential = _waiting(staff, "asked_reset")
        _require_second(officer, credential.reset_asked_by, at)
        asked = {"asked_by": credential.reset_asked_by}
        if credential.asked_reset == PASSWORD:
            password = _make_password(officer, staff, asked, at)
        else:
            _clear_second(officer, staff, asked | {"reason": credential.reset_reason}, at)
        _forget_reset(staff)
    if password:
        forgive_failures(username=staff.user.get_username())
    audit.anchor(installed(), at=at)
    return staff, password


def refuse_reset(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """Takes a wish for a reset back, one's own too."""
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        credential = _waiting(staff, "asked_reset")
        details = {"reset": credential.asked_reset, "asked_by": credential.reset_asked_by}
        _record(officer, staff, "reset_refused", details, at)
        _forget_reset(staff)
    audit.anchor(installed(), at=at)
    return staff


def needs_two(officer: Officer, staff: StaffMember, at: datetime) -> bool:
    """Whether this person decides, is about to, or did of late: else a role taken away would be the first step of a reset."""
    if officer.name == CONSOLE:
        return False
    credential = Credential.objects.filter(staff=staff).first()
    if DECIDING & {*staff.roles, *(credential.asked_roles if credential else ())}:
        return True
    rows = AuditRow.objects.filter(municipality_code=staff.municipality_code, action="account_changed")
    lately = rows.filter(subject=f"account:{staff.pk}", at__gt=at - _RESTS).values_list("details", flat=True)
    return any(DECIDING & set(details["before"]["roles"]) for details in lately)


def reset_waits(staff: StaffMember) -> bool:
    """Whether a reset of this account waits for a second administrator."""
    return Credential.objects.filter(staff=staff).exclude(asked_reset="").exists()


def _ask_reset(officer: Officer, staff: StaffMember, what: str, reason: str, at: datetime) -> None:
    """Writes a reset down for a second administrator. The same wish stays its first asker's."""
    credential, _ = Credential.objects.get_or_create(staff=staff)
    if (credential.asked_reset, credential.reset_reason) == (what, reason):
        return
    credential.asked_reset, credential.reset_reason, credential.reset_asked_by = what, reason, officer.name
    credential.save(update_fields=_RESET_COLUMNS)
    _record(officer, staff, "reset_asked", {"reset": what, "reason": reason}, at)


def _forget_reset(staff: StaffMember) -> None:
    Credential.objects.filter(staff=staff).update(**dict.fromkeys(_RESET_COLUMNS, ""))


def _clear_second(officer: Officer, staff: StaffMember, details: dict[str, Any], at: datetime) -> None:
    cleared = {"secret": "", "last_step": 0, "recovery": [], "session": NOBODYS}
    Credential.objects.update_or_create(staff=staff, defaults=cleared)
    _record(officer, staff, "second_factor_reset", details, at)


def _make_password(officer: Officer, staff: StaffMember, details: dict[str, Any], at: datetime) -> str:
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    staff.user.set_password(password)  # ends every log-in of the account
    staff.user.save(update_fields=["password"])
    Credential.objects.update_or_create(staff=staff, defaults={"own_password": False})
    _record(officer, staff, "password_reset", details, at)
    return password


def _open(officer: Officer, staff_id: int, at: datetime, *, active: bool) -> StaffMember:
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        staff.user.is_active = active
        staff.user.save(update_fields=["is_active"])
        _record(officer, staff, "account_unlocked" if active else "account_locked", {}, at)
    if active:
        forgive_failures(username=staff.user.get_username())
    audit.anchor(installed(), at=at)
    return staff


def _wait(officer: Officer, staff: StaffMember, waiting: list[str]) -> None:
    """Writes down what waits for a second administrator. A wish that stays the same stays its first asker's."""
    credential, _ = Credential.objects.get_or_create(staff=staff)
    if credential.asked_roles == waiting:
        return
    credential.asked_roles, credential.asked_by = waiting, officer.name if waiting else ""
    credential.save(update_fields=["asked_roles", "asked_by"])


def _waiting(staff: StaffMember, wish: Literal["asked_roles", "asked_reset"]) -> Credential:
    """The account's credential with this wish on it. Raises AlreadyDecided when there is none."""
    credential, _ = Credential.objects.select_for_update().get_or_create(staff=staff)
    if not getattr(credential, wish):
        raise AlreadyDecided("nothing waits for a second administrator here")
    return credential


def _require_second(officer: Officer, asker: str, at: datetime) -> None:
    """Raises SecondPersonNeeded for who asked, and for who has their log-in from them."""
    if asker == officer.name:
        raise SecondPersonNeeded("a second administrator confirms this: you asked for it")
    if _helped_by(asker, officer, at):
        raise SecondPersonNeeded("who asked for this renewed your log-in in the last 7 days")


def _helped_by(asker: str, officer: Officer, at: datetime) -> bool:
    """Whether `asker` opened this officer's account or gave it a new log-in of late, and so may sit behind it."""
    mine = StaffMember.objects.filter(user__username=officer.name).first()
    helps = ["account_opened", "password_reset", "second_factor_reset", "reset_asked"]
    rows = AuditRow.objects.filter(municipality_code=officer.municipality, actor=asker, action__in=helps)
    return mine is not None and rows.filter(subject=f"account:{mine.pk}", at__gt=at - _RESTS).exists()


def _anothers(officer: Officer, staff_id: int) -> StaffMember:
    """Somebody else's account: nobody gives themself a role. Raises NotAllowed."""
    staff = staff_of(officer, staff_id)
    if staff.user.get_username() == officer.name:
        raise NotAllowed("another administrator changes this account: nobody changes their own roles")
    return staff


def _offices(asked: Iterable[str]) -> list[str]:
    held = sorted(set(asked))
    unknown = [office for office in held if office not in installed().offices]
    if unknown:
        raise InputError(f"there is no office {unknown[0]!r} in the settings")
    return held


def _record(officer: Officer, staff: StaffMember, action: str, details: dict[str, Any], at: datetime) -> None:
    audit.append(
        municipality=officer.municipality, actor=officer.name, action=action, subject=f"account:{staff.pk}", details=details, at=at
    )  # fmt: skip
