import pytest
from django.contrib.auth.models import User

from engine.core.errors import InputError
from notices.approval.accounts import make_account
from tests.support.approvals import CITY

pytestmark = pytest.mark.django_db


def make(username: str = "aoki", password: str = "tsurezure-naru", roles: tuple[str, ...] = ("approver",)) -> None:
    make_account(username, password, display_name="青木", offices=["tax"], roles=roles, municipality=CITY)


def test_the_password_is_stored_with_argon2_and_opens_the_account() -> None:
    make()
    user = User.objects.get()
    assert user.password.startswith("argon2$")
    assert user.check_password("tsurezure-naru")
    assert not user.is_superuser


def test_a_name_is_given_once() -> None:
    make()
    with pytest.raises(InputError, match="exists already"):
        make()


@pytest.mark.parametrize(
    ("password", "roles", "said"),
    [
        pytest.param("tsurezure-naru", ("king",), "no role 'king'", id="a role there is not"),
        pytest.param("", ("approver",), "password", id="no password"),
    ],
)
def test_what_cannot_be_an_account_is_said(password: str, roles: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        make(password=password, roles=roles)
    assert not User.objects.exists()
