"""One request to the desk: who asks, in which language, when; and how a page is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from engine.core.clock import TOKYO, Clock
from notices.approval.accounts import ROLES
from notices.approval.officer import Officer
from notices.desk.catalogue import LANGUAGES, Phrases
from notices.desk.lately import Found, lately
from notices.desk.nights import last_night
from notices.site import installed

LANGUAGE_COOKIE = "desk_language"
#: in the session: the notice the next page offers to take back, and when something was changed last (seconds since 1970)
_UNDO, _ACTED = "undo", "acted"

#: what the top of every page leads to, and for whom
_PLACES = (
    ("queue", frozenset({"viewer", "reviewer", "approver"})),
    ("tasks", frozenset({"reviewer", "approver", "support_measures"})),
    ("calls", frozenset({"reviewer", "approver"})),
    ("wordings", frozenset({"viewer", "reviewer", "approver"})),
    ("night", frozenset(ROLES) - {"support_measures"}),
    ("audit", frozenset({"auditor"})),
    ("looks", frozenset({"auditor"})),
    ("staff", frozenset({"administrator"})),
)


def desk_clock() -> Clock:
    """The clock of this process."""
    found: Clock = getattr(django_settings, "TODOKE_CLOCK")  # noqa: B009 - unknown to Django's types
    return found


def phrases_of(request: HttpRequest) -> Phrases:
    """Japanese unless this browser asked for English."""
    asked = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return Phrases(asked if asked in LANGUAGES else LANGUAGES[0])


@dataclass(frozen=True)
class Visit:
    """A signed-in officer's request."""

    request: HttpRequest
    officer: Officer
    now: datetime
    t: Phrases

    @property
    def today(self) -> date:
        """The calendar date in Asia/Tokyo."""
        return self.now.date()

    @property
    def acted_at(self) -> datetime | None:
        """When this log-in last changed something; None when it never did."""
        seconds = self.request.session.get(_ACTED)
        return datetime.fromtimestamp(seconds, TOKYO) if seconds is not None else None

    @property
    def municipality(self) -> str:
        """The municipality code every query is kept to."""
        return self.officer.municipality

    def lately(self, what: str, ask: Callable[[], Found]) -> Found:
        """What `ask` said a moment ago, or says now; after a change of this officer's always now."""
        return lately(self.municipality, what, ask, at=self.now, acted_at=self.acted_at)

    def page(self, template: str, *, status: int = 200, **context: object) -> HttpResponse:
        """The page with everything its frame needs."""
        frame = _frame(self.request, self.t) | {"officer": self.officer, "today": self.today, "now": self.now}
        frame["night"] = self.lately("night", lambda: last_night(self.municipality))
        frame["undo"] = self.request.session.pop(_UNDO, None)
        frame["places"] = [page for page, roles in _PLACES if roles & self.officer.roles]
        return render(self.request, template, frame | context, status=status)

    def offer_undo(self, notice_id: int) -> None:
        """The next page offers to take this approval back: one key, before the clerk reads on."""
        self.request.session[_UNDO] = notice_id

    def done(self, line: str, to: str, /, *, query: str = "", **parts: int) -> HttpResponseRedirect:
        """On to a page after a change, with one line there that says what was done. query: "?event=E01" to keep a filter."""
        messages.success(self.request, line)
        self.request.session[_ACTED] = desk_clock().now().timestamp()
        return HttpResponseRedirect(reverse(to, kwargs=parts) + query)


def outside_page(request: HttpRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    """A page for somebody who is not signed in, or when the desk itself cannot be drawn."""
    frame: dict[str, object] = _frame(request, phrases_of(request)) | {"officer": None, "night": None, "undo": None}
    return render(request, template, frame | context, status=status)


def _frame(request: HttpRequest, t: Phrases) -> dict[str, object]:
    settings = installed()
    names: Mapping[str, str] = {"ja": settings.municipality.name_ja, "en": settings.municipality.name_en}
    offices = {slug: {"ja": office.name_ja, "en": office.name_en} for slug, office in settings.offices.items()}
    return {
        "t": t,
        "language": t.language,
        "municipality": t.pick(names),
        "offices": offices,
        "flashes": [str(message) for message in messages.get_messages(request)],
    }
