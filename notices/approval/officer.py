"""Who acts: a signed-in person with roles and the offices whose items they may see and decide."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from notices.approval.models import StaffMember
from notices.approval.refusals import NotAllowed


@dataclass(frozen=True, kw_only=True)
class Officer:
    """An acting officer. `name` is the account's, and stands in the audit chain."""

    name: str
    display_name: str
    municipality: str
    offices: frozenset[str]
    roles: frozenset[str]

    def needs(self, *roles: str) -> None:
        """Raises NotAllowed without one of these roles."""
        if not self.roles & set(roles):
            raise NotAllowed(f"this needs the role {' or '.join(roles)}; an administrator gives roles")


def officer_of(user: AbstractBaseUser | AnonymousUser) -> Officer:
    """The officer behind an account. Raises NotAllowed when the account is no staff member's."""
    known = StaffMember.objects.select_related("user").filter(user__is_active=True)
    found = known.filter(user_id=user.pk).first() if user.pk else None
    if found is None:
        raise NotAllowed("this account belongs to no staff member; ask an administrator")
    return acting(found)


def acting(staff: StaffMember) -> Officer:
    """The officer a staff member with an active account is."""
    return Officer(
        name=staff.user.get_username(),
        display_name=staff.display_name,
        municipality=staff.municipality_code,
        offices=frozenset(staff.offices),
        roles=frozenset(staff.roles),
    )
