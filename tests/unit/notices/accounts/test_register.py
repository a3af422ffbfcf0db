from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from pytest_django import Settings

from engine.core.errors import InputError
from notices.accounts import register, second
from notices.accounts.backend import PATH
from notices.accounts.models import Credential
from notices.approval.accounts import make_account
from notices.approval.models import AuditRow, StaffMember
from notices.approval.officer import officer_of
from notices.approval.refusals import AlreadyDecided, NotAllowed
from tests.support.approvals import officer
from tests.support.morning import MUNICIPALITY, NOW, PASSWORD

pytestmark = pytest.mark.django_db
BOSS, OTHER = officer("boss", roles=("administrator",)), officer("other", roles=("administrator",))


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
    register.change(BOSS, staff.pk, display_name="青木", offices=["tax"], roles=["reviewer"], at=NOW)
    assert officer_of(staff.user).roles == {"reviewer"}
    row = AuditRow.objects.get(action="account_changed")
    assert row.details["before"] == {"roles": ["viewer"], "offices": ["insurance"]}


def test_a_locked_account_opens_nothing_until_it_is_unlocked(staff: StaffMember, settings: Settings) -> None:
    settings.AUTHENTICATION_BACKENDS = [PATH]
    register.lock(BOSS, staff.pk, at=NOW)
    assert authenticate(username="aoki", password=PASSWORD) is None
    register.unlock(BOSS, staff.pk, at=NOW)
    assert authenticate(username="aoki", password=PASSWORD) is not None
    assert [action for _, action in actions()] == ["account_locked", "account_unlocked"]


def test_a_reset_takes_the_app_away_and_ends_the_log_in(staff: StaffMember) -> None:
    Credential.objects.create(staff=staff, secret="A" * 32, recovery=["x"], session="mine")
    register.reset_second(BOSS, staff.pk, reason="device_lost", at=NOW)
    kept = Credential.objects.get(staff=staff)
    assert (kept.secret, kept.recovery) == ("", [])
    assert kept.session != "mine"
    assert AuditRow.objects.get(action="second_factor_reset").details == {"reason": "device_lost"}


def test_an_app_is_not_taken_away_without_a_reason(staff: StaffMember) -> None:
    Credential.objects.create(staff=staff, secret="A" * 32)
    for reason in ("", "青木さんの電話"):
        with pytest.raises(InputError, match="reason"):
            register.reset_second(BOSS, staff.pk, reason=reason, at=NOW)
    assert second.has_second(staff)


def test_a_log_in_is_ended_from_outside(staff: StaffMember) -> None:
    Credential.objects.create(staff=staff, secret="A" * 32, session="mine")
    register.end_sessions(BOSS, staff.pk, at=NOW)
    kept = Credential.objects.get(staff=staff)
    assert kept.session not in ("", "mine")
    assert kept.secret == "A" * 32
    assert actions() == [("boss", "sessions_ended")]


def waits(staff: StaffMember) -> tuple[list[str], list[str], str]:
    """What it may do now, what waits, and who asked."""
    staff.refresh_from_db()
    kept = Credential.objects.get(staff=staff)
    return staff.roles, kept.asked_roles, kept.asked_by


@pytest.mark.parametrize(
    ("asked", "at_once", "later"),
    [
        pytest.param(["viewer", "reviewer"], ["reviewer", "viewer"], [], id="roles that decide nothing"),
        pytest.param(["reviewer", "approver"], ["reviewer"], ["approver"], id="an approver"),
        pytest.param(["administrator"], [], ["administrator"], id="an administrator"),
        pytest.param(
            ["policy_approver", "support_measures"], [], ["policy_approver", "support_measures"], id="the others"
        ),
    ],
)
def test_a_role_that_decides_waits_for_a_second_administrator(
    asked: list[str], at_once: list[str], later: list[str], staff: StaffMember
) -> None:
    register.change(BOSS, staff.pk, display_name="青木", offices=[], roles=asked, at=NOW)
    assert waits(staff) == (at_once, later, "boss" if later else "")
    made, _ = register.open_account(BOSS, username="x", display_name="x", offices=[], roles=asked, at=NOW)
    assert waits(made) == (at_once, later, "boss" if later else "")


