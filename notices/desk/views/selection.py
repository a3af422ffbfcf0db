"""Approving many at once: choose, read what it will do, approve; and take it back as long as nothing has left."""

from collections import Counter
from datetime import date

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from engine.core.errors import InputError
from notices.approval import bulk
from notices.approval.models import Item, ItemState, Notice, Selection
from notices.approval.undo import can_undo, undo_selection
from notices.approval.waiting import Filters
from notices.desk.views.queue import filters_of, query_of, unsafe
from notices.desk.visit import Visit

_SHOWN = 200  #: numbers the page names one by one; the counts are of all


def select(visit: Visit) -> HttpResponse:
    """Freezes the ticked rows, or everything unflagged that fits the filter, and shows what approving it will do."""
    form = visit.request.POST
    picked = None if form.get("what") == "all" else [int(one) for one in form.getlist("pick") if one.isdecimal()]
    if picked == []:
        return visit.done(visit.t("bulk.none"), "queue", query=query_of(filters_of(visit), "due"))
    chosen = bulk.select(visit.officer, filters=filters_of(visit), picked=picked, today=visit.today, at=visit.now)
    return HttpResponseRedirect(reverse("selection", kwargs={"selection_id": chosen.pk}))


def selection_page(visit: Visit, selection_id: int) -> HttpResponse:
    """What approving it will do; afterwards what it did, and the way to take it back."""
    selection = bulk.selection_of(visit.officer, selection_id)
    keys = selection.outcome.get("approved", [pk for pk, _ in selection.frozen])
    notices = Notice.objects.filter(pk__in=keys, municipality_code=visit.municipality).order_by("due_order", "pk")
    items = Item.objects.filter(notice__in=keys, office__in=sorted(visit.officer.offices))
    if selection.approved_at is None:
        items = items.filter(state=ItemState.OPEN)
    shown = list(notices[:_SHOWN])
    return visit.page(
        "selection.html",
        selection=selection,
        count=len(keys),
        events=sorted(Counter(notices.order_by().values_list("event", flat=True)).items()),
        programmes=sorted(Counter(items.values_list("programme", flat=True)).items()),
        notices=shown,
        query=query_of(Filters(**selection.filters), "due"),
        can_undo=bool(shown) and selection.undone_at is None and any(can_undo(one, visit.officer) for one in shown),
        unsafe=unsafe(visit),
    )


def approve_selection(visit: Visit, selection_id: int) -> HttpResponse:
    """Approves the frozen list; with a day, to be sent from then on."""
    day = day_of(visit)
    if day is not None:
        Selection.objects.filter(pk=selection_id, officer=visit.officer.name, approved_at=None).update(send_on=day)
    selection = bulk.approve_selection(selection_id, officer=visit.officer, at=visit.now)
    line = visit.t("bulk.approved", count=len(selection.outcome["approved"]))
    return visit.done(line, "selection", selection_id=selection_id)


def take_back_selection(visit: Visit, selection_id: int) -> HttpResponse:
    """Takes the approvals of the whole selection back."""
    selection = undo_selection(selection_id, officer=visit.officer, at=visit.now)
    return visit.done(visit.t("bulk.undone", count=selection.outcome["undone"]), "selection", selection_id=selection_id)


def day_of(visit: Visit) -> date | None:
    """The day of «send later»; None when none was given. Raises InputError for what is no day."""
    text = visit.request.POST.get("send_on", "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("«send later» needs a day like 2026-12-01") from None
