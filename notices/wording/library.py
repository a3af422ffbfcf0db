"""The wording library: what was drafted, what the guard said, who approved it. A notice is composed from approved texts only."""

import difflib
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import QuerySet

from engine.core.errors import InputError, StateError, WordingError
from notices.site import installed
from notices.wording.guard import Finding, Subject, check, version_of
from notices.wording.language import code_of, read_language, use_of
from notices.wording.models import Wording
from notices.wording.readability import measure
from notices.wording.slots import slots_in

_USE = ("municipality_code", "programme", "event", "kind", "language", "register")
WAITING = (Wording.State.DRAFTED, Wording.State.IN_REVIEW)  #: for somebody to decide
FIRST_LANGUAGE = "ja"  #: what every office reads itself


class Signer(Protocol):
    """Whoever signs: an officer with a stable account name."""

    @property
    def name(self) -> str:
        """The account's name."""
        ...


def approve(wording_id: int, *, officer: Signer | str, at: datetime) -> Wording:
    """Approves a draft; the version approved before it is superseded.

    Raises StateError when it has findings, is not waiting for approval, the officer wrote it or is of another office, or
    nobody is named to review its language.
    """
    name = officer if isinstance(officer, str) else officer.name
    offices: frozenset[str] | None = None if isinstance(officer, str) else getattr(officer, "offices", None)
    with transaction.atomic():
        wording = Wording.objects.select_for_update().filter(pk=wording_id).first()
        if wording is None:
            raise WordingError(f"there is no wording {wording_id}; `todoke wording list` shows them")
        _may_approve(wording, name, offices)
        same_use(wording).filter(state=Wording.State.APPROVED).update(state=Wording.State.SUPERSEDED)
        wording.state, wording.approved_by, wording.approved_at = Wording.State.APPROVED, name, at
        wording.save(update_fields=["state", "approved_by", "approved_at"])
    return wording


def approve_all_demo(officer: Signer | str, at: datetime) -> int:
    """Approves every draft the guard accepted, as a demonstration. Raises StateError outside demo mode."""
    site = installed()
    if site.mode != "demo":
        raise StateError("wordings are approved one by one by an officer; all at once is for demo mode only")
    waiting = Wording.objects.filter(municipality_code=site.municipality.code, state=Wording.State.DRAFTED, findings=[])
    return len(
        [approve(pk, officer=officer, at=at) for pk in list(waiting.order_by("pk").values_list("pk", flat=True))]
    )


def approved(municipality: str, programme: str, event: str, kind: str, language: str, register: str) -> Wording | None:
    """The text in force for a use, or None. An empty programme asks for the event's opening; ja-easy is ja, easy."""
    code = code_of(language, register)
    language, register = use_of(code)
    return (
        Wording.objects.filter(
            municipality_code=municipality,
            programme=programme,
            event=event,
            kind=kind,
            language=language,
            register=register,
        )
        .filter(state=Wording.State.APPROVED)
        .order_by("-approved_at", "-pk")
        .first()
    )


def revise(wording: Wording, sections: Mapping[str, str], *, editor: str, at: datetime) -> Wording:
    """A staff edit: a new version, held to the same guard and readability as a model's. Its editor cannot approve it."""
    measured = measure(sections, read_language(code_of(wording.language, wording.register)))
    version = version_of(sections)
    found, _ = same_use(wording).get_or_create(
        version=version,
        defaults={
            "sections": dict(sections),
            "drafter": editor,
            "office": wording.office,
            "recipe": wording.recipe,
            "findings": [finding.as_json() for finding in examine(wording, sections)],
            "readability": measured.as_json(),
            "created_at": at,
            **{name: getattr(wording, name) for name in _USE},
        },
    )
    return found


def examine(wording: Wording, sections: Mapping[str, str], *others: Mapping[str, str]) -> list[Finding]:
    """What the guard and the readability gate say of a staff edit of a version. others: further texts that show its programme's facts."""
    code = code_of(wording.language, wording.register)
    subject = Subject(
        programme=wording.programme,
        event=wording.event,
        kind=wording.kind,
        language=code,
        needs=_needs(wording.sections, *others),
    )
    return [*check(sections, subject), *measure(sections, read_language(code)).findings]


