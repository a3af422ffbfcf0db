"""The second factor of an account: set up, asked for, replaced by a recovery code, taken away by an administrator.

The codes are RFC 6238 as every app makes them (SHA-1, six digits, 30 seconds), made and compared by pyotp.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Literal

import pyotp
from django.conf import settings as django_settings
from django.db import transaction
from pyotp.exceptions import OTPVerificationError

from engine.core.clock import Clock
from notices.accounts.models import Credential
from notices.approval import audit
from notices.approval.models import StaffMember
from notices.site import installed

RECOVERY_CODES = 10
_DRIFT = 1  #: steps of 30 seconds a telephone's clock may be off, either way
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  #: nothing that is mistaken for something else when it is read from paper


def credential_of(staff: StaffMember) -> Credential:
    """The account's credential; made empty when it has none."""
    return Credential.objects.get_or_create(staff=staff)[0]


def has_second(staff: StaffMember) -> bool:
    """Whether a second factor is set up."""
    kept = Credential.objects.filter(staff=staff).first()  # a sealed column cannot be asked for
    return bool(kept and kept.secret)


def way_again(staff: StaffMember) -> Literal["code", "provider", "log_in", ""]:
    """How this person shows once more who they are: by a code, at the city's identity provider, or not before they log in anew.

    Empty where a password is all there is, which is so in a demo alone.
    """
    if has_second(staff):
        return "code"
    if installed().oidc.issuer and credential_of(staff).identity:
        return "provider"
    return "log_in" if is_required() else ""


def is_required() -> bool:
    """Whether nobody gets in with a password alone: always in production, in a demo where the settings ask for it."""
    settings = installed()
    return settings.mode == "production" or settings.accounts.second_factor


def enrol(staff: StaffMember, secret: str, code: str, *, at: datetime) -> list[str] | None:
    """Sets the app up when its code fits; returns the recovery codes, shown this once. None when the code does not fit.

    An account that has a second factor keeps it: only an administrator's reset makes room for another.
    """
    step = _step_of(secret, tidy(code), after=0)
    if step is None:
        return None
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        credential = _locked(staff)
        if credential.secret:
            return None
        credential.secret, credential.last_step = secret, step
        credential.recovery = [_digest(code) for code in codes]
        credential.save()
        _record(staff, "second_factor_set_up", at)
    audit.anchor(installed(), at=at)
    return codes


def accept(staff: StaffMember, code: str, *, at: datetime) -> bool:
    """Whether a code of the app, or an unused recovery code, is right. Either is right once."""
    code = tidy(code)
    with transaction.atomic():
        credential = _locked(staff)
        if not credential.secret:
            return False
        if code.isdecimal():
            step = _step_of(credential.secret, code, after=credential.last_step)
            if step is None:
                return False
            credential.last_step = step
        elif _digest(code) in credential.recovery:
            credential.recovery = [kept for kept in credential.recovery if kept != _digest(code)]
            _record(staff, "recovery_code_used", at)
        else:
            return False
        credential.save()
    return True


def left(staff: StaffMember) -> int:
    """How many recovery codes are not used yet."""
    return len(credential_of(staff).recovery)


def tidy(code: str) -> str:
    """As it was typed, without spaces and hyphens; full-width digits are digits."""
    plain = code.translate({ord("０") + digit: str(digit) for digit in range(10)})
    return "".join(one for one in plain.lower() if one.isalnum())


def app_address(staff: StaffMember, secret: str) -> str:
    """The otpauth:// address that an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.user.get_username(), issuer_name="todoke")


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The step a code belongs to, if that is now or next to it, and later than `after`; else None.

    Telephones keep the real time, also while the demo's morning runs.
    """
    clock: Clock = getattr(django_settings, "TODOKE_WALL_CLOCK")  # noqa: B009 - unknown to Django's types
    try:
        step = pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=clock.now(), valid_window=_DRIFT)
    except OTPVerificationError:
        return None
    return step if step > after else None


def _recovery_code() -> str:
    # never digits alone, so that it is told from a code of the app
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(11)) + secrets.choice(_ALPHABET[8:])
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _digest(code: str) -> str:
    return hashlib.sha256(tidy(code).encode()).hexdigest()  # 60 random bits: nothing a dictionary holds


def _locked(staff: StaffMember) -> Credential:
    credential_of(staff)
    return Credential.objects.select_for_update().get(staff=staff)


def _record(staff: StaffMember, action: str, at: datetime) -> None:
    name = staff.user.get_username()
    audit.append(
        municipality=staff.municipality_code,
        actor=name,
        action=action,
        subject=f"account:{staff.pk}",
        details={},
        at=at,
    )
