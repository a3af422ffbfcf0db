"""Making staff accounts."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from engine.core.errors import InputError
from notices.approval.models import StaffMember

ROLES = (
    "viewer",
    "reviewer",
    "approver",
    "policy_author",
    "policy_approver",
    "operator",
    "auditor",
    "administrator",
    "support_measures",
)


def make_account(
    username: str, password: str, *, display_name: str, offices: Iterable[str], roles: Iterable[str], municipality: str
) -> StaffMember:
    """A new account with its roles and offices. Raises InputError for a role there is not, a name that is taken, or no password."""
    asked = list(roles)
    require_roles(asked)
    if not password:
        raise InputError(f"the account {username!r} needs a password")
    if User.objects.filter(username=username).exists():
        raise InputError(f"the account {username!r} exists already")
    with transaction.atomic():
        user = User.objects.create_user(username, password=password)
        return StaffMember.objects.create(
            user=user, municipality_code=municipality, display_name=display_name, offices=list(offices), roles=asked
        )


def require_roles(asked: Iterable[str]) -> None:
    """Raises InputError for a role there is not."""
    unknown = sorted(set(asked) - set(ROLES))
    if unknown:
        raise InputError(f"there is no role {unknown[0]!r}; the roles are {', '.join(ROLES)}")
