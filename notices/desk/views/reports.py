"""The report of the last night, and the audit chain row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render

from engine.records.contract import load_contracts
from notices.approval import audit
from notices.approval.anchor_bucket import AnchorUnreachable
from notices.approval.models import AuditRow, Suppression
from notices.desk.held import holds
from notices.desk.nights import NightState, last_done, last_night, nights
from notices.desk.sayings import in_words
from notices.desk.views.queue import unsafe
from notices.desk.visit import Visit
from notices.site import installed

_ROWS = 100


def night_report(visit: Visit) -> HttpResponse:
    """What the last night read, found, held and left out, why with which law, and how the nights before it ended."""
    found = nights(visit.municipality)
    return visit.page(
        "night.html",
        earlier=found[1:],
        volumes=volumes(found),
        left_out=_left_out(visit, found[0]) if found else [],
        learned=last_done(visit.municipality, "learn"),
        unsafe=unsafe(visit),
        holds=holds(visit.municipality),
        refused=_refused(found[0]) if found else [],
    )


def progress(visit: Visit) -> HttpResponse:
    """How far the night is, for a page that asks by itself. Nothing is answered while nothing has changed since `seen`."""
    night = last_night(visit.municipality)
    visit.request.session.modified = False  # a page that asks by itself is no sign that anybody sits before it
    if night is None or visit.request.GET.get("seen", "") == night.mark:
        return HttpResponse(status=204)
    return render(visit.request, "_progress.html", {"t": visit.t, "night": night, "now": visit.now, "asked": True})


@dataclass(frozen=True, kw_only=True)
class Volume:
    """Events of one kind: tonight, and what the finished nights before it brought. Widths are of a bar 100 wide."""

    code: str
    tonight: int
    usual: float | None  #: mean of the earlier nights; None when there is none to compare with
    most: int
    width: float
    mark: float


def volumes(found: Sequence[NightState]) -> list[Volume]:
    """One line per kind of event that this night or an earlier one brought."""
    if not found:
        return []
    earlier = [night.counts("events") for night in found[1:] if night.state == "done"]
    tonight = found[0].counts("events")
    codes = sorted({*tonight, *(code for night in earlier for code in night)})
    rows = [(code, int(tonight.get(code, 0)), [int(night.get(code, 0)) for night in earlier]) for code in codes]
    scale = max((max([count, *before]) for _, count, before in rows), default=0) or 1
    return [
        Volume(
            code=code,
            tonight=count,
            usual=round(sum(before) / len(before), 1) if before else None,
            most=max(before, default=0),
            width=round(100 * count / scale, 1),
            mark=round(100 * sum(before) / len(before) / scale, 1) if before else 0,
        )
        for code, count, before in rows
    ]


def _refused(night: NightState) -> list[tuple[str, str]]:
    """The files a night that stopped names as its cause: name, and the records they hold in Japanese."""
    return [(name, contract.ja) for name, contract in load_contracts().items() if name in night.halted]


def _left_out(visit: Visit, night: NightState) -> list[dict[str, Any]]:
    """What was not prepared or not sent that night: reason, law, how many. Support measures are one line: who they are is restricted."""
    rows = Suppression.objects.filter(municipality_code=visit.municipality, night=night.on)
    return list(rows.values("reason", "law").annotate(count=Count("pk")).order_by("-count", "reason"))


def audit_list(visit: Visit) -> HttpResponse:
    """The newest rows of the chain; `before` walks back."""
    rows = AuditRow.objects.filter(municipality_code=visit.municipality).order_by("-sequence")
    before = visit.request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(sequence__lt=int(before))
    shown = list(rows[: _ROWS + 1])
    more = shown[_ROWS - 1].sequence if len(shown) > _ROWS else None
    in_bucket, away = _bucket_tail(visit)
    return visit.page(
        "audit.html",
        rows=shown[:_ROWS],
        more=more,
        tail=audit.tail(installed(), now=visit.now),
        in_bucket=in_bucket,
        away=away,
    )


def _bucket_tail(visit: Visit) -> tuple[audit.Tail | None, str]:
    """How much the bucket has not yet, None where a site has none; and why it could not be asked."""
    try:
        return audit.bucket_tail(installed(), now=visit.now), ""
    except AnchorUnreachable as error:
        return None, in_words(str(error), visit.t)
