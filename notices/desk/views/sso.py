"""Log-in through the city's identity provider: there and back."""

from django.http import HttpRequest, HttpResponse

from notices.accounts import oidc
from notices.accounts.models import Credential
from notices.accounts.oidc import Identity, IdentityRefused
from notices.approval import audit
from notices.approval.models import StaffMember
from notices.desk.views.second import enter
from notices.desk.visit import desk_clock, outside_page, phrases_of
from notices.site import installed


def there(request: HttpRequest) -> HttpResponse:
    """To the provider; what it is asked is kept in this browser's session."""
    settings = installed().oidc
    if not settings.issuer:
        return _refused(request, "none")
    try:
        return oidc.ask(settings, request)
    except IdentityRefused as error:
        return _refused(request, error.why)


def back(request: HttpRequest) -> HttpResponse:
    """The provider's answer: in, when it holds and names an account that there is."""
    settings, now = installed().oidc, desk_clock().now()
    if not settings.issuer:
        return _refused(request, "none")
    try:
        identity = oidc.identity_of(settings, request)
    except IdentityRefused as error:
        return _refused(request, error.why)
    staff = _staff(identity)
    if staff is None:
        return _refused(request, "no_account")
    audit.append(
        municipality=staff.municipality_code, actor=staff.user.get_username(), action="logged_in_by_provider",
        subject=f"account:{staff.pk}", details={}, at=now,
    )  # fmt: skip
    return enter(request, staff, after="/")


def _staff(identity: Identity) -> StaffMember | None:
    """The account bound to this person; at the first log-in the one of that name, which is then bound to this person for good."""
    rows = StaffMember.objects.filter(municipality_code=installed().municipality.code, user__is_active=True)
    bound = rows.select_related("user").filter(credential__identity=identity.key).first()
    if bound is not None:
        return bound
    named = rows.select_related("user").filter(user__username=identity.account).first()
    if named is None:
        return None
    credential, _ = Credential.objects.get_or_create(staff=named)
    if credential.identity:
        return None  # the name now belongs to somebody else there
    credential.identity = identity.key
    credential.save(update_fields=["identity"])
    return named


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    detail = phrases_of(request)(f"identity.{why}")
    return outside_page(request, "problem.html", status=403, kind="identity", detail=detail)
