from django.contrib.auth.models import User

from engine.core.errors import InputError
from notices.accounts import register
from notices.approval.models import AuditRow, StaffMember
from notices.approval.refusals import AlreadyDecided
from tests.support.approvals import officer
from tests.support.morning import NOW
from tests.unit.notices.commands.conftest import Run

FIRST = ("accounts", "open", "hara", "--name", "原", "--role", "administrator")


def test_a_site_gets_its_first_administrator(run: Run) -> None:
    done = run(*FIRST)
    assert done.exit_code == 0
    password = done.stdout.split("\n")[0].removeprefix("hara: ")
    assert User.objects.get(username="hara").check_password(password)
    staff = StaffMember.objects.get(user__username="hara")
    assert staff.roles == ["administrator"]
    assert not staff.credential.own_password
    row = AuditRow.objects.get(action="account_opened")
    assert row.actor == "(console)"
    assert password not in str(row.details)


def test_a_name_that_is_taken_is_said(run: Run) -> None:
    run(*FIRST)
    assert isinstance(run(*FIRST).exception, InputError)


def test_where_there_is_one_administrator_the_console_is_the_second_person(run: Run) -> None:
    run(*FIRST)
    made, _ = register.open_account(
        officer("hara", roles=("administrator",)),
        username="sato",
        display_name="佐藤",
        offices=["insurance"],
        roles=["approver"],
        at=NOW,
    )
    assert StaffMember.objects.get(pk=made.pk).roles == []
    done = run("accounts", "confirm", "sato")
    assert done.stdout == "sato: approver\n"
    assert StaffMember.objects.get(pk=made.pk).roles == ["approver"]
    assert isinstance(run("accounts", "confirm", "sato").exception, AlreadyDecided)


def test_the_console_does_a_reset_that_waits(run: Run) -> None:
    run(*FIRST)
    run("accounts", "open", "sato", "--name", "佐藤", "--role", "approver")
    staff = StaffMember.objects.get(user__username="sato")
    register.new_password(officer("hara", roles=("administrator",)), staff.pk, at=NOW)
    password = run("accounts", "confirm-reset", "sato").stdout.strip().removeprefix("sato: ")
    assert User.objects.get(username="sato").check_password(password)
    assert isinstance(run("accounts", "confirm-reset", "sato").exception, AlreadyDecided)


def test_an_account_there_is_not_is_said(run: Run) -> None:
    assert isinstance(run("accounts", "confirm", "nobody").exception, InputError)
