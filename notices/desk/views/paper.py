"""What leaves the desk as a file or on paper: the queue and the tasks as CSV, the queue and one notice for printing.

A file says what the same officer's list says, without name, address or number of a person; who took it, and of what, is in the audit
chain before its first line is sent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from markupsafe import Markup

from notices.approval import audit, queue
from notices.approval.models import Item, Notice, StaffTask
from notices.approval.tasks import visible
from notices.approval.waiting import Filters, narrowed, ordered, waiting
from notices.desk.looked import look_of
from notices.desk.recorded import changes_behind
from notices.desk.sheet import lines
from notices.desk.views.editing import changes_of
from notices.desk.views.queue import filters_of, query_of, sort_of
from notices.desk.visit import Visit
from notices.site import installed
from notices.wording.page import to_fragment

PRINTED = 500  #: rows of the queue on paper; the page says how many more there are
_AT_ONCE = 500
_QUEUE = ("number", "event", "programmes", "due", "left", "language", "flags", "look", "reasons")
_TASKS = ("task", "kind", "find_out", "due", "left", "office", "event", "programme")


def export_queue(visit: Visit) -> StreamingHttpResponse:
    """The queue as filtered, every page of it."""
    filters = filters_of(visit)
    found = _found(visit, filters)
    narrowed_to = {name: value for name, value in asdict(filters).items() if value}
    _record(visit, "queue_exported", {"filters": narrowed_to, "rows": found.count()})
    return _file(visit, "queue", _QUEUE, _queue_rows(visit, found))


def export_tasks(visit: Visit) -> StreamingHttpResponse:
    """The open tasks this officer may see, but for those of support measures: they are in no file."""
    found = visible(visit.officer).filter(state=StaffTask.State.OPEN, restricted=False).order_by("due_on", "id")
    _record(visit, "tasks_exported", {"rows": found.count()})
    return _file(visit, "tasks", _TASKS, _task_rows(visit, found))


def print_queue(visit: Visit) -> HttpResponse:
    """The queue as filtered, to be printed."""
    filters, sort = filters_of(visit), sort_of(visit)
    found = _found(visit, filters)
    return visit.page(
        "print_queue.html",
        rows=[(notice, _programmes(visit, notice)) for notice in _listed(visit, found)[:PRINTED]],
        total=found.count(),
        query=query_of(filters, sort),
        sort=sort,
        narrowed_to=[(name, value) for name, value in asdict(filters).items() if value],
    )


def print_notice(visit: Visit, notice_id: int) -> HttpResponse:
    """One notice with its grounds, to be printed. It takes the notice on for nobody, and shows neither name nor address."""
    sheet = queue.review(visit.officer, notice_id)
    mine = [item for item in sheet.items if item.office in visit.officer.offices]
    fragment = to_fragment(sheet.text, name=visit.t("review.name_slot"))
    return visit.page(
        "print_notice.html",
        sheet=sheet,
        notice=sheet.notice,
        mine=mine,
        changes=changes_behind(mine, visit.t),
        edits=changes_of(visit, sheet.notice),
        fragment=Markup(fragment),  # noqa: S704 - to_fragment escapes every value
        query=query_of(filters_of(visit), sort_of(visit)),
    )


def _found(visit: Visit, filters: Filters) -> QuerySet[Notice]:
    return narrowed(waiting(visit.officer), visit.officer, filters, visit.today)


def _record(visit: Visit, action: str, details: dict[str, object]) -> None:
    audit.append(
        municipality=visit.municipality,
        actor=visit.officer.name,
        action=action,
        subject=action.partition("_")[0],
        details=details,
        at=visit.now,
    )
    audit.anchor(installed(), at=visit.now)


def _file(visit: Visit, name: str, columns: Sequence[str], rows: Iterator[list[object]]) -> StreamingHttpResponse:
    header = [visit.t(f"export.{column}") for column in columns]
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{visit.now:%Y%m%d-%H%M}.csv"'
    return response


def _queue_rows(visit: Visit, found: QuerySet[Notice]) -> Iterator[list[object]]:
    t, comma = visit.t, visit.t("frame.comma")
    for notice in _listed(visit, found).iterator(chunk_size=_AT_ONCE):
        look = look_of(notice, visit.officer, t)
        yield [
            notice.number,
            t.or_code("event", notice.event),
            _programmes(visit, notice),
            notice.due_on,
            (notice.due_on - visit.today).days if notice.due_on else None,
            t.or_code("language", notice.language),
            comma.join(t.or_code("flag", flag) for flag in notice.flags),
            float(look.probability) if look else None,
            look.reasons if look else None,
        ]


def _listed(visit: Visit, found: QuerySet[Notice]) -> QuerySet[Notice]:
    """In the order asked for, with what each says of its programmes."""
    items = Item.objects.only("notice_id", "programme", "position").order_by("position")
    return ordered(found, sort_of(visit)).prefetch_related(Prefetch("items", queryset=items))


def _programmes(visit: Visit, notice: Notice) -> str:
    named = dict.fromkeys(item.programme for item in notice.items.all())
    return visit.t("frame.comma").join(visit.t.or_code("programme", one) for one in named)


def _task_rows(visit: Visit, found: QuerySet[StaffTask]) -> Iterator[list[object]]:
    t = visit.t
    for task in found.iterator(chunk_size=_AT_ONCE):
        yield [
            task.pk,
            t.or_code("kind", task.kind),
            t.or_code("reason", task.reason),
            task.due_on,
            (task.due_on - visit.today).days,
            _office(visit, task.office),
            t.or_code("event", task.event),
            t.or_code("programme", task.programme) if task.programme else None,
        ]


def _office(visit: Visit, slug: str) -> str:
    office = installed().offices.get(slug)
    return visit.t.pick({"ja": office.name_ja, "en": office.name_en}) if office else slug