def test_the_second_administrator_confirms_and_the_books_name_both(staff: StaffMember) -> None:
    register.change(BOSS, staff.pk, display_name="青木", offices=[], roles=["viewer", "approver"], at=NOW)
    register.confirm(OTHER, staff.pk, at=NOW)
    assert waits(staff) == (["approver", "viewer"], [], "")
    row = AuditRow.objects.get(action="roles_confirmed")
    assert (row.actor, row.details) == ("other", {"roles": ["approver"], "asked_by": "boss"})
    with pytest.raises(AlreadyDecided):
        register.confirm(OTHER, staff.pk, at=NOW)


def test_neither_who_asked_nor_the_person_themself_confirms(staff: StaffMember) -> None:
    register.change(BOSS, staff.pk, display_name="青木", offices=[], roles=["administrator"], at=NOW)
    with pytest.raises(NotAllowed, match="second administrator"):
        register.confirm(BOSS, staff.pk, at=NOW)
    with pytest.raises(NotAllowed, match="another administrator"):
        register.confirm(officer("aoki", roles=("administrator",)), staff.pk, at=NOW)
    assert waits(staff) == ([], ["administrator"], "boss")


def test_a_wish_kept_in_the_form_by_a_colleague_stays_its_first_askers(staff: StaffMember) -> None:
    for asker in (BOSS, OTHER):
        register.change(asker, staff.pk, display_name="青木", offices=[], roles=["approver"], at=NOW)
    assert waits(staff)[2] == "boss"
    with pytest.raises(NotAllowed):
        register.confirm(BOSS, staff.pk, at=NOW)


def test_a_wish_is_taken_back_and_a_role_one_has_needs_nobody(staff: StaffMember) -> None:
    register.change(BOSS, staff.pk, display_name="青木", offices=[], roles=["approver"], at=NOW)
    register.refuse(BOSS, staff.pk, at=NOW)
    assert waits(staff) == ([], [], "")
    StaffMember.objects.filter(pk=staff.pk).update(roles=["approver"])
    register.change(BOSS, staff.pk, display_name="青木", offices=["tax"], roles=["approver"], at=NOW)
    assert waits(staff) == (["approver"], [], "")


@pytest.mark.parametrize(
    ("days", "confirmed"), [pytest.param(6, False, id="of late"), pytest.param(8, True, id="a while ago")]
)
def test_nobody_confirms_for_themself_from_behind_an_account_they_reset(
    days: int, confirmed: bool, staff: StaffMember
) -> None:
    second_one = make_account(
        "other", PASSWORD, display_name="他", offices=[], roles=["administrator"], municipality=MUNICIPALITY
    )
    register.new_password(BOSS, second_one.pk, at=NOW)
    later = NOW + timedelta(days=days)
    register.change(BOSS, staff.pk, display_name="青木", offices=[], roles=["approver"], at=later)
    if confirmed:
        register.confirm(OTHER, staff.pk, at=later)
    else:
        with pytest.raises(NotAllowed, match="last 7 days"):
            register.confirm(OTHER, staff.pk, at=later)
    assert waits(staff)[0] == (["approver"] if confirmed else [])


def test_a_new_password_is_for_one_log_in(staff: StaffMember) -> None:
    _, password = register.new_password(BOSS, staff.pk, at=NOW)
    assert User.objects.get(username="aoki").check_password(password)
    assert not second.credential_of(staff).own_password


def reset_of(staff: StaffMember) -> tuple[str, str, str]:
    """What waits, why, and who asked for it."""
    kept = Credential.objects.get(staff=staff)
    return kept.asked_reset, kept.reset_reason, kept.reset_asked_by