def _needs(*texts: Mapping[str, str]) -> frozenset[str]:
    """The facts a programme has, as texts of it show them."""
    said = {slot for sections in texts for text in sections.values() for slot in slots_in(text)}
    return frozenset(said & {"amount", "deadline", "documents"})


def diff(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """What changed between two versions, line by line, as a unified diff of each section that differs."""
    lines: list[str] = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, "").split("\n"), new.get(name, "").split("\n")
        lines += difflib.unified_diff(before, after, fromfile=name, tofile=name, lineterm="", n=1)
    return lines


def obstacle_of(wording: Wording) -> str:
    """Why nobody can approve this version as it is: a code of `_OBSTACLES`; empty when somebody can."""
    code = code_of(wording.language, wording.register)
    if wording.state not in WAITING:
        return "decided"
    if wording.findings:
        return "findings"
    if version_of(wording.sections) != wording.version:
        return "altered"
    if installed().mode != "demo" and code not in {FIRST_LANGUAGE, *installed().wording.reviewers}:
        return "no_reviewer"
    return ""


_OBSTACLES = {
    "decided": "wording {pk} is {state}; only a draft can be approved",
    "findings": "wording {pk} has {found} findings of the guard; draft it again",
    "altered": "wording {pk} is not the text its version names; draft it again",
    "no_reviewer": "nobody is named to review {code}: set [wording] reviewers before it can be sent",
}


def unapprovable(wording: Wording) -> str:
    """Why nobody can approve this version as it is, in one line; empty when somebody can."""
    code = code_of(wording.language, wording.register)
    words = _OBSTACLES.get(obstacle_of(wording), "")
    return words.format(pk=wording.pk, state=wording.state, found=len(wording.findings), code=code)


def take(wording_id: int, *, officer: Signer) -> Wording:
    """Says that an officer reads a draft. It locks nobody out: a version never changes, so whoever decides decides the same text."""
    return _leave(wording_id, Wording.State.IN_REVIEW, reviewer=officer.name)


def give_back(wording_id: int) -> Wording:
    """A draft that somebody was reading waits for anybody again."""
    return _leave(wording_id, Wording.State.DRAFTED, reviewer="")


def reject(wording_id: int, *, officer: Signer, reason: str) -> Wording:
    """Sends a draft back; its reason stands with it. Raises StateError when it is decided already, InputError without a reason."""
    if not reason.strip():
        raise InputError("a wording is sent back with a reason, in words")
    return _leave(wording_id, Wording.State.REJECTED, reviewer=officer.name, reason=reason.strip())


def _leave(wording_id: int, state: Wording.State, *, reviewer: str, reason: str = "") -> Wording:
    """A draft in another state. Raises StateError when it waits for nobody any more."""
    with transaction.atomic():
        wording = Wording.objects.select_for_update().get(pk=wording_id)
        if wording.state not in WAITING:
            raise StateError(f"wording {wording_id} is {wording.state} already")
        wording.state, wording.reviewer, wording.rejected_because = state, reviewer, reason
        wording.save(update_fields=["state", "reviewer", "rejected_because"])
    return wording


def _may_approve(wording: Wording, officer: str, offices: frozenset[str] | None) -> None:
    obstacle = unapprovable(wording)
    if obstacle:
        raise StateError(obstacle)
    if wording.drafter == officer:
        raise StateError(f"wording {wording.pk} was written by {officer}, who cannot approve it")
    if offices is not None and wording.office and wording.office not in offices:
        raise StateError(f"wording {wording.pk} belongs to {wording.office}; that office approves it")


def same_use(wording: Wording) -> QuerySet[Wording]:
    """Every version for the same programme, event, kind, language and register."""
    return Wording.objects.filter(
        municipality_code=wording.municipality_code,
        programme=wording.programme,
        event=wording.event,
        kind=wording.kind,
        language=wording.language,
        register=wording.register,
    )
