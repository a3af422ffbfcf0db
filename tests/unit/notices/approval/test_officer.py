import pytest
from django.contrib.auth.models import AnonymousUser, User

from notices.approval.accounts import make_account
from notices.approval.officer import officer_of
from notices.approval.refusals import NotAllowed
from tests.support.approvals import CITY, officer

pytestmark = pytest.mark.django_db


def test_an_account_stands_for_an_officer() -> None:
    made = make_account(
        "aoki", "tsurezure-naru", display_name="青木", offices=["tax"], roles=["approver"], municipality=CITY
    )
    found = officer_of(made.user)
    assert (found.name, found.display_name, found.offices, found.roles) == (
        "aoki",
        "青木",
        frozenset({"tax"}),
        frozenset({"approver"}),
    )


def test_who_is_not_staff_or_has_left_is_nobody() -> None:
    made = make_account("aoki", "tsurezure-naru", display_name="青木", offices=[], roles=[], municipality=CITY)
    User.objects.update(is_active=False)
    for user in (AnonymousUser(), User.objects.create_user("plain"), made.user):
        with pytest.raises(NotAllowed):
            officer_of(user)


def test_one_of_several_roles_is_enough() -> None:
    officer(roles=("reviewer",)).needs("reviewer", "approver")
    with pytest.raises(NotAllowed, match="reviewer or approver"):
        officer(roles=("viewer",)).needs("reviewer", "approver")
