import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from pytest_django import Settings

from engine.core.errors import InputError
from notices.accounts import register, second
from notices.accounts.models import Credential
from notices.approval.accounts import make_account
from notices.approval.models import AuditRow, StaffMember
from notices.approval.officer import officer_of
from notices.approval.refusals import NotAllowed
from tests.support.approvals import officer
from tests.support.morning import MUNICIPALITY, NOW, PASSWORD

pytestmark = pytest.mark.django_db
BOSS = officer("boss", roles=("administrator",))


@pytest.fixture
def staff() -> StaffMember:
    return make_account(
        "aoki", PASSWORD, display_name="青木", offices=["insurance"], roles=["viewer"], municipality=MUNICIPALITY
    )


def actions() -> list[tuple[str, str]]:
    return list(AuditRow.objects.order_by("sequence").values_list("actor", "action"))


def test_an_account_is_opened_with_a_password_for_one_log_in() -> None:
    made, password = register.open_account(
        BOSS, username="new-one", display_name="新人", offices=["insurance"], roles=["reviewer"], at=NOW
    )
    assert User.objects.get(username="new-one").check_password(password)
    assert not second.credential_of(made).own_password
    assert actions() == [("boss", "account_opened")]
    assert password not in str(AuditRow.objects.values())


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"username": "a b"}, "account name"),
        ({"username": ""}, "account name"),
        ({"display_name": " "}, "name colleagues know"),
        ({"roles": ["king"]}, "no role 'king'"),
        ({"offices": ["moon"]}, "no office 'moon'"),
        ({"username": "aoki"}, "exists already"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said(more: dict[str, object], words: str, staff: StaffMember) -> None:
    asked: dict[str, object] = {"username": "x", "display_name": "x", "offices": [], "roles": ["viewer"]} | more
    with pytest.raises(InputError, match=words):
        register.open_account(BOSS, at=NOW, **asked)  # type: ignore[arg-type]


def test_other_roles_hold_at_once_and_the_books_say_what_they_were(staff: StaffMember) -> None:
    register.change(BOSS, staff.pk, display_name="青木", offices=["tax"], roles=["approver"], at=NOW)
    assert officer_of(staff.user).roles == {"approver"}
    row = AuditRow.objects.get(action="account_changed")
    assert row.details["before"] == {"roles": ["viewer"], "offices": ["insurance"]}


def test_a_locked_account_opens_nothing_until_it_is_unlocked(staff: StaffMember, settings: Settings) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    register.lock(BOSS, staff.pk, at=NOW)
    assert authenticate(username="aoki", password=PASSWORD) is None
    register.unlock(BOSS, staff.pk, at=NOW)
    assert authenticate(username="aoki", password=PASSWORD) is not None
    assert [action for _, action in actions()] == ["account_locked", "account_unlocked"]


def test_a_reset_takes_the_app_away_and_ends_the_log_in(staff: StaffMember) -> None:
    Credential.objects.create(staff=staff, secret="A" * 32, recovery=["x"], session="mine")
    register.reset_second(BOSS, staff.pk, at=NOW)
    kept = Credential.objects.get(staff=staff)
    assert (kept.secret, kept.recovery) == ("", [])
    assert kept.session != "mine"


def test_a_new_password_is_for_one_log_in(staff: StaffMember) -> None:
    _, password = register.new_password(BOSS, staff.pk, at=NOW)
    assert User.objects.get(username="aoki").check_password(password)
    assert not second.credential_of(staff).own_password


def test_nobody_changes_their_own_account(staff: StaffMember) -> None:
    me = officer("aoki", roles=("administrator",))
    for attempt in (register.lock, register.unlock, register.reset_second, register.new_password):
        with pytest.raises(NotAllowed, match="another administrator"):
            attempt(me, staff.pk, at=NOW)
    with pytest.raises(NotAllowed, match="another administrator"):
        register.change(me, staff.pk, display_name="x", offices=[], roles=["approver"], at=NOW)
    assert actions() == []


def test_the_register_is_the_administrators_and_the_municipalitys_own(staff: StaffMember) -> None:
    with pytest.raises(NotAllowed):
        register.everybody(officer("x", roles=("approver",)))
    StaffMember.objects.update(municipality_code="999999")
    assert register.everybody(BOSS) == []
    with pytest.raises(StaffMember.DoesNotExist):
        register.lock(BOSS, staff.pk, at=NOW)
