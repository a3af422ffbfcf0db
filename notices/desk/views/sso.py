"""Log-in through the city's identity provider: there and back. Before a grave act the same way says once more who is there."""

from datetime import datetime, timedelta

from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from engine.core.clock import Clock
from notices.accounts import oidc, sessions
from notices.accounts.models import Credential
from notices.accounts.oidc import Identity, IdentityRefused
from notices.approval import audit
from notices.approval.models import StaffMember
from notices.desk.views.second import enter
from notices.desk.visit import desk_clock, outside_page, phrases_of
from notices.site import installed

_AGAIN = "again"  #: in the session: the answer that comes is for a grave act, not a log-in


def there(request: HttpRequest) -> HttpResponse:
    """To the provider; what it is asked is kept in this browser's session. `again`: who is logged in proves themself once more."""
    settings = installed().oidc
    if not settings.issuer:
        return _refused(request, "none")
    request.session[_AGAIN] = again = isinstance(request.user, User) and "again" in request.GET
    try:
        return oidc.ask(settings, request, max_age_seconds=_fresh_seconds() if again else None)
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
    if request.session.pop(_AGAIN, False):
        return _once_more(request, identity)
    staff = _staff(identity)
    if staff is None:
        return _refused(request, "no_account")
    _record(staff, "logged_in_by_provider", now)
    return enter(request, staff, after="/", proved_at=_proved_at(identity))


def _once_more(request: HttpRequest, identity: Identity) -> HttpResponse:
    """The log-in stays the one it is; that its person proved themself is kept with it, as old as the provider says it is."""
    now, proved_at = desk_clock().now(), _proved_at(identity)
    bound = Credential.objects.filter(identity=identity.key).select_related("staff__user").first()
    if bound is None or bound.staff.user != request.user:
        return _refused(request, "other")
    if proved_at is None or proved_at < now - timedelta(seconds=_fresh_seconds()):
        return _refused(request, "stale")
    sessions.prove(request.session, at=proved_at)
    _record(bound.staff, "proved_again", now)
    return outside_page(request, "fresh_done.html")


def _record(staff: StaffMember, action: str, at: datetime) -> None:
    audit.append(
        municipality=staff.municipality_code, actor=staff.user.get_username(), action=action,
        subject=f"account:{staff.pk}", details={}, at=at,
    )  # fmt: skip


def _proved_at(identity: Identity) -> datetime | None:
    """When the person proved themself, by the desk's clock; the provider's is the real time, also while the demo's morning runs."""
    if identity.proved_at is None:
        return None
    clock: Clock = getattr(django_settings, "TODOKE_WALL_CLOCK")  # noqa: B009 - unknown to Django's types
    age_seconds = max(clock.now().timestamp() - identity.proved_at, 0)
    return desk_clock().now() - timedelta(seconds=age_seconds)


def _fresh_seconds() -> int:
    return installed().accounts.fresh_minutes * 60


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
