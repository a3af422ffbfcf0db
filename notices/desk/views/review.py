"""One notice on one screen: what the resident will see, why, on which conditions, how safe, to whom; and the decision."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from markupsafe import Markup

from notices.approval import audit, decide, queue
from notices.approval.models import NoticeState
from notices.desk.views.queue import claimant, display_names, filters_of, sections, unsafe
from notices.desk.visit import Visit
from notices.recipients.models import Contact
from notices.wording.page import to_fragment

_OPEN = {NoticeState.PREPARED, NoticeState.IN_REVIEW}


def review_page(visit: Visit, notice_id: int, *, contact: Contact | None = None, problem: str = "") -> HttpResponse:
    """The review page. Opening it takes the notice on for a while, so that colleagues see who is on it."""
    sheet = _sheet(visit, notice_id)
    notice = sheet.notice
    holder = claimant(notice, visit.now)
    may_decide = bool(visit.officer.roles & {"reviewer", "approver"})
    if may_decide and notice.state in _OPEN and holder in {"", visit.officer.name}:
        notice = decide.claim(notice_id, officer=visit.officer, at=visit.now)
        holder = visit.officer.name
    previous, following = _neighbours(visit, notice_id)
    name = contact.name if contact else visit.t("review.name_slot")
    return visit.page(
        "review.html",
        status=400 if problem else 200,
        sheet=sheet,
        notice=notice,
        open=notice.state in _OPEN,
        mine=[item for item in sheet.items if item.office in visit.officer.offices],
        evidence=_evidence(sheet, visit),
        fragment=Markup(to_fragment(sheet.text, name=name)),  # noqa: S704 - to_fragment escapes every value
        holder="" if holder == visit.officer.name else display_names(visit.municipality).get(holder, holder),
        may_decide=may_decide,
        reasons=decide.REJECT_REASONS,
        contact=contact,
        problem=problem,
        unsafe=unsafe(visit),
        previous=previous,
        following=following,
    )


def open_address(visit: Visit, notice_id: int) -> HttpResponse:
    """The same page with name and address; that they were opened is in the audit chain before they are shown."""
    sheet = _sheet(visit, notice_id)
    audit.append(
        municipality=visit.municipality,
        actor=visit.officer.name,
        action="address_opened",
        subject=f"notice:{notice_id}",
        details={},
        at=visit.now,
    )
    contact = Contact.objects.filter(
        municipality_code=visit.municipality, resident_id=sheet.notice.addressee_id
    ).first()
    return review_page(visit, notice_id, contact=contact, problem="" if contact else "no_contact")


def approve(visit: Visit, notice_id: int) -> HttpResponse:
    """Approves this office's items, or those that were ticked, and goes on to the next notice."""
    _, following = _neighbours(visit, notice_id)
    ticked = [int(item) for item in visit.request.POST.getlist("item") if item.isdecimal()]
    notice = decide.approve(notice_id, officer=visit.officer, at=visit.now, item_ids=ticked or None)
    return _on_to(visit, following, visit.t("review.approved", number=notice.number))


def reject(visit: Visit, notice_id: int) -> HttpResponse:
    """Sends this office's items back with a reason."""
    reason = visit.request.POST.get("reason", "")
    if reason not in decide.REJECT_REASONS:
        return review_page(visit, notice_id, problem="reason_missing")
    comment = visit.request.POST.get("comment", "").strip()[:1000]
    _, following = _neighbours(visit, notice_id)
    notice = decide.reject(notice_id, officer=visit.officer, at=visit.now, reason_code=reason, comment=comment)
    return _on_to(visit, following, visit.t("review.sent_back", number=notice.number))


def release(visit: Visit, notice_id: int) -> HttpResponse:
    """Gives the notice back to the queue undecided."""
    notice = decide.release(notice_id, officer=visit.officer, at=visit.now)
    return visit.done(visit.t("review.released", number=notice.number), "queue")


def _sheet(visit: Visit, notice_id: int) -> queue.Review:
    try:
        return queue.review(visit.officer, notice_id)
    except ObjectDoesNotExist:
        raise Http404 from None


def _evidence(sheet: queue.Review, visit: Visit) -> list[dict[str, object]]:
    """The record changes behind this office's items, each once."""
    found: list[dict[str, object]] = []
    for item in sheet.items:
        if item.office in visit.officer.offices:
            found.extend(one for one in item.evidence or [] if one not in found)
    return found


def _neighbours(visit: Visit, notice_id: int) -> tuple[int | None, int | None]:
    """The notices before and after this one in the queue as it stands."""
    order = [line.notice.pk for section in sections(visit, filters_of(visit)) for line in section.lines]
    if notice_id not in order:
        return None, next((other for other in order), None)
    at = order.index(notice_id)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


def _on_to(visit: Visit, following: int | None, line: str) -> HttpResponse:
    return visit.done(line, "queue") if following is None else visit.done(line, "review", notice_id=following)
