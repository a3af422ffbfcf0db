from typing import Any

import pytest

from engine.core.settings import Dispatch, Email, Heralds, Letters
from notices.recipients.models import Contact
from notices.recipients.ways import letter_way, telephone, way_for

EVERY = Dispatch(
    letters=Letters(to="s3://letters"),
    email=Email(via="smtp", sender="a@city.example"),
    heralds=Heralds(sms=True, push=True),
)
REACHED = {"email": "hanako@example.jp", "mobile": "090-1234-5678", "push_endpoint": "arn:aws:sns:endpoint"}


def somebody(**values: Any) -> Contact:
    return Contact(**{"name": "試験", "source": "residents", "destinations": {}, "ward": False, **REACHED, **values})


@pytest.mark.parametrize(
    ("wished", "way"), [("LETTER", "letter"), ("", "letter"), ("EMAIL", "email"), ("SMS", "sms"), ("PUSH", "push")]
)
def test_a_notice_goes_as_it_is_wished(wished: str, way: str) -> None:
    found = way_for(somebody(channel=wished), {"tax"}, EVERY)
    assert (found.name, found.why) == (way, "")


@pytest.mark.parametrize(
    ("values", "ways", "why"),
    [
        pytest.param({"channel": "LINE"}, EVERY, "does not send by LINE", id="a way no site has"),
        pytest.param({"channel": "EMAIL"}, Dispatch(), "does not send by EMAIL", id="a way this site has not"),
        pytest.param({"channel": "EMAIL", "email": ""}, EVERY, "no usable EMAIL", id="no address"),
        pytest.param({"channel": "EMAIL", "email": "a@b\r\nBcc: c@d.jp"}, EVERY, "no usable EMAIL", id="a header in it"),
        pytest.param({"channel": "SMS", "mobile": "0742-34-1111"}, EVERY, "no usable SMS", id="a landline"),
        pytest.param({"channel": "PUSH", "push_endpoint": " "}, EVERY, "no usable PUSH", id="no app"),
        pytest.param({"channel": "EMAIL", "ward": True}, EVERY, "delivery address", id="a ward"),
        pytest.param({"channel": "SMS", "destinations": {"TAX": {"name": "", "postal": "", "address": "x"}}}, EVERY, "delivery address", id="a place of its own"),
        pytest.param({"channel": "SMS", "source": "delivery_addresses"}, EVERY, "delivery address", id="a place for everything"),
    ],
)  # fmt: skip
def test_else_it_goes_by_letter_and_says_why(values: dict[str, Any], ways: Dispatch, why: str) -> None:
    found = way_for(somebody(**values), {"tax"}, ways)
    assert found.name == letter_way(ways)
    assert why in found.why


@pytest.mark.parametrize(
    ("mobile", "told"),
    [
        ("090-1234-5678", "+819012345678"),
        ("08012345678", "+818012345678"),
        ("+81 70 1234 5678", "+817012345678"),
        ("0742-34-1111", ""),
        ("09012345678; DROP", ""),
        ("", ""),
    ],
)
def test_a_mobile_number_is_told_as_the_service_takes_it(mobile: str, told: str) -> None:
    assert telephone(mobile) == told
