"""The report of the last night, and the audit chain row by row."""

from django.http import HttpResponse

from notices.approval import audit
from notices.approval.models import AuditRow
from notices.desk.nights import nights
from notices.desk.visit import Visit
from notices.site import installed

_ROWS = 100


def night_report(visit: Visit) -> HttpResponse:
    """What the last night read, found, held and left out, and how the nights before it ended."""
    return visit.page("night.html", earlier=nights(visit.municipality)[1:])


def audit_list(visit: Visit) -> HttpResponse:
    """The newest rows of the chain; `before` walks back."""
    rows = AuditRow.objects.filter(municipality_code=visit.municipality).order_by("-sequence")
    before = visit.request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(sequence__lt=int(before))
    shown = list(rows[: _ROWS + 1])
    more = shown[_ROWS - 1].sequence if len(shown) > _ROWS else None
    return visit.page("audit.html", rows=shown[:_ROWS], more=more, tail=audit.tail(installed(), now=visit.now))
