import json
from dataclasses import replace

from notices.wording import prompt
from notices.wording.slots import BLOCK_SECTIONS
from tests.support.models import REQUEST


def test_the_schema_asks_for_every_section_and_nothing_else() -> None:
    schema = prompt.schema(REQUEST)
    assert set(schema["required"]) == set(schema["properties"]) == set(BLOCK_SECTIONS)
    assert schema["additionalProperties"] is False


def test_a_model_is_told_public_facts_and_the_slots_of_each_section() -> None:
    told = json.loads(prompt.asked(REQUEST))
    assert told["facts"] == ["児童手当"]
    assert told["sections"]["by_when"]["must_show"] == ["deadline"]
    assert told["tone"] == "plain"


def test_the_recipe_is_of_facts_prompt_model_and_language() -> None:
    first = prompt.recipe(REQUEST, drafter="a")
    assert first == prompt.recipe(REQUEST, drafter="a")
    others = {
        prompt.recipe(REQUEST, drafter="b"),
        prompt.recipe(replace(REQUEST, language="en"), drafter="a"),
        prompt.recipe(replace(REQUEST, public_texts=("別の文",)), drafter="a"),
    }
    assert len(others | {first}) == 4


def test_an_unfinished_answer_keeps_its_stop_reason() -> None:
    assert prompt.draft_of('{"a": ', "max_tokens").stop_reason == "max_tokens"
    assert prompt.draft_of('{"a": ', "end_turn").stop_reason == prompt.MALFORMED
    assert prompt.draft_of('{"a": "b"}', "end_turn").sections == {"a": "b"}
