"""From a published programme to what it says of itself to everybody."""

from collections.abc import Iterator

from eligibility.parts import Text
from eligibility.programme import Programme
from notices.wording.draft import PublicFacts
from notices.wording.facts import Said
from notices.wording.language import voices


def public_facts(programme: Programme) -> PublicFacts:
    """The public side of a programme: its texts and which facts its matches carry. Nothing of any person.

    Only of the causes (events, and a sweep) that have a voice: the others never lead to a notice (staff tasks, or nothing yet),
    and a match of one that should would become a `wording_missing` task.
    """
    return PublicFacts(
        programme=programme.slug,
        office=programme.office,
        kinds={cause: kind for cause, kind in programme.kinds.items() if cause in voices()},
        name=Said.model_validate(programme.name.model_dump()),
        gives=Said.model_validate(programme.gives.model_dump()),
        how_to_apply=Said.model_validate(programme.how_to_apply.model_dump()),
        has_amount=bool(programme.amounts),
        has_deadline=programme.deadline is not None,
        has_documents=bool(programme.documents),
        others=tuple(Said.model_validate(text.model_dump()) for text in _others(programme)),
    )


def _others(programme: Programme) -> Iterator[Text]:
    """What a notice may show besides name, gain and way to apply: documents, questions, labels of amounts."""
    yield from programme.documents
    yield from (amount.label for amount in programme.amounts)
    yield from (one.ask for one in programme.criteria.criteria() if one.when_unknown == "ask" and one.ask)
    yield from (trigger.how_to_apply for trigger in programme.triggers.values() if trigger.how_to_apply)
