from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from notices.accounts import totp

#: RFC 6238, appendix B, with SHA-1: seconds since 1970 → the last six of its eight digits
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC = ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130"))
AT = datetime.fromtimestamp(1234567890, UTC)


@pytest.mark.parametrize(("second", "code"), RFC)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, second // totp.STEP_SECONDS) == code


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
def test_a_clock_may_be_one_step_off(off: int, fits: bool) -> None:
    code = totp.code_at(RFC_SECRET, totp.step_of(AT) + off)
    assert (totp.matching_step(RFC_SECRET, code, at=AT, after=0) is not None) == fits


def test_a_code_is_good_once() -> None:
    step = totp.matching_step(RFC_SECRET, "005924", at=AT, after=0)
    assert step is not None
    assert totp.matching_step(RFC_SECRET, "005924", at=AT, after=step) is None


@pytest.mark.parametrize("code", ["", "5924", "00592４", "abcdef", "0059240"])
def test_what_is_no_code_fits_nothing(code: str) -> None:
    assert totp.matching_step(RFC_SECRET, code, at=AT, after=0) is None


def test_secrets_are_long_and_never_the_same() -> None:
    made = {totp.new_secret() for _ in range(20)}
    assert len(made) == 20
    assert all(len(one) == 32 for one in made)


def test_the_address_names_the_account_and_the_secret() -> None:
    found = urlsplit(totp.address_of(RFC_SECRET, account="aoki", issuer="todoke"))
    assert (found.scheme, found.netloc, found.path) == ("otpauth", "totp", "/todoke%3Aaoki")
    assert parse_qs(found.query) == {"secret": [RFC_SECRET], "issuer": ["todoke"]}
