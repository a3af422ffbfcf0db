"""Calls: find what was sent to whom, say why in words that can be read out, and do at once what the caller asks for."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from engine.core.errors import InputError
from notices.approval import calls
from notices.approval.models import PersonLook, StaffTask
from notices.approval.queue import shown
from notices.approval.tasks import visible
from notices.desk.views.queue import display_names
from notices.desk.visit import Visit
from notices.recipients import wishes
from notices.recipients.models import Contact
from notices.wording.language import languages
from notices.wording.page import to_text

_LOOKS = 100


@dataclass(frozen=True, kw_only=True)
class Told:
    """One notice of the person with the text to read out. text is empty where it has not left: nothing is promised."""

    sent: calls.Sent
    sent_at: datetime | None
    text: str


def call_desk(visit: Visit, *, missing: str = "") -> HttpResponse:
    """Where a call begins: a notice number or a 宛名番号, and why."""
    form = visit.request.POST
    recent = PersonLook.objects.filter(municipality_code=visit.municipality, officer=visit.officer.name)
    return visit.page(
        "calls.html",
        status=400 if missing else 200,
        missing=missing,
        number=form.get("number", "")[:20],
        reason=form.get("reason", "")[:200],
        recent=list(recent.order_by("-id")[:5]),
    )


def find(visit: Visit) -> HttpResponse:
    """Opens a person's page, and logs who did and why. The 宛名番号 is in no address line."""
    form = visit.request.POST
    given = {name: form.get(name, "").strip() for name in ("number", "person", "reason")}
    if not given["reason"]:
        return call_desk(visit, missing="reason")
    if bool(given["number"]) == bool(given["person"]):
        return call_desk(visit, missing="one")
    look = calls.find(officer=visit.officer, at=visit.now, **given)
    if look is None:
        return call_desk(visit, missing="nothing")
    return HttpResponseRedirect(reverse("person", kwargs={"look_id": look.pk}))


def person_page(visit: Visit, look_id: int) -> HttpResponse:
    """What was sent to or about a person, why, and what they asked for before."""
    look = calls.look_of(visit.officer, look_id, at=visit.now)
    contact = Contact.objects.filter(municipality_code=look.municipality_code, resident_id=look.resident_id).first()
    tasks = visible(visit.officer).filter(subject_id=look.resident_id, state=StaffTask.State.OPEN)
    told = [_told(visit, sent) for sent in calls.notices_of(visit.officer, look)]
    return visit.page(
        "person.html",
        look=look,
        told=told,
        contact=contact,
        held=calls.is_held(look),
        wishes=list(wishes.standing(look.municipality_code, look.resident_id)),
        tasks=list(tasks.order_by("due_on", "id")),
        languages=sorted(languages()),
        topics=sorted({item.programme for one in told for item in one.sent.items}),
        may_release="approver" in visit.officer.roles,
    )


def _told(visit: Visit, sent: calls.Sent) -> Told:
    notice = sent.notice
    theirs = {item.programme for item in notice.items.all() if item.office not in visit.officer.offices}
    text = to_text(shown(notice.body.text, theirs), name=visit.t("review.name_slot")) if sent.sent_at else ""
    return Told(sent=sent, sent_at=sent.sent_at, text=text)


def hold(visit: Visit, look_id: int) -> HttpResponse:
    """Stops everything for the person, or everybody they live with, at once."""
    look, reason = calls.look_of(visit.officer, look_id, at=visit.now), _reason(visit)
    household = visit.request.POST.get("who") == "household"
    held = calls.hold(look, officer=visit.officer, reason=reason, household=household, at=visit.now)
    return visit.done(visit.t("calls.is_held", count=held), "person", look_id=look_id)


def let_go(visit: Visit, look_id: int) -> HttpResponse:
    """Ends a hold that a call set."""
    look = calls.look_of(visit.officer, look_id, at=visit.now)
    back = calls.release(look, officer=visit.officer, reason=_reason(visit), at=visit.now)
    return visit.done(visit.t("calls.is_released", count=back), "person", look_id=look_id)


def wish(visit: Visit, look_id: int) -> HttpResponse:
    """Records what the caller asks for: no notices, none on one topic, another language, a wrong address."""
    look = calls.look_of(visit.officer, look_id, at=visit.now)
    kind, value = visit.request.POST.get("kind", ""), visit.request.POST.get("value", "")
    if kind == "wrong_address":
        held = calls.wrong_address(look, officer=visit.officer, at=visit.now)
        return visit.done(visit.t("calls.address_wrong", count=held), "person", look_id=look_id)
    if kind == "language" and value not in languages():
        raise InputError("choose one of the languages offered")
    calls.wish(look, officer=visit.officer, kind=kind, value=value, at=visit.now)
    return visit.done(visit.t("calls.wish_kept"), "person", look_id=look_id)


def end_wish(visit: Visit, look_id: int) -> HttpResponse:
    """Ends one of the person's wishes."""
    look = calls.look_of(visit.officer, look_id, at=visit.now)
    asked = visit.request.POST.get("wish", "")
    calls.end_wish(look, int(asked) if asked.isdecimal() else 0, officer=visit.officer, at=visit.now)
    return visit.done(visit.t("calls.wish_ended"), "person", look_id=look_id)


def looks(visit: Visit) -> HttpResponse:
    """Who opened which person's page, when and why, newest first; `before` walks back."""
    rows = PersonLook.objects.filter(municipality_code=visit.municipality).order_by("-id")
    before = visit.request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: _LOOKS + 1])
    more = found[_LOOKS - 1].pk if len(found) > _LOOKS else None
    return visit.page("looks.html", rows=found[:_LOOKS], more=more, names=display_names(visit))


def _reason(visit: Visit) -> str:
    reason = visit.request.POST.get("reason", "").strip()[:200]
    if not reason:
        raise InputError("say why, in a few words without names")
    return reason