@pytest.mark.parametrize("role", ["approver", "policy_approver", "support_measures", "administrator"])
def test_a_new_log_in_of_who_decides_waits_for_a_second_administrator(role: str, staff: StaffMember) -> None:
    StaffMember.objects.filter(pk=staff.pk).update(roles=[role])
    Credential.objects.create(staff=staff, secret="A" * 32, session="mine")
    register.reset_second(BOSS, staff.pk, reason="device_lost", at=NOW)
    assert reset_of(staff) == ("second_factor", "device_lost", "boss")
    assert (second.has_second(staff), Credential.objects.get(staff=staff).session) == (True, "mine")
    for person, words in ((BOSS, "second administrator"), (officer("aoki", roles=("administrator",)), "another")):
        with pytest.raises(NotAllowed, match=words):
            register.confirm_reset(person, staff.pk, at=NOW)
    register.confirm_reset(OTHER, staff.pk, at=NOW)
    assert (second.has_second(staff), reset_of(staff)) == (False, ("", "", ""))
    row = AuditRow.objects.get(action="second_factor_reset")
    assert (row.actor, row.details) == ("other", {"asked_by": "boss", "reason": "device_lost"})
    with pytest.raises(AlreadyDecided):
        register.confirm_reset(OTHER, staff.pk, at=NOW)


def test_a_password_of_who_decides_is_made_by_the_second_administrator_alone(staff: StaffMember) -> None:
    StaffMember.objects.filter(pk=staff.pk).update(roles=["approver"])
    assert register.new_password(BOSS, staff.pk, at=NOW)[1] == ""
    assert User.objects.get(username="aoki").check_password(PASSWORD)
    _, password = register.confirm_reset(OTHER, staff.pk, at=NOW)
    assert User.objects.get(username="aoki").check_password(password)
    assert actions() == [("boss", "reset_asked"), ("other", "password_reset")]


def test_taking_the_role_away_first_does_not_get_round_it(staff: StaffMember) -> None:
    StaffMember.objects.filter(pk=staff.pk).update(roles=["approver"])
    register.change(BOSS, staff.pk, display_name="青木", offices=[], roles=["viewer"], at=NOW)
    assert register.new_password(BOSS, staff.pk, at=NOW + timedelta(days=6))[1] == ""
    assert register.new_password(BOSS, staff.pk, at=NOW + timedelta(days=8))[1] != ""


def test_a_role_that_waits_counts_as_one_and_the_console_needs_nobody(staff: StaffMember) -> None:
    register.change(BOSS, staff.pk, display_name="青木", offices=[], roles=["approver"], at=NOW)
    assert register.new_password(BOSS, staff.pk, at=NOW)[1] == ""
    assert register.new_password(register.console(MUNICIPALITY), staff.pk, at=NOW)[1] != ""


def test_a_reset_stays_its_first_askers_and_is_taken_back(staff: StaffMember) -> None:
    StaffMember.objects.filter(pk=staff.pk).update(roles=["approver"])
    for asker in (BOSS, OTHER):
        register.new_password(asker, staff.pk, at=NOW)
    assert reset_of(staff) == ("password", "", "boss")
    register.refuse_reset(BOSS, staff.pk, at=NOW)
    assert (reset_of(staff), register.reset_waits(staff)) == (("", "", ""), False)
    assert actions()[-1] == ("boss", "reset_refused")


def test_nobody_changes_their_own_account(staff: StaffMember) -> None:
    me = officer("aoki", roles=("administrator",))
    attempts: list[Callable[..., object]] = [
        register.lock, register.unlock, register.new_password, register.end_sessions, register.confirm, register.refuse,
        register.confirm_reset, register.refuse_reset, partial(register.reset_second, reason="device_lost"),
    ]  # fmt: skip
    for attempt in attempts:
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
