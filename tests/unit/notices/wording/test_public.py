from datetime import date
from pathlib import Path

import pytest

from eligibility.assess import example_facts, facts_from, judge
from eligibility.catalogue import files
from eligibility.judge import facts_of
from eligibility.programme import read_programme
from notices.wording.compose import ItemContent, compose
from notices.wording.draft import TemplateDrafter, requests_for
from notices.wording.guard import check, version_of
from notices.wording.language import voices
from notices.wording.public import public_facts
from notices.wording.verdict import subject_of
from tests.support.wordings import BORN_ON, NARA, OFFICES, Text

OFFICE = OFFICES["insurance"]
PROGRAMMES = [pytest.param(path, id=path.stem) for path in files()]


class _Drafted:
    """A library holding what the template drafter writes for one programme, each text held to the guard."""

    def __init__(self, path: Path) -> None:
        self.texts: dict[tuple[str, str, str, str], Text] = {}
        for request in requests_for([public_facts(read_programme(path))], languages=["ja", "en"]):
            sections = TemplateDrafter().draft(request).sections
            assert check(sections, subject_of(request)) == []
            self.texts[request.programme, request.event, request.kind, request.language] = Text(
                sections=sections, version=version_of(sections)
            )

    def approved(
        self, municipality: str, programme: str, event: str, kind: str, language: str, register: str
    ) -> Text | None:
        return self.texts.get((programme, event, kind, language))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", PROGRAMMES)
def test_every_example_of_every_programme_makes_a_notice(path: Path, language: str) -> None:
    programme, library = read_programme(path), _Drafted(path)
    for example in programme.examples:
        case, _ = judge(programme, facts_from(example_facts(example), example.as_of))
        occurred = date.fromisoformat(str(example.event["occurred_on"])) if "occurred_on" in example.event else BORN_ON
        facts = facts_of(programme, case, occurred=occurred, on=example.as_of)
        due_on = date.fromisoformat(facts["deadline"]["value"]) if facts["deadline"] else None
        for event, trigger in ((event, one) for event, one in programme.triggers.items() if event in voices()):
            item = ItemContent(
                programme=programme.slug, kind=trigger.kind, office=programme.office, facts=facts, due_on=due_on,
                late=facts["late"], sensitivity=programme.sensitivity,
            )  # fmt: skip
            composed = compose(
                event=event, number="N-2026-000001", language=language, municipality=NARA,
                offices={programme.office: OFFICE}, items=[item], occurred_on=occurred, library=library,
            )  # fmt: skip
            assert composed.findings == []
            assert composed.text["cards"][0]["name"] == getattr(programme.name, language)


@pytest.mark.parametrize("path", PROGRAMMES)
def test_public_facts_say_what_the_programme_has(path: Path) -> None:
    programme = read_programme(path)
    facts = public_facts(programme)
    assert facts.kinds.keys() == programme.kinds.keys() & voices().keys()
    assert (facts.has_amount, facts.has_deadline) == (bool(programme.amounts), programme.deadline is not None)
