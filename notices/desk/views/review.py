"""One notice on one screen: what the resident will see, why, on which conditions, how safe, to whom; and the decision."""

from collections import Counter
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from markupsafe import Markup

from notices.approval import audit, decide, queue
from notices.approval import undo as taking_back
from notices.approval.models import Decision, Item, ItemState, Notice, OutboxRow
from notices.approval.states import OPEN
from notices.desk.looked import look_of
from notices.desk.recorded import changes_behind
from notices.desk.views.editing import changes_of
from notices.desk.views.queue import claimant, display_names, filters_of, query_of, sort_of, unsafe
from notices.desk.views.selection import day_of
from notices.desk.visit import Visit
from notices.recipients.models import Contact
from notices.site import installed
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
        notice = decide.take_on(notice, visit.officer, visit.now)
        holder = visit.officer.name
    approvals = _approvals(mine)
    name = contact.name if contact else visit.t("review.name_slot")
    return visit.page(
        "review.html",
        status=400 if problem else 200,
        sheet=sheet,
        notice=notice,
        open=notice.state in OPEN,
        undecided=_undecided(visit, mine, approvals),
        mine=mine,
        changes=changes_behind(mine, visit.t),
        edits=(edits := changes_of(visit, notice)),
        edited_by_me=any(one.edit.editor == visit.officer.name for one in edits),
        met=_tally(mine),
        fragment=Markup(to_fragment(sheet.text, name=name)),  # noqa: S704 - to_fragment escapes every value
        holder="" if holder == visit.officer.name else display_names(visit).get(holder, holder),
        may_decide=may_decide,
        reasons=decide.REJECT_REASONS,
        contact=contact,
        problem=problem,
        look=look_of(notice, visit.officer, visit.t) if notice.state in OPEN else None,
        unsafe=unsafe(visit),
        can_undo=may_decide and bool(approvals) and taking_back.not_leaving(notice),
        leaves_at=_leaves_at(notice),
        query=query_of(filters_of(visit), sort_of(visit)),
    )


def following(visit: Visit, notice_id: int) -> HttpResponse:
    """On to the notice after this one in the queue it was opened from; back to the queue when it is the last."""
    return _turn(visit, notice_id, back=False)


def previous(visit: Visit, notice_id: int) -> HttpResponse:
    """On to the notice before this one in the queue it was opened from; back to the queue when it is the first."""
    return _turn(visit, notice_id, back=True)


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
    audit.anchor(installed(), at=visit.now)
    contact = Contact.objects.filter(
        municipality_code=visit.municipality, resident_id=sheet.notice.addressee_id
    ).first()
    return review_page(visit, notice_id, contact=contact, problem="" if contact else "no_contact")


def approve(visit: Visit, notice_id: int) -> HttpResponse:
    """Approves this office's items as they were shown, and goes on to the next notice."""
    to = _neighbour(visit, notice_id, back=False)
    shown = visit.request.POST.get("content", "")
    notice = decide.approve(notice_id, officer=visit.officer, at=visit.now, seen=shown, send_on=day_of(visit))
    visit.offer_undo(notice_id)
    return _on_to(visit, to, visit.t("review.approved", number=notice.number))


def reject(visit: Visit, notice_id: int) -> HttpResponse:
    """Sends this office's items back with a reason: all of them, or only those ticked (the rest stays in the notice)."""
    reason = visit.request.POST.get("reason", "")
    if reason not in decide.REJECT_REASONS:
        return review_page(visit, notice_id, problem="reason_missing")
    comment = visit.request.POST.get("comment", "").strip()[:_COMMENT_LIMIT]
    if reason == "other" and not comment:
        return review_page(visit, notice_id, problem="comment_missing")
    to = _neighbour(visit, notice_id, back=False)
    chosen = [int(one) for one in visit.request.POST.getlist("item") if one.isdecimal()]
    notice = decide.reject(
        notice_id, officer=visit.officer, at=visit.now, reason_code=reason, comment=comment, item_ids=chosen or None
    )
    mine = list(notice.items.filter(office__in=sorted(visit.officer.offices)))
    if notice.state in OPEN and _undecided(visit, mine, _approvals(mine)):
        kept = query_of(filters_of(visit), sort_of(visit))
        line = visit.t("review.item_removed", number=notice.number)
        return visit.done(line, "review", query=kept, notice_id=notice_id)
    return _on_to(visit, to, visit.t("review.sent_back", number=notice.number))


