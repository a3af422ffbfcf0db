"""Editing the words of one notice: its texts one by one, what the guard says of each sentence, and what was changed before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from notices.approval import decide, editing
from notices.approval.models import Notice, NoticeEdit
from notices.desk.findings import told
from notices.desk.views.queue import display_names, filters_of, query_of, sort_of
from notices.desk.visit import Visit
from notices.wording.guard import Finding
from notices.wording.library import diff

_SECTION_LIMIT = 4000  #: characters taken from one field; the guard's own limits are below it


@dataclass(frozen=True, kw_only=True)
class Change:
    """One edit as colleagues see it: who, when, and the lines taken out and put in."""

    edit: NoticeEdit
    editor: str
    lines: list[str]


def edit_page(
    visit: Visit,
    notice_id: int,
    *,
    typed: Mapping[str, str] | None = None,
    programme: str = "",
    findings: Sequence[Finding] = (),
) -> HttpResponse:
    """The texts this officer may edit. Opening it takes the notice on, so that nobody approves it meanwhile."""
    notice = decide.claim(notice_id, officer=visit.officer, at=visit.now)
    return visit.page(
        "edit.html",
        status=400 if findings else 200,
        notice=notice,
        blocks=editing.blocks(notice, visit.officer),
        typed=typed or {},
        programme=programme if typed is not None else None,
        findings=told(
            [one.as_json() for one in findings],
            typed or {},
            programme=programme,
            language=notice.language,
            t=visit.t,
        ),
        edits=changes_of(visit, notice),
        query=query_of(filters_of(visit), sort_of(visit)),
    )


def save_edit(visit: Visit, notice_id: int) -> HttpResponse:
    """Keeps the words of one text, or shows them again with what the guard found."""
    posted, sections = visit.request.POST, sections_of(visit)
    programme = posted.get("programme", "")
    done = editing.edit(
        notice_id,
        officer=visit.officer,
        at=visit.now,
        programme=programme,
        sections=sections,
        seen=posted.get("content", ""),
    )
    if done.findings:
        return edit_page(visit, notice_id, typed=sections, programme=programme, findings=done.findings)
    kept = query_of(filters_of(visit), sort_of(visit))
    return visit.done(visit.t("edit.saved", number=done.notice.number), "queue", query=kept)


def sections_of(visit: Visit) -> dict[str, str]:
    """The sections of a text as they were typed."""
    posted = visit.request.POST
    return {
        name.removeprefix("section-"): str(posted[name])[:_SECTION_LIMIT].replace("\r\n", "\n")
        for name in posted
        if name.startswith("section-")
    }


def changes_of(visit: Visit, notice: Notice) -> list[Change]:
    """What staff changed in the texts of this officer's offices, newest first."""
    edits = list(NoticeEdit.objects.filter(notice=notice).order_by("-pk"))
    if not edits:
        return []
    names = display_names(visit)
    mine = {"", *(item.programme for item in notice.items.all() if item.office in visit.officer.offices)}
    return [
        Change(edit=one, editor=names.get(one.editor, one.editor), lines=_lines(diff(one.before, one.sections)))
        for one in edits
        if one.programme in mine
    ]


def _lines(diffed: list[str]) -> list[str]:
    return [line for line in diffed if not line.startswith(("---", "+++", "@@"))]
