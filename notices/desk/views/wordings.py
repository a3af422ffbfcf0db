"""The review of wordings: which drafts wait for this officer's offices, and one draft beside what it is compared with."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpResponse

from notices.approval import wordings
from notices.approval.wordings import Wanted
from notices.desk.findings import Told, told
from notices.desk.marking import Piece, marked, split_slots
from notices.desk.views.queue import display_names
from notices.desk.visit import Visit
from notices.site import installed
from notices.wording import backwards
from notices.wording.language import code_of, read_language
from notices.wording.library import WAITING
from notices.wording.models import Wording
from notices.wording.reviewing import Section, Sheet, sheet

_PAGE = 100
_STATES = ("waiting", "approved", "rejected", "superseded")
_NO_BACK = {backwards.IN_JAPANESE: "", backwards.NO_MODEL: "no_model", backwards.NOT_YET: "not_yet"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One version in the list."""

    wording: Wording
    code: str  #: of its language with its register: ja-easy
    drafter: str
    reading: str  #: the colleague who reads it; empty when nobody does
    obstacle: str  #: why nobody can approve it; empty when somebody can


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One section of the draft as the page shows it."""

    section: Section
    pieces: tuple[
        Piece, ...
    ]  #: the draft marked against what it is compared with; none where there is nothing to compare with
    findings: tuple[Told, ...]
    slots_differ: bool


def wording_list(visit: Visit) -> HttpResponse:
    """The versions that fit the filter, by programme; without a filter those that wait."""
    wanted = wanted_of(visit)
    rows = wordings.texts(visit.officer, wanted)
    total = rows.count()
    pages = max(1, -(-total // _PAGE))
    asked = visit.request.GET.get("page", "")
    page = min(max(int(asked) if asked.isdecimal() else 1, 1), pages)
    names = display_names(visit)
    lines = [_line(one, names, visit) for one in rows[(page - 1) * _PAGE : page * _PAGE]]
    return visit.page(
        "wordings.html",
        groups=[(programme, list(group)) for programme, group in groupby(lines, key=lambda one: one.wording.programme)],
        total=total,
        page=page,
        pages=pages,
        size=_PAGE,
        wanted=asdict(wanted),
        filtered=wanted != Wanted(),
        states=_STATES,
        choices=_choices(visit),
        query=query_of(wanted),
        turn=lambda to: query_of(wanted, page=str(to)),
    )


def wanted_of(visit: Visit) -> Wanted:
    """The filter of the address line; a state that is none is the one to begin with."""
    asked = {name: visit.request.GET.get(name, "")[:60] for name in asdict(Wanted())}
    if asked["state"] not in _STATES:
        asked["state"] = Wanted().state
    return Wanted(**asked)


def query_of(wanted: Wanted, **more: str) -> str:
    """The address line that keeps a filter: "?language=zh", or nothing when there is nothing to keep."""
    kept = {name: value for name, value in asdict(wanted).items() if value != asdict(Wanted())[name]}
    return f"?{urlencode(kept | more)}" if kept | more else ""


def wording_page(visit: Visit, wording_id: int, *, problem: str = "") -> HttpResponse:
    """One version: what it says, what differs, what was found, and the decision. Opening it changes nothing."""
    found = wordings.texts(visit.officer).get(pk=wording_id)
    seen = sheet(found.pk, on=visit.today)
    names, code = display_names(visit), code_of(found.language, found.register)
    previous, following = _neighbours(visit, found)
    before = wordings.written_after(found)
    base = "sent_back" if before else "approved" if not seen.no_approved else "template" if not seen.no_template else ""
    return visit.page(
        "wording.html",
        status=400 if problem else 200,
        sheet=seen,
        split_slots=split_slots,
        wording=seen.wording,
        code=code,
        lang=found.language,
        sections=[_shown(one, _other(one, base, before), seen, code, visit) for one in seen.sections],
        base=base,
        before=before,
        as_template=all(one.text == one.template for one in seen.sections) and not seen.no_template,
        whole=_findings(seen, "", code, visit),
        of_programme=told(seen.of_programme, {}, programme=found.programme, language=code, t=visit.t),
        unit=visit.t(f"sentence.{read_language(code).guard.sentence_unit}"),
        no_back=_NO_BACK.get(seen.no_back, "none") if seen.no_back else "",
        waits=found.state in WAITING,
        may_decide=bool(visit.officer.roles & {"reviewer", "approver"}),
        why_not=wordings.why_not(seen.wording, visit.officer),
        replaces=wordings.unsent_with(found),
        reader=installed().wording.reviewers.get(code, ""),
        drafter=_drafter(seen.wording, names, visit),
        reading=names.get(found.reviewer, found.reviewer) if found.state == Wording.State.IN_REVIEW else "",
        mine=found.reviewer == visit.officer.name,
        names=names,
        problem=problem,
        query=query_of(wanted_of(visit)),
        previous=previous,
        following=following,
    )


def _other(section: Section, base: str, before: Wording | None) -> str | None:
    """The text a section is marked against; None where there is none."""
    if before is not None:
        return str(before.sections.get(section.name, ""))
    return {"approved": section.approved, "template": section.template}.get(base)


def take(visit: Visit, wording_id: int) -> HttpResponse:
    """Colleagues see who reads it."""
    wordings.take(wording_id, officer=visit.officer, at=visit.now)
    query = query_of(wanted_of(visit))
    return visit.done(visit.t("wording.taken"), "wording", query=query, wording_id=wording_id)


def give_back(visit: Visit, wording_id: int) -> HttpResponse:
    """Back to the list, undecided."""
    wordings.give_back(wording_id, officer=visit.officer, at=visit.now)
    line = visit.t("wording.given_back", number=wording_id)
    return visit.done(line, "wordings", query=query_of(wanted_of(visit)))


def approve(visit: Visit, wording_id: int) -> HttpResponse:
    """Puts the text that was shown in force, and goes on to the next draft."""
    following = _following(visit, wording_id)
    seen = visit.request.POST.get("version", "")
    wordings.approve(wording_id, officer=visit.officer, at=visit.now, seen=seen)
    return _on_to(visit, following, visit.t("wording.is_approved", number=wording_id))


def reject(visit: Visit, wording_id: int) -> HttpResponse:
    """Sends the draft back with a reason, and goes on to the next one. Without a reason it is asked for."""
    reason = visit.request.POST.get("reason", "").strip()
    if not reason:
        return wording_page(visit, wording_id, problem="reason_missing")
    following = _following(visit, wording_id)
    wordings.reject(wording_id, officer=visit.officer, at=visit.now, reason=reason)
    return _on_to(visit, following, visit.t("wording.is_rejected", number=wording_id))


def _line(wording: Wording, names: Mapping[str, str], visit: Visit) -> Line:
    reading = wording.reviewer if wording.state == Wording.State.IN_REVIEW else ""
    code = code_of(wording.language, wording.register)
    return Line(
        wording=wording,
        code=code,
        drafter=_drafter(wording, names, visit),
        reading=names.get(reading, reading),
        obstacle=wordings.unread(code) if wording.state in WAITING else "",
    )


def _drafter(wording: Wording, names: Mapping[str, str], visit: Visit) -> str:
    """A colleague by name, the template, or the model by its own name."""
    if wording.drafter in names:
        return names[wording.drafter]
    if wording.drafter.startswith("template"):
        return visit.t("drafter.template")
    return visit.t("drafter.model", model=wording.drafter)


def _shown(section: Section, other: str | None, seen: Sheet, code: str, visit: Visit) -> Shown:
    return Shown(
        section=section,
        pieces=tuple(marked(other, section.text)) if other is not None else (),
        findings=tuple(_findings(seen, section.name, code, visit)),
        slots_differ=section.name in seen.slots_differ,
    )


def _findings(seen: Sheet, section: str, code: str, visit: Visit) -> list[Told]:
    """What was found in a section; with an empty name, what was found of the whole text or of no section it has."""
    known = {one.name for one in seen.sections}
    here = [
        one
        for one in (*seen.guard, *seen.readability)
        if (one["section"] == section if section else one["section"] not in known)
    ]
    wording = seen.wording
    return told(here, wording.sections, programme=wording.programme, language=code, t=visit.t)


def _choices(visit: Visit) -> dict[str, list[str]]:
    """What each filter can be set to: only what this officer's offices own."""
    uses = wordings.texts(visit.officer).order_by().values_list("programme", "event", "language", "register").distinct()
    found = list(uses)
    return {
        "programme": sorted({programme for programme, _, _, _ in found} - {""}),
        "event": sorted({event for _, event, _, _ in found}),
        "language": sorted({code_of(language, register) for _, _, language, register in found}),
    }


def _neighbours(visit: Visit, wording: Wording) -> tuple[int | None, int | None]:
    """The versions before and after this one in the list it was opened from."""
    keys = list(wordings.texts(visit.officer, wanted_of(visit)).values_list("pk", flat=True))
    if wording.pk not in keys:
        return None, keys[0] if keys else None
    at = keys.index(wording.pk)
    return keys[at - 1] if at else None, keys[at + 1] if at + 1 < len(keys) else None


def _following(visit: Visit, wording_id: int) -> int | None:
    wording = wordings.texts(visit.officer).get(pk=wording_id)
    return _neighbours(visit, wording)[1]


def _on_to(visit: Visit, following: int | None, line: str) -> HttpResponse:
    """The next draft of the same list, or the list when there is none."""
    query = query_of(wanted_of(visit))
    if following is None:
        return visit.done(line, "wordings", query=query)
    return visit.done(line, "wording", query=query, wording_id=following)
