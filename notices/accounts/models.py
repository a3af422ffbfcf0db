"""What an account proves itself with, beside its password. Roles and offices stand in `approval.StaffMember`."""

from django.db import models

from notices.approval.models import StaffMember
from notices.sealing import SealedText


class Credential(models.Model):
    """One per account, made when it is first needed."""

    staff = models.OneToOneField(StaffMember, on_delete=models.CASCADE, primary_key=True, related_name="credential")
    own_password = models.BooleanField(
        default=True
    )  #: False: an administrator gave it, and its owner has yet to choose one
    secret = SealedText(blank=True, default="")  #: of the authenticator app, base32; empty while there is none
    last_step = models.BigIntegerField(default=0)  #: the 30 seconds of the newest code taken: none is taken twice
    recovery = models.JSONField(default=list)  #: SHA-256 of each recovery code not used yet
    session = models.CharField(max_length=64, blank=True)  #: SHA-256 of the one session that counts; empty: any
    identity = models.CharField(
        max_length=64, blank=True, db_index=True
    )  #: SHA-256 of the provider's issuer and subject

    asked_roles = models.JSONField(default=list)  #: roles that wait for a second administrator
    asked_by = models.CharField(max_length=60, blank=True)  #: the administrator who asked for them
    asked_reset = models.CharField(
        max_length=20, blank=True
    )  #: password or second_factor: a reset that waits for one too
    reset_reason = models.CharField(max_length=40, blank=True)
    reset_asked_by = models.CharField(max_length=60, blank=True)

    class Meta:
        """Kept with its staff member."""

        app_label = "accounts"
