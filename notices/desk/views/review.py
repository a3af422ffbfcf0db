"""One notice on one screen: what the resident will see, why, on which conditions, how safe, to whom; and the decision."""

from collections import Counter

from django.http import HttpResponse
from markupsafe import Markup

from notices.approval import audit, decide, queue
from notices.approval.models import Decision, Item, ItemState
from notices.approval.states import OPEN
from notices.desk.recorded import changes_behind
from notices.desk.views.queue import claimant, display_names, sections, unsafe
from notices.desk.visit import Visit
from notices.recipients.models import Contact
from notices.wording.page import to_fragment

_COMMENT_LIMIT = 1000


def review_page(visit: Visit, notice_id: int, *, contact: Contact | None = None, problem: str = "") -> HttpResponse:
    """The review page. Opening it takes the notice on for a while, so that colleagues see who is on it."""
    sheet = queue.review(visit.officer, notice_id)
    notice = sheet.notice
    mine = [item for item in sheet.items if item.office in visit.officer.offices]
    holder = claimant(notice, visit.now)
    may_decide = bool(visit.officer.roles & {"reviewer", "approver"})
    if may_decide and notice.state in OPEN and holder in {"", visit.officer.name}:
        notice = decide.claim(notice_id, officer=visit.officer, at=visit.now)
        holder = visit.officer.name
    previous, following = _neighbours(visit, notice_id)
    name = contact.name if contact else visit.t("review.name_slot")
    return visit.page(
        "review.html",
        status=400 if problem else 200,
        sheet=sheet,
        notice=notice,
        open=notice.state in OPEN,
        undecided=_undecided(visit, mine),
        mine=mine,
        changes=changes_behind(mine, visit.t),
        met=_tally(mine),
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
    sheet = queue.review(visit.officer, notice_id)
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
    """Approves this office's items as they were shown, and goes on to the next notice."""
    _, following = _neighbours(visit, notice_id)
    shown = visit.request.POST.get("content", "")
    notice = decide.approve(notice_id, officer=visit.officer, at=visit.now, seen=shown)
    return _on_to(visit, following, visit.t("review.approved", number=notice.number))


def reject(visit: Visit, notice_id: int) -> HttpResponse:
    """Sends this office's items back with a reason."""
    reason = visit.request.POST.get("reason", "")
    if reason not in decide.REJECT_REASONS:
        return review_page(visit, notice_id, problem="reason_missing")
    comment = visit.request.POST.get("comment", "").strip()[:_COMMENT_LIMIT]
    if reason == "other" and not comment:
        return review_page(visit, notice_id, problem="comment_missing")
    _, following = _neighbours(visit, notice_id)
    notice = decide.reject(notice_id, officer=visit.officer, at=visit.now, reason_code=reason, comment=comment)
    return _on_to(visit, following, visit.t("review.sent_back", number=notice.number))


def release(visit: Visit, notice_id: int) -> HttpResponse:
    """Gives the notice back to the queue undecided."""
    notice = decide.release(notice_id, officer=visit.officer, at=visit.now)
    return visit.done(visit.t("review.released", number=notice.number), "queue")


def _undecided(visit: Visit, items: list[Item]) -> list[Item]:
    """What this officer can still decide; where two people are needed, one is not both."""
    done = Decision.objects.filter(item__in=items, officer=visit.officer.name, verdict="approve", voided=False)
    decided = set(done.values_list("item_id", flat=True))
    return [item for item in items if item.state == ItemState.OPEN and item.pk not in decided]


def _tally(items: list[Item]) -> dict[str, int]:
    """How many conditions of these items are met, not met and unknown."""
    found = Counter(str(one.get("result")) for item in items for one in item.criteria or [])
    return {"all": found.total(), **{name: found[name] for name in ("met", "not_met", "unknown")}}


def _neighbours(visit: Visit, notice_id: int) -> tuple[int | None, int | None]:
    """What this officer can decide before and after this notice, in the order of the queue."""
    lines = [line for section in sections(visit, queue.Filters()) for line in section.lines]
    order = [line.notice.pk for line in lines if line.notice.pk == notice_id or line.to_decide]
    if notice_id not in order:
        return None, next(iter(order), None)
    at = order.index(notice_id)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


def _on_to(visit: Visit, following: int | None, line: str) -> HttpResponse:
    return visit.done(line, "queue") if following is None else visit.done(line, "review", notice_id=following)
