"""From a published programme to what it says of itself to everybody."""

from eligibility.programme import Programme
from notices.wording.draft import PublicFacts
from notices.wording.facts import Said


def public_facts(programme: Programme) -> PublicFacts:
    """The public side of a programme: its texts and which facts its matches carry. Nothing of any person."""
    return PublicFacts(
        programme=programme.slug,
        kinds={event: trigger.kind for event, trigger in programme.triggers.items()},
        name=Said.model_validate(programme.name.model_dump()),
        gives=Said.model_validate(programme.gives.model_dump()),
        how_to_apply=Said.model_validate(programme.how_to_apply.model_dump()),
        has_amount=bool(programme.amounts),
        has_deadline=programme.deadline is not None,
        has_documents=bool(programme.documents),
    )
