"""Writing a text anew that was sent back: its sections with what was found in them, and what the guard says of the new words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from notices.approval import wordings
from notices.desk.findings import Told, told
from notices.desk.marking import Piece, marked
from notices.desk.views.editing import sections_of
from notices.desk.views.queue import display_names
from notices.desk.views.wordings import query_of, wanted_of
from notices.desk.visit import Visit
from notices.wording.guard import Finding
from notices.wording.language import code_of
from notices.wording.reviewing import sheet
from notices.wording.slots import sections_for


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section to be written: the words in its field, what was said before, what the template says, and what was found."""

    name: str
    text: str
    before: str
    template: str
    slots: tuple[str, ...]  #: what may stand in braces here
    pieces: tuple[Piece, ...]  #: the new words marked against those before; none while nothing was typed
    findings: tuple[Told, ...]


def write_page(
    visit: Visit, wording_id: int, *, typed: Mapping[str, str] | None = None, findings: Sequence[Finding] = ()
) -> HttpResponse:
    """The sections as they stand or were typed. What was found is told of the typed words, else of those sent back."""
    seen = sheet(wordings.sent_back(visit.officer, wording_id).pk, on=visit.today)
    wording, words = seen.wording, seen.wording.sections if typed is None else typed
    code, known = code_of(wording.language, wording.register), sections_for(wording.programme)
    found = told(
        wording.findings if typed is None else [one.as_json() for one in findings],
        words,
        programme=wording.programme,
        language=code,
        t=visit.t,
    )
    templates = {one.name: one.template for one in seen.sections}
    names = display_names(visit)
    return visit.page(
        "writing.html",
        status=400 if findings else 200,
        wording=wording,
        code=code,
        lang=wording.language,
        sender=names.get(wording.reviewer, wording.reviewer),
        refused=bool(findings),
        whole=[one for one in found if one.section not in known],
        parts=[
            Part(
                name=name,
                text=words.get(name, ""),
                before=wording.sections.get(name, ""),
                template=templates.get(name, ""),
                slots=tuple(sorted(section.may)),
                pieces=tuple(marked(wording.sections.get(name, ""), typed.get(name, ""))) if typed else (),
                findings=tuple(one for one in found if one.section == name),
            )
            for name, section in known.items()
        ],
        query=query_of(wanted_of(visit)),
    )


def save_writing(visit: Visit, wording_id: int) -> HttpResponse:
    """Keeps the new words for a colleague to review, or shows them again with what the guard found."""
    typed = sections_of(visit)
    done = wordings.write_anew(wording_id, officer=visit.officer, at=visit.now, sections=typed)
    if done.findings:
        return write_page(visit, wording_id, typed=typed, findings=done.findings)
    line = visit.t("wording.is_written", number=done.wording.pk)
    return visit.done(line, "wording", wording_id=done.wording.pk)
