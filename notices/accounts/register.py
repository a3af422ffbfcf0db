"""The register of staff, kept by an administrator: who there is, in which offices and roles, and who may log in. All of it audited."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from axes.utils import reset as forgive_failures
from django.db import transaction

from engine.core.errors import InputError
from notices.accounts.models import Credential
from notices.approval import audit
from notices.approval.accounts import make_account, require_roles
from notices.approval.models import StaffMember
from notices.approval.officer import Officer
from notices.approval.refusals import NotAllowed
from notices.site import installed

_PASSWORD_BYTES = 12


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
    """A new account and its first password, which its owner replaces at the first log-in. Raises InputError."""
    officer.needs("administrator")
    username, display_name, held = username.strip(), display_name.strip(), _offices(offices)
    if not username.isascii() or not username.replace("-", "").replace(".", "").isalnum() or len(username) > 60:
        raise InputError("an account name has letters, digits, hyphens and full stops, at most 60")
    if not display_name:
        raise InputError("the name colleagues know is missing")
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    with transaction.atomic():
        made = make_account(
            username, password, display_name=display_name[:60], offices=held, roles=roles, municipality=officer.municipality
        )  # fmt: skip
        Credential.objects.create(staff=made, own_password=False)
        _record(officer, made, "account_opened", {"roles": made.roles, "offices": made.offices}, at)
    audit.anchor(installed(), at=at)
    return made, password


def change(
    officer: Officer, staff_id: int, *, display_name: str, offices: Iterable[str], roles: Iterable[str], at: datetime
) -> StaffMember:
    """Another name, other roles, other offices; they hold from the next page on. Raises InputError, NotAllowed."""
    held, asked = _offices(offices), sorted(set(roles))
    require_roles(asked)
    if not display_name.strip():
        raise InputError("the name colleagues know is missing")
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        before = {"roles": staff.roles, "offices": staff.offices}
        staff.display_name, staff.offices, staff.roles = display_name.strip()[:60], held, asked
        staff.save(update_fields=["display_name", "offices", "roles"])
        _record(officer, staff, "account_changed", {"before": before, "roles": asked, "offices": held}, at)
    audit.anchor(installed(), at=at)
    return staff


def lock(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """Nobody logs in with this account any more, and who is logged in is out at the next page."""
    return _open(officer, staff_id, at, active=False)


def unlock(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """The account may log in again; failed log-ins are forgiven."""
    return _open(officer, staff_id, at, active=True)


def reset_second(officer: Officer, staff_id: int, *, at: datetime) -> StaffMember:
    """Takes the authenticator app and the recovery codes away: the telephone is lost. The next log-in sets up another."""
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        cleared = {"secret": "", "last_step": 0, "recovery": [], "session": "-"}  # "-": nobody's, so every log-in ends
        Credential.objects.update_or_create(staff=staff, defaults=cleared)
        _record(officer, staff, "second_factor_reset", {}, at)
    audit.anchor(installed(), at=at)
    return staff


def new_password(officer: Officer, staff_id: int, *, at: datetime) -> tuple[StaffMember, str]:
    """A password for the next log-in alone; its owner then chooses another."""
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    with transaction.atomic():
        staff = _anothers(officer, staff_id)
        staff.user.set_password(password)  # ends every log-in of the account
        staff.user.save(update_fields=["password"])
        Credential.objects.update_or_create(staff=staff, defaults={"own_password": False})
        _record(officer, staff, "password_reset", {}, at)
    forgive_failures(username=staff.user.get_username())
    audit.anchor(installed(), at=at)
    return staff, password


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
