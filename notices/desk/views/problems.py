"""What somebody sees when a page cannot be shown: always in words, always with what to do."""

from django.http import HttpRequest, HttpResponse

from notices.desk.visit import outside_page


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: usually one that stood open too long."""
    return outside_page(request, "problem.html", status=403, kind="form", detail="")


def locked_out(request: HttpRequest, credentials: dict[str, str] | None = None) -> HttpResponse:
    """An account with too many failed log-ins."""
    return outside_page(request, "problem.html", status=429, kind="locked", detail="")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or a notice or task this officer has no part in."""
    return outside_page(request, "problem.html", status=404, kind="missing", detail="")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page or decision that is not this officer's."""
    return outside_page(request, "problem.html", status=403, kind="role", detail="")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request no form of the desk makes."""
    return outside_page(request, "problem.html", status=400, kind="form", detail="")


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    return outside_page(request, "problem.html", status=500, kind="fault", detail="")
