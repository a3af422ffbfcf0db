from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.db import connection
from pytest_django import Settings

from engine.core.clock import FixedClock
from notices.accounts import second
from notices.accounts.models import Credential
from notices.approval.accounts import make_account
from notices.approval.models import AuditRow, StaffMember
from tests.support.morning import MUNICIPALITY, NOW, PASSWORD

pytestmark = pytest.mark.django_db

#: RFC 6238, appendix B, with SHA-1: seconds since 1970 → the last six of its eight digits
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC = (
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
)


@pytest.fixture(autouse=True)
def telephone(settings: Settings) -> None:
    settings.TODOKE_WALL_CLOCK = FixedClock(NOW)


def pass_seconds(settings: Settings, seconds: int) -> None:
    settings.TODOKE_WALL_CLOCK = FixedClock(NOW + timedelta(seconds=seconds))


@pytest.fixture
def staff() -> StaffMember:
    return make_account("aoki", PASSWORD, display_name="青木", offices=[], roles=["viewer"], municipality=MUNICIPALITY)


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(NOW, counter_offset=steps)


@pytest.fixture
def enrolled(staff: StaffMember) -> tuple[str, list[str]]:
    secret = pyotp.random_base32()
    codes = second.enrol(staff, secret, code(secret), at=NOW)
    assert codes is not None
    return secret, codes


def test_a_wrong_first_code_sets_nothing_up(staff: StaffMember) -> None:
    assert second.enrol(staff, pyotp.random_base32(), "000000", at=NOW) is None
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
    other = pyotp.random_base32()
    assert second.enrol(staff, other, code(other), at=NOW) is None
    assert second.credential_of(staff).secret == enrolled[0]


def test_a_code_opens_once_and_the_next_one_again(
    staff: StaffMember, enrolled: tuple[str, list[str]], settings: Settings
) -> None:
    assert not second.accept(staff, code(enrolled[0]), at=NOW)  # taken when it was set up
    pass_seconds(settings, 30)
    assert second.accept(staff, code(enrolled[0], 1), at=NOW)
    assert not second.accept(staff, code(enrolled[0], 1), at=NOW)
    assert not second.accept(staff, code(enrolled[0]), at=NOW)  # older than one that was taken


@pytest.mark.parametrize(("seconds", "digits"), RFC)
def test_codes_are_those_of_the_standard(seconds: int, digits: str, staff: StaffMember, settings: Settings) -> None:
    Credential.objects.create(staff=staff, secret=RFC_SECRET)
    settings.TODOKE_WALL_CLOCK = FixedClock(datetime.fromtimestamp(seconds, UTC))
    assert not second.accept(staff, f"{(int(digits) + 1) % 1_000_000:06d}", at=NOW)
    assert second.accept(staff, digits, at=NOW)


@pytest.mark.parametrize(
    ("off", "fits"),
    [
        pytest.param(-2, False, id="a minute old"),
        pytest.param(-1, True, id="the one before"),
        pytest.param(0, True, id="now"),
        pytest.param(1, True, id="a clock that is ahead"),
        pytest.param(2, False, id="a minute ahead"),
    ],
)
def test_a_telephone_may_be_one_step_off(off: int, fits: bool, staff: StaffMember) -> None:
    Credential.objects.create(staff=staff, secret=RFC_SECRET)
    assert second.accept(staff, code(RFC_SECRET, off), at=NOW) == fits


@pytest.mark.parametrize("typed", ["", "5924", "abcdef", "0059240", "²²²²²²"])
def test_what_is_no_code_fits_nothing(typed: str, staff: StaffMember) -> None:
    Credential.objects.create(staff=staff, secret=RFC_SECRET)
    assert not second.accept(staff, typed, at=NOW)


def test_an_app_set_up_before_is_asked_as_it_was(staff: StaffMember) -> None:
    """A secret that stands in a store from before: sealed base32. Nobody sets their app up again."""
    kept = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    Credential.objects.create(staff=staff, secret=kept, last_step=int(NOW.timestamp()) // 30 - 10)
    assert second.accept(staff, code(kept), at=NOW)


def test_the_address_names_the_account_and_the_secret(staff: StaffMember) -> None:
    found = urlsplit(second.app_address(staff, RFC_SECRET))
    assert (found.scheme, found.netloc, found.path) == ("otpauth", "totp", "/todoke:aoki")
    assert parse_qs(found.query) == {"secret": [RFC_SECRET], "issuer": ["todoke"]}


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}-"])
def test_a_recovery_code_opens_once_however_it_is_typed(
    typed: str, staff: StaffMember, enrolled: tuple[str, list[str]]
) -> None:
    given = typed.format(enrolled[1][3].upper())
    assert second.accept(staff, given, at=NOW)
    assert not second.accept(staff, given, at=NOW)
    assert second.left(staff) == 9
    assert AuditRow.objects.get(action="recovery_code_used").actor == "aoki"


def test_full_width_digits_are_digits(staff: StaffMember, enrolled: tuple[str, list[str]], settings: Settings) -> None:
    pass_seconds(settings, 30)
    wide = code(enrolled[0], 1).translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    assert second.accept(staff, wide, at=NOW)


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
