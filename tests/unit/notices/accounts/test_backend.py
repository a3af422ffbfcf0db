import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices.accounts.backend import StaffBackend
from notices.accounts.models import Credential
from notices.approval.accounts import make_account
from notices.approval.models import StaffMember
from tests.support.morning import MUNICIPALITY, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> StaffMember:
    return make_account("aoki", PASSWORD, display_name="青木", offices=[], roles=["viewer"], municipality=MUNICIPALITY)


def test_one_question_says_who_it_is_and_which_session_counts(staff: StaffMember) -> None:
    Credential.objects.create(staff=staff, secret="A" * 32, session="mine")
    with CaptureQueriesContext(connection) as asked:
        user = StaffBackend().get_user(staff.user_id)
        assert user is not None
        assert (user.staff.display_name, user.staff.credential.session) == ("青木", "mine")
    assert len(asked) == 1
    assert "secret" not in asked[0]["sql"]


def test_who_never_needed_a_credential_has_none(staff: StaffMember) -> None:
    user = StaffBackend().get_user(staff.user_id)
    assert user is not None
    assert not hasattr(user.staff, "credential")


@pytest.mark.parametrize("locked", [pytest.param(False, id="gone"), pytest.param(True, id="locked")])
def test_an_account_that_is_gone_or_locked_is_nobodys(locked: bool, staff: StaffMember) -> None:
    User.objects.update(is_active=not locked)
    assert StaffBackend().get_user(staff.user_id if locked else staff.user_id + 1) is None
