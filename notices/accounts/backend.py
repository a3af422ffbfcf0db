"""Who a log-in belongs to, read in one question for every request: the account, its staff member, and which session of it counts."""

from typing import Final

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User

PATH: Final = "notices.accounts.backend.StaffBackend"  #: as sessions name it


class StaffBackend(ModelBackend):
    """Password log-in against the accounts of the queue store."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session; None when it is gone or locked. What proves its second factor stays sealed in the store."""
        accounts = User.objects.select_related("staff__credential")
        accounts = accounts.defer("staff__credential__secret", "staff__credential__recovery")
        found = accounts.filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None
