"""Log-in through the city's identity provider: there and back."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control

from notices.accounts import oidc
from notices.accounts.models import Credential
from notices.accounts.oidc import Asked, Identity, IdentityRefused
from notices.approval import audit
from notices.approval.models import StaffMember
from notices.desk.views.second import enter
from notices.desk.visit import desk_clock, outside_page
from notices.site import installed

_ASKED = "asked"


def there(request: HttpRequest) -> HttpResponse:
    """To the provider; what it is asked is kept in this browser's session."""
    settings = installed().oidc
    if not settings.issuer:
        return _refused(request, "")
    asked = Asked.fresh()
    try:
        address = oidc.address_of(settings, asked)
    except IdentityRefused as error:
        return _refused(request, str(error))
    request.session[_ASKED] = asked.as_dict()
    return HttpResponseRedirect(address)


def back(request: HttpRequest) -> HttpResponse:
    """The provider's answer: in, when it holds and names an account that there is."""
    settings, kept, now = installed().oidc, request.session.pop(_ASKED, None), desk_clock().now()
    if not settings.issuer or kept is None:
        return _refused(request, "this log-in was not begun in this browser; begin again")
    given = {name: request.GET.get(name, "") for name in ("state", "code")}
    try:
        identity = oidc.identity_of(settings, Asked(**kept), at=now, **given)
    except IdentityRefused as error:
        return _refused(request, str(error))
    staff = _staff(identity)
    if staff is None:
        return _refused(request, "no open account here belongs to this log-in; an administrator opens one")
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


def _refused(request: HttpRequest, detail: str) -> HttpResponse:
    page = outside_page(request, "problem.html", status=403, kind="identity", detail=detail)
    patch_cache_control(page, no_store=True, private=True)
    return page
