from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from notices.accounts import second, totp
from notices.accounts.models import Credential
from notices.approval.accounts import make_account
from notices.approval.models import AuditRow, StaffMember
from tests.support.morning import MUNICIPALITY, NOW, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> StaffMember:
    return make_account("aoki", PASSWORD, display_name="青木", offices=[], roles=["viewer"], municipality=MUNICIPALITY)


def code(secret: str, steps: int = 0) -> str:
    return totp.code_at(secret, totp.step_of(NOW) + steps)


@pytest.fixture
def enrolled(staff: StaffMember) -> tuple[str, list[str]]:
    secret = totp.new_secret()
    codes = second.enrol(staff, secret, code(secret), at=NOW)
    assert codes is not None
    return secret, codes


def test_a_wrong_first_code_sets_nothing_up(staff: StaffMember) -> None:
    assert second.enrol(staff, totp.new_secret(), "000000", at=NOW) is None
    assert not second.has_second(staff)


def test_setting_up_gives_ten_codes_and_keeps_none_of_them_in_the_open(
    staff: StaffMember, enrolled: tuple[str, list[str]]
) -> None:
    secret, codes = enrolled
    assert second.has_second(staff)
    assert len(set(codes)) == second.left(staff) == 10
    kept = Credential.objects.filter(pk=staff.pk).values("recovery").get()
    assert not any(one in str(kept) for one in codes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_credential")
        assert secret not in str(cursor.fetchall())


def test_a_second_app_cannot_be_put_in_the_firsts_place(staff: StaffMember, enrolled: tuple[str, list[str]]) -> None:
    other = totp.new_secret()
    assert second.enrol(staff, other, code(other), at=NOW) is None
    assert second.credential_of(staff).secret == enrolled[0]


def test_a_code_opens_once_and_the_next_one_again(staff: StaffMember, enrolled: tuple[str, list[str]]) -> None:
    later = NOW + timedelta(seconds=30)
    assert not second.accept(staff, code(enrolled[0]), at=NOW)  # taken when it was set up
    assert second.accept(staff, code(enrolled[0], 1), at=later)
    assert not second.accept(staff, code(enrolled[0], 1), at=later)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}-"])
def test_a_recovery_code_opens_once_however_it_is_typed(
    typed: str, staff: StaffMember, enrolled: tuple[str, list[str]]
) -> None:
    given = typed.format(enrolled[1][3].upper())
    assert second.accept(staff, given, at=NOW)
    assert not second.accept(staff, given, at=NOW)
    assert second.left(staff) == 9
    assert AuditRow.objects.get(action="recovery_code_used").actor == "aoki"


def test_full_width_digits_are_digits(staff: StaffMember, enrolled: tuple[str, list[str]]) -> None:
    wide = code(enrolled[0], 1).translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    assert second.accept(staff, wide, at=NOW + timedelta(seconds=30))


def test_without_an_app_nothing_is_accepted(staff: StaffMember) -> None:
    assert not second.accept(staff, "000000", at=NOW)
    assert not second.accept(staff, "", at=NOW)


@pytest.mark.parametrize(
    ("mode", "asked", "required"), [("production", False, True), ("demo", False, False), ("demo", True, True)]
)
def test_in_production_nobody_gets_in_with_a_password_alone(
    mode: str, asked: bool, required: bool, settings: Settings
) -> None:
    accounts = settings.TODOKE.accounts.model_copy(update={"second_factor": asked})
    settings.TODOKE = settings.TODOKE.model_copy(update={"mode": mode, "accounts": accounts})
    assert second.is_required() == required
