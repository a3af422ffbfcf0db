"""Texts as the offices that own them decide them: which wait for whom, who may sign, and every decision in the audit chain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from engine.core.clock import TOKYO
from engine.core.errors import InputError
from notices.approval import audit
from notices.approval.models import AuditRow, Notice
from notices.approval.officer import Officer
from notices.approval.refusals import AlreadyDecided, NotAllowed
from notices.approval.states import OPEN
from notices.site import installed
from notices.wording import library
from notices.wording.guard import Finding, version_of
from notices.wording.language import code_of, use_of
from notices.wording.models import Wording
from notices.wording.reviewing import template_of
from notices.wording.slots import sections_for

REASON_LIMIT = 300
_WRITTEN = "wording_written"  #: as the chain calls a text written anew; it says after which


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of the library. An empty field asks for all; a state of "waiting" for what is to be decided."""

    state: str = "waiting"
    programme: str = ""
    event: str = ""
    language: str = ""


def texts(officer: Officer, wanted: Wanted | None = None) -> QuerySet[Wording]:
    """The versions this officer's offices own, and the openings, which every office shares; without their long columns."""
    owned = Q(office__in=sorted(officer.offices)) | Q(office="")
    rows = Wording.objects.filter(owned, municipality_code=officer.municipality)
    rows = rows.defer("sections", "readability", "back_translation")
    if wanted is not None:
        rows = rows.filter(state__in=library.WAITING if wanted.state == "waiting" else [wanted.state])
        rows = rows.filter(**({"programme": wanted.programme} if wanted.programme else {}))
        rows = rows.filter(**({"event": wanted.event} if wanted.event else {}))
        if wanted.language:
            language, register = use_of(wanted.language)
            rows = rows.filter(language=language, register=register)
    return rows.order_by("programme", "event", "language", "register", "-id")


def why_not(wording: Wording, officer: Officer) -> str:
    """Why this officer cannot approve a version, as a code; empty when they can."""
    if "approver" not in officer.roles:
        return "role"
    if wording.drafter == officer.name and wording.state in library.WAITING:
        return "own"
    return library.obstacle_of(wording)


def unread(code: str) -> str:
    """no_reviewer when nobody is named to read this language: outside the demo such a text cannot be approved; else empty."""
    return "" if code == library.FIRST_LANGUAGE or code in installed().wording.reviewers else "no_reviewer"


def unsent_with(wording: Wording) -> int:
    """How many notices that wait for a decision stand on the text in force: they are written anew in the next night."""
    force = library.same_use(wording).filter(state=Wording.State.APPROVED).exclude(pk=wording.pk).first()
    if force is None:
        return 0
    code = code_of(wording.language, wording.register)
    rows = Notice.objects.filter(municipality_code=wording.municipality_code, state__in=OPEN, event=wording.event)
    rows = rows.filter(language=code)
    return (rows.filter(items__programme=wording.programme).distinct() if wording.programme else rows).count()


def take(wording_id: int, *, officer: Officer, at: datetime) -> Wording:
    """Says that this officer reads it, so that colleagues see it. Raises StateError when it is decided already."""
    officer.needs("reviewer", "approver")
    return _kept(wording_id, officer, at, "wording_taken", lambda: library.take(wording_id, officer=officer), {})


def give_back(wording_id: int, *, officer: Officer, at: datetime) -> Wording:
    """Nobody reads it any more. Raises NotAllowed while a colleague does."""
    officer.needs("reviewer", "approver")
    if texts(officer).get(pk=wording_id).reviewer not in {"", officer.name}:
        raise NotAllowed(f"wording {wording_id} is being read by a colleague")
    return _kept(wording_id, officer, at, "wording_given_back", lambda: library.give_back(wording_id), {})


