"""Kinds of event that a night held for their number: what was expected and seen, and how far their release has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.core.exceptions import ObjectDoesNotExist

from engine.core.requests import RELEASE_HOLD
from notices.approval.models import RunRequest
from notices.desk.nights import NightState, nights

_NIGHTS = 90  #: how far back a hold is shown


@dataclass(frozen=True, kw_only=True)
class Hold:
    """One kind of one night. `expected` and `upper` are events a night; `cause` by language; `request`: who asked for its release."""

    code: str
    night: date
    expected: float
    upper: float
    seen: int
    cause: Mapping[str, str]
    request: RunRequest | None

    @property
    def state(self) -> Literal["held", "asked", "released"]:
        """Whether somebody asked for its release, and whether a night has done it."""
        if self.request is None:
            return "held"
        return "asked" if self.request.done_at is None else "released"


def holds(municipality: str, found: Sequence[NightState] | None = None) -> list[Hold]:
    """The newest first; what an earlier night than the last released is left out."""
    found = nights(municipality, limit=_NIGHTS) if found is None else found
    rows = RunRequest.objects.filter(municipality_code=municipality, kind=RELEASE_HOLD).order_by("id")
    asked = {(row.payload.get("code"), row.payload.get("night")): row for row in rows}
    every = [
        _hold(code, night, numbers, asked.get((code, night.on.isoformat())))
        for night in found
        for code, numbers in sorted(night.counts("held").items())
        if isinstance(numbers, Mapping)
    ]
    since = found[0].started_at if found else None
    return [
        one
        for one in every
        if one.request is None or one.request.done_at is None or (since and one.request.done_at >= since)
    ]


def hold_of(municipality: str, code: str, night: str) -> Hold:
    """One of `holds`. Raises ObjectDoesNotExist when there is none such."""
    for one in holds(municipality):
        if (one.code, one.night.isoformat()) == (code, night):
            return one
    raise ObjectDoesNotExist(f"nothing of {code} is held")


def _hold(code: str, night: NightState, numbers: Mapping[str, Any], request: RunRequest | None) -> Hold:
    return Hold(
        code=code,
        night=night.on,
        expected=numbers["expected"],
        upper=numbers["upper"],
        seen=numbers["seen"],
        cause=numbers.get("cause") or {},
        request=request,
    )
