"""Drafting into the library: what is new or changed is written, judged and stored; a model that fails leaves the template."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from notices.site import installed
from notices.wording.draft import (
    Drafter,
    DrafterFailed,
    DraftRequest,
    PublicFacts,
    RawDraft,
    TemplateDrafter,
    requests_for,
)
from notices.wording.guard import version_of
from notices.wording.language import use_of
from notices.wording.models import Wording
from notices.wording.verdict import Verdict, judge


@dataclass
class Drafted:
    """What a run of drafting did. `calls`: how often a model was asked; `kept`: texts that nothing has changed for.
    `translated`: texts told back in Japanese."""

    new: int = 0
    kept: int = 0
    calls: int = 0
    refused: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    translated: int = 0


def draft(
    requests: Iterable[DraftRequest], *, drafter: Drafter, at: datetime, municipality: str | None = None
) -> Drafted:
    """Drafts what is new or changed, holds it to guard and readability, stores it with what was found.

    A text whose facts, prompt and language are those of a stored version is not drafted again. A model that fails or is
    refused falls back to the template; the reason is kept with the template's text, the refused draft as rejected.
    """
    done = Drafted()
    code = municipality or installed().municipality.code
    for request in requests:
        recipe = drafter.recipe(request)
        if _uses(request, code).filter(recipe=recipe).exists():
            done.kept += 1
        else:
            done.new += _store(request, drafter=drafter, recipe=recipe, at=at, municipality=code, done=done)
    return done


def draft_all(
    requests: Iterable[DraftRequest], *, drafter: Drafter, at: datetime, municipality: str | None = None
) -> int:
    """Drafts every request; returns how many versions are new. `municipality` is the site's own when not given."""
    return draft(requests, drafter=drafter, at=at, municipality=municipality).new


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


def _store(
    request: DraftRequest, *, drafter: Drafter, recipe: str, at: datetime, municipality: str, done: Drafted
) -> bool:
    raw, fallback = _ask(request, drafter, done)
    if raw is not None:
        verdict = judge(request, raw)
        if verdict.accepted or isinstance(drafter, TemplateDrafter):
            return _keep(request, raw, verdict, drafter.name, recipe, at=at, municipality=municipality)
        done.refused += 1
        fallback = "refused: " + ", ".join(sorted({finding.code for finding in verdict.findings}))
        _keep(request, raw, verdict, drafter.name, recipe, at=at, municipality=municipality, refused=True)
    template = TemplateDrafter()
    raw = template.draft(request)
    # a failed model is asked again the next time; a refused one only when its recipe changes
    kept_recipe = template.recipe(request) if fallback.startswith("failed") else recipe
    return _keep(
        request, raw, judge(request, raw), template.name, kept_recipe, at=at, municipality=municipality,
        fallback=fallback,
    )  # fmt: skip


def _ask(request: DraftRequest, drafter: Drafter, done: Drafted) -> tuple[RawDraft | None, str]:
    if isinstance(drafter, TemplateDrafter):
        return drafter.draft(request), ""
    if request.untold:  # whatever a model wrote would be refused until the phrase is there, which changes the recipe
        return None, f"not asked: {len(request.untold)} of the programme's texts are not in {request.language}"
    done.calls += 1
    try:
        raw = drafter.draft(request)
    except DrafterFailed as error:
        done.failed += 1
        return None, f"failed: {error}"[:200]
    done.tokens_in += raw.tokens_in
    done.tokens_out += raw.tokens_out
    done.cost_usd += raw.cost_usd
    return raw, ""


def _keep(
    request: DraftRequest,
    raw: RawDraft,
    verdict: Verdict,
    name: str,
    recipe: str,
    *,
    at: datetime,
    municipality: str,
    fallback: str = "",
    refused: bool = False,
) -> bool:
    language, register = use_of(request.language)
    readability = verdict.readability.as_json() if verdict.readability else {}
    wording, created = Wording.objects.get_or_create(
        municipality_code=municipality,
        programme=request.programme,
        event=request.event,
        kind=request.kind,
        language=language,
        register=register,
        version=version_of(raw.sections),
        defaults={
            "sections": dict(raw.sections),
            "drafter": raw.model_id or name,
            "model_id": raw.model_id,
            "office": request.office,
            "recipe": recipe,
            "fallback": fallback,
            "findings": [finding.as_json() for finding in verdict.findings],
            "readability": readability | {"programme": [finding.as_json() for finding in verdict.of_programme]},
            "tokens_in": raw.tokens_in,
            "tokens_out": raw.tokens_out,
            "cost_usd": raw.cost_usd,
            "state": Wording.State.REJECTED if refused else Wording.State.DRAFTED,
            "created_at": at,
        },
    )
    if not created and wording.recipe != recipe:  # the same text from other facts: what was found of it may differ
        wording.recipe, wording.findings = recipe, [finding.as_json() for finding in verdict.findings]
        wording.save(update_fields=["recipe", "findings"])
    return created


def _uses(request: DraftRequest, municipality: str) -> QuerySet[Wording]:
    language, register = use_of(request.language)
    return Wording.objects.filter(
        municipality_code=municipality,
        programme=request.programme,
        event=request.event,
        kind=request.kind,
        language=language,
        register=register,
    )