def undo(visit: Visit, notice_id: int) -> HttpResponse:
    """Takes back what this office approved, as long as it has not begun to leave, and opens it again."""
    notice = taking_back.undo(notice_id, officer=visit.officer, at=visit.now)
    kept = query_of(filters_of(visit), sort_of(visit))
    return visit.done(visit.t("review.undone", number=notice.number), "review", query=kept, notice_id=notice_id)


def release(visit: Visit, notice_id: int) -> HttpResponse:
    """Gives the notice back to the queue undecided."""
    notice = decide.release(notice_id, officer=visit.officer, at=visit.now)
    return visit.done(
        visit.t("review.released", number=notice.number), "queue", query=query_of(filters_of(visit), sort_of(visit))
    )


def _approvals(items: list[Item]) -> set[tuple[int, str]]:
    """(item, officer) of each approval that counts of what can be approved or was."""
    keys = [item.pk for item in items if item.state in (ItemState.OPEN, ItemState.APPROVED)]
    rows = Decision.objects.filter(item__in=keys, verdict="approve", voided=False)
    return set(rows.values_list("item_id", "officer"))


def _undecided(visit: Visit, items: list[Item], approvals: set[tuple[int, str]]) -> list[Item]:
    """What this officer can still decide; where two people are needed, one is not both."""
    return [item for item in items if item.state == ItemState.OPEN and (item.pk, visit.officer.name) not in approvals]


def _leaves_at(notice: Notice) -> datetime | None:
    """When a notice that was approved begins to leave; None while it waits for a decision."""
    if notice.state in OPEN:
        return None
    return OutboxRow.objects.filter(notice=notice).values_list("not_before", flat=True).first()


def _tally(items: list[Item]) -> dict[str, int]:
    """How many conditions of these items are met, not met and unknown."""
    found = Counter(str(one.get("result")) for item in items for one in item.criteria or [])
    return {"all": found.total(), **{name: found[name] for name in ("met", "not_met", "unknown")}}


def _neighbour(visit: Visit, notice_id: int, *, back: bool) -> int | None:
    """What this officer can decide after (before) this notice, in the queue they came from."""
    notice = Notice.objects.filter(pk=notice_id, municipality_code=visit.municipality).first()
    if notice is None:
        return None
    filters, sort = filters_of(visit), sort_of(visit)
    return queue.neighbour(
        visit.officer, notice, filters=filters, today=visit.today, at=visit.now, sort=sort, back=back
    )


def _turn(visit: Visit, notice_id: int, *, back: bool) -> HttpResponse:
    mine = Item.objects.filter(notice=notice_id, municipality_code=visit.municipality, office__in=visit.officer.offices)
    if not mine.exists():
        raise Notice.DoesNotExist
    to = _neighbour(visit, notice_id, back=back)
    kept = query_of(filters_of(visit), sort_of(visit))
    if to is None:
        messages.info(visit.request, visit.t("review.no_previous" if back else "review.no_next"))
        return HttpResponseRedirect(reverse("queue") + kept)
    return HttpResponseRedirect(reverse("review", kwargs={"notice_id": to}) + kept)


def _on_to(visit: Visit, to: int | None, line: str) -> HttpResponse:
    """The next notice of the same queue, or the queue when there is none."""
    kept = query_of(filters_of(visit), sort_of(visit))
    if to is None:
        return visit.done(line, "queue", query=kept)
    return visit.done(line, "review", query=kept, notice_id=to)
