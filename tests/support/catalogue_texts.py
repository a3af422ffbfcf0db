"""Notices composed from the real catalogue, with the templates' texts as if approved: what a resident would read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from eligibility.assess import example_facts, facts_from, judge
from eligibility.catalogue import files
from eligibility.judge import dates_of, facts_of
from eligibility.programme import Programme, read_programme
from notices.wording.compose import Composed, ItemContent, compose
from notices.wording.draft import TemplateDrafter, requests_for
from notices.wording.guard import version_of
from notices.wording.public import public_facts
from tests.django_settings import OFFICES as SLUGS
from tests.support.wordings import NARA, OFFICES, Text

HAPPENED = date(2026, 11, 12)
BIRTH = ("child_allowance", "child_medical_subsidy", "infant_health_checks")


class CatalogueShelf:
    """The templates' text for each use of these programmes."""

    def __init__(self, programmes: Sequence[Programme], language: str) -> None:
        facts = [public_facts(programme) for programme in programmes]
        self._requests = {(one.programme, one.event): one for one in requests_for(facts, languages=[language])}

    def approved(
        self, municipality: str, programme: str, event: str, kind: str, language: str, register: str
    ) -> Text | None:
        """The text, as if an officer had approved it."""
        request = self._requests.get((programme, event))
        if request is None:
            return None
        sections = TemplateDrafter().draft(request).sections
        return Text(sections=sections, version=version_of(sections))


def catalogue_text(language: str, *, event: str = "E01", slugs: Sequence[str] = BIRTH) -> Composed:
    """One notice of these programmes, by the facts of the first example of each that may be eligible."""
    programmes = [read_programme(path) for path in files() if path.stem in slugs]
    items = [_item(programme, event) for programme in programmes]
    return compose(
        event=event, number="N-2026-004217", language=language, municipality=NARA, offices=_offices(), items=items,
        occurred_on=HAPPENED,
        library=CatalogueShelf(programmes, language),
    )  # fmt: skip


def _offices() -> Mapping[str, Any]:
    usual = next(iter(OFFICES.values()))
    return dict.fromkeys(SLUGS, usual) | OFFICES


def _item(programme: Programme, event: str) -> ItemContent:
    example = next(one for one in programme.examples if one.verdict in {"eligible", "possible"})
    occurred = date.fromisoformat(str(example.event.get("occurred_on", HAPPENED)))
    case, _ = judge(programme, facts_from(example_facts(example), example.as_of))
    dates = dates_of(programme, occurred, example.as_of)
    return ItemContent(
        programme=programme.slug,
        kind=programme.triggers[event].kind,
        office=programme.office,
        facts=facts_of(programme, case, occurred=occurred, on=example.as_of, event=event),
        due_on=None if dates.late else dates.due,
        late=dates.late,
    )
