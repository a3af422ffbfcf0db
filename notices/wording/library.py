"""The wording library: what was drafted, what the guard said, who approved it. A notice is composed from approved texts only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import QuerySet

from engine.core.errors import StateError, WordingError
from engine.core.settings import Settings
from notices.wording.draft import Drafter, DraftRequest, PublicFacts, requests_for
from notices.wording.guard import Subject, check, version_of
from notices.wording.models import Wording


class Signer(Protocol):
    """Whoever signs: an officer with a stable account name."""

    @property
    def name(self) -> str:
        """The account's name."""
        ...


def draft_all(
    requests: Iterable[DraftRequest], *, drafter: Drafter, at: datetime, municipality: str | None = None
) -> int:
    """Drafts every request, holds each to the guard and stores it with its findings. Returns how many versions are new.

    A draft identical to a stored version changes nothing. `municipality` is the site's own when not given.
    """
    code = municipality or _site().municipality.code
    return sum(_store(request, drafter=drafter, at=at, municipality=code) for request in requests)


def ensure(
    programmes: Sequence[PublicFacts],
    *,
    languages: Sequence[str],
    drafter: Drafter,
    at: datetime,
    municipality: str | None = None,
) -> int:
    """Drafts whatever these programmes need and the library does not hold yet. Returns how many versions are new."""
    return draft_all(requests_for(programmes, languages=languages), drafter=drafter, at=at, municipality=municipality)


def approve(wording_id: int, *, officer: Signer | str, at: datetime) -> Wording:
    """Approves a draft; the version approved before it is superseded.

    Raises StateError when it has findings, is not waiting for approval, or the officer wrote it.
    """
    name = officer if isinstance(officer, str) else officer.name
    with transaction.atomic():
        wording = Wording.objects.select_for_update().filter(pk=wording_id).first()
        if wording is None:
            raise WordingError(f"there is no wording {wording_id}; `todoke wording list` shows them")
        _may_approve(wording, name)
        _same_use(wording).filter(state=Wording.State.APPROVED).update(state=Wording.State.SUPERSEDED)
        wording.state, wording.approved_by, wording.approved_at = Wording.State.APPROVED, name, at
        wording.save(update_fields=["state", "approved_by", "approved_at"])
    return wording


def approve_all_demo(officer: Signer | str, at: datetime) -> int:
    """Approves every draft the guard accepted, as a demonstration. Raises StateError outside demo mode."""
    site = _site()
    if site.mode != "demo":
        raise StateError("wordings are approved one by one by an officer; all at once is for demo mode only")
    waiting = Wording.objects.filter(municipality_code=site.municipality.code, state=Wording.State.DRAFTED, findings=[])
    return len(
        [approve(pk, officer=officer, at=at) for pk in list(waiting.order_by("pk").values_list("pk", flat=True))]
    )


def approved(municipality: str, programme: str, event: str, kind: str, language: str, register: str) -> Wording | None:
    """The text in force for a use, or None. An empty programme asks for the event's opening."""
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


def _store(request: DraftRequest, *, drafter: Drafter, at: datetime, municipality: str) -> bool:
    raw = drafter.draft(request)
    findings = check(raw.sections, subject_of(request), stop_reason=raw.stop_reason)
    _, created = Wording.objects.get_or_create(
        municipality_code=municipality,
        programme=request.programme,
        event=request.event,
        kind=request.kind,
        language=request.language,
        register=request.register,
        version=version_of(raw.sections),
        defaults={
            "sections": dict(raw.sections),
            "drafter": raw.model_id or drafter.name,
            "findings": [finding.as_json() for finding in findings],
            "created_at": at,
        },
    )
    return created


def subject_of(request: DraftRequest) -> Subject:
    """What the guard must know of a request."""
    flags = {"amount": request.has_amount, "deadline": request.has_deadline, "documents": request.has_documents}
    return Subject(
        programme=request.programme,
        event=request.event,
        kind=request.kind,
        language=request.language,
        needs=frozenset(name for name, has in flags.items() if has),
    )


def _may_approve(wording: Wording, officer: str) -> None:
    if wording.state not in {Wording.State.DRAFTED, Wording.State.IN_REVIEW}:
        raise StateError(f"wording {wording.pk} is {wording.state}; only a draft can be approved")
    if wording.findings:
        raise StateError(f"wording {wording.pk} has {len(wording.findings)} findings of the guard; draft it again")
    if version_of(wording.sections) != wording.version:
        raise StateError(f"wording {wording.pk} is not the text its version names; draft it again")
    if wording.drafter == officer:
        raise StateError(f"wording {wording.pk} was written by {officer}, who cannot approve it")


def _same_use(wording: Wording) -> QuerySet[Wording]:
    return Wording.objects.filter(
        municipality_code=wording.municipality_code,
        programme=wording.programme,
        event=wording.event,
        kind=wording.kind,
        language=wording.language,
        register=wording.register,
    )


def _site() -> Settings:
    site: Settings = getattr(django_settings, "TODOKE")  # noqa: B009 - not one of Django's own settings, so unknown to its types
    return site
