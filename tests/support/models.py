"""What tests of model drafters ask for, and a schema whose only answers are approved phrases."""

from typing import Any

from notices.wording.draft import DraftRequest, TemplateDrafter

REQUEST = DraftRequest(
    programme="child_allowance", event="E01", kind="entitlement", language="ja", has_amount=True, has_deadline=True,
    has_documents=True, name="児童手当", gives="子どもを育てるためのお金です。", public_texts=("児童手当",),
)  # fmt: skip
OPENING = DraftRequest(programme="", event="E30", kind="information", language="ja")  #: a short text for a slow model


def short_strings(request: DraftRequest = OPENING) -> dict[str, Any]:
    """The sections, each of a few characters: a tiny model of random weights never ends a string by itself."""
    names = list(TemplateDrafter().draft(request).sections)
    return {
        "type": "object",
        "properties": {name: {"type": "string", "minLength": 8, "maxLength": 12} for name in names},
        "required": names,
        "additionalProperties": False,
    }


def approved_phrases(request: DraftRequest = OPENING) -> dict[str, Any]:
    """Each section may only be what the template says: a real model then writes what the guard accepts."""
    sections = TemplateDrafter().draft(request).sections
    return {
        "type": "object",
        "properties": {name: {"type": "string", "enum": [text]} for name, text in sections.items()},
        "required": list(sections),
        "additionalProperties": False,
    }