def approve(wording_id: int, *, officer: Officer, at: datetime, seen: str) -> Wording:
    """Puts a version in force; the one before is superseded. seen: the version that was shown.

    Raises NotAllowed for a role that cannot, and what `library.approve` raises: it knows who wrote it, whose it is and whether
    its language has a reviewer.
    """
    officer.needs("approver")
    found = texts(officer).get(pk=wording_id)
    if seen != found.version:
        raise NotAllowed(f"wording {wording_id} is not the version that was shown; open it again")
    code = code_of(found.language, found.register)
    details = {"read_by": installed().wording.reviewers.get(code, officer.name)}
    return _kept(
        wording_id, officer, at, "wording_approved",
        lambda: library.approve(wording_id, officer=officer, at=at), details,
    )  # fmt: skip


def reject(wording_id: int, *, officer: Officer, at: datetime, reason: str) -> Wording:
    """Sends a draft back. Raises InputError without a reason, StateError when it is decided already."""
    officer.needs("reviewer", "approver")
    said = reason.strip()[:REASON_LIMIT]
    return _kept(
        wording_id, officer, at, "wording_rejected",
        lambda: library.reject(wording_id, officer=officer, reason=said), {"reason": said},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Written:
    """What came of writing a text anew. With findings nothing was kept, and `wording` is the one that was sent back."""

    wording: Wording
    findings: tuple[Finding, ...]


def write_anew(wording_id: int, *, officer: Officer, at: datetime, sections: Mapping[str, str]) -> Written:
    """A new version after one that was sent back, held to the guard; a colleague reviews it, for its writer cannot approve it.

    Raises NotAllowed without the role or for sections there are none of, AlreadyDecided for a text that was not sent back or
    stands in the library word for word, InputError when nothing was changed, Wording.DoesNotExist for another office's.
    """
    officer.needs("reviewer", "approver")
    before = sent_back(officer, wording_id)
    kept = {name: text for name, text in sections.items() if text.strip()}
    if not kept.keys() <= sections_for(before.programme).keys():
        raise NotAllowed("a wording has other sections than these; open it again")
    if kept == before.sections:
        raise InputError("no word of the wording was changed; change one, or go back")
    same = library.same_use(before).filter(version=version_of(kept)).first()
    if same is not None:
        raise AlreadyDecided(f"wording {same.pk} says this word for word and is {same.state}")
    findings = library.examine(before, kept, template_of(before, on=at.astimezone(TOKYO).date()))
    if findings:
        return Written(wording=before, findings=tuple(findings))
    with transaction.atomic():
        wording = library.revise(before, kept, editor=officer.name, at=at)
        audit.append(
            municipality=officer.municipality, actor=officer.name, action=_WRITTEN, subject=f"wording:{wording.pk}",
            details={"after": before.pk, "version": wording.version}, at=at,
        )  # fmt: skip
    audit.anchor(installed(), at=at)
    return Written(wording=wording, findings=())


def sent_back(officer: Officer, wording_id: int) -> Wording:
    """A text of this officer's offices that was sent back, by somebody or by the guard. Raises AlreadyDecided for any other."""
    found = texts(officer).get(pk=wording_id)
    if found.state != Wording.State.REJECTED:
        raise AlreadyDecided(f"wording {wording_id} is {found.state}; only one that was sent back is written anew")
    return found


def written_after(wording: Wording) -> Wording | None:
    """The text that was sent back and that a colleague wrote this one after; None for every other text."""
    rows = AuditRow.objects.filter(municipality_code=wording.municipality_code, action=_WRITTEN)
    row = rows.filter(subject=f"wording:{wording.pk}").first()
    return Wording.objects.filter(pk=row.details["after"]).first() if row else None


def _kept(
    wording_id: int,
    officer: Officer,
    at: datetime,
    action: str,
    change: Callable[[], Wording],
    details: Mapping[str, str],
) -> Wording:
    """One change and its link in the chain, in one transaction. Raises Wording.DoesNotExist for another office's text."""
    texts(officer).get(pk=wording_id)
    with transaction.atomic():
        wording = change()
        audit.append(
            municipality=officer.municipality, actor=officer.name, action=action, subject=f"wording:{wording.pk}",
            details={**details, "version": wording.version}, at=at,
        )  # fmt: skip
    audit.anchor(installed(), at=at)
    return wording
