import dataclasses
import typing

import pytest

from engine.core.errors import WordingError
from notices.wording.draft import DraftRequest, PublicFacts, TemplateDrafter, requests_for
from notices.wording.facts import Said

ALLOWED = {
    "programme", "event", "kind", "language", "register", "name", "gives", "how_to_apply",
    "has_amount", "has_deadline", "has_documents", "office", "public_texts", "untold",
}  # fmt: skip
FACTS = PublicFacts(
    programme="child_allowance",
    kinds={"E01": "entitlement", "E05": "information"},
    name=Said(ja="児童手当", en="Allowance"),
)


def test_a_draft_request_has_no_field_a_resident_could_be_put_in() -> None:
    assert {field.name for field in dataclasses.fields(DraftRequest)} == ALLOWED
    hints = typing.get_type_hints(DraftRequest)
    plain = {
        name
        for name, hint in hints.items()
        if hint in {str, bool, tuple[str, ...]} or typing.get_origin(hint) is typing.Literal
    }
    assert plain == ALLOWED


def test_requests_are_every_block_and_every_opening_in_every_language() -> None:
    asked = [
        (request.programme, request.event, request.kind, request.language)
        for request in requests_for([FACTS], languages=["ja", "en"])
    ]
    assert asked == [
        ("child_allowance", "E01", "entitlement", "ja"), ("child_allowance", "E01", "entitlement", "en"),
        ("child_allowance", "E05", "information", "ja"), ("child_allowance", "E05", "information", "en"),
        ("", "E01", "information", "ja"), ("", "E01", "information", "en"),
        ("", "E05", "information", "ja"), ("", "E05", "information", "en"),
    ]  # fmt: skip


def test_the_template_drafter_writes_slots_not_facts() -> None:
    request = next(iter(requests_for([FACTS], languages=["ja"])))
    sections = TemplateDrafter().draft(request).sections
    assert "{deadline}" in sections["by_when"]
    assert "児童手当" not in "".join(sections.values())


def test_an_event_without_its_own_opening_gets_the_neutral_one() -> None:
    request = DraftRequest(programme="", event="E99", kind="information", language="ja")
    assert TemplateDrafter().draft(request).sections["title"] == "手続きのお知らせ"


def test_a_kind_without_templates_is_an_error() -> None:
    request = DraftRequest(programme="x", event="E01", kind="gift", language="ja")  # type: ignore[arg-type]
    with pytest.raises(WordingError, match="gift"):
        TemplateDrafter().draft(request)


def test_a_recipe_changes_with_the_facts_and_the_language_and_with_nothing_else() -> None:
    first, second = list(requests_for([FACTS], languages=["ja", "en"]))[:2]
    drafter = TemplateDrafter()
    assert drafter.recipe(first) == drafter.recipe(dataclasses.replace(first))
    others = {drafter.recipe(second), drafter.recipe(dataclasses.replace(first, gives="お金です。"))}
    assert drafter.recipe(first) not in others


def test_what_is_not_said_in_a_language_goes_with_the_request() -> None:
    facts = dataclasses.replace(FACTS, others=(Said(ja="誰も訳していない文", en="A sentence"),))
    asked = {
        request.language: request for request in requests_for([facts], languages=["en", "ko"]) if request.programme
    }
    assert asked["en"].untold == ()
    assert asked["ko"].untold == ("誰も訳していない文",)
