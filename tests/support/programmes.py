"""A small programme to change piece by piece."""

import copy
from typing import Any

TEXT = {"ja": "文", "en": "text"}

PLAIN: dict[str, Any] = {
    "slug": "plain",
    "name": TEXT,
    "law": {"name": "法", "articles": "1条"},
    "office": "child_benefits",
    "level": "municipal",
    "recipient": "self",
    "valid_from": "2026-04-01",
    "verified_on": "2026-11-01",
    "next_review": "2027-10-01",
    "triggers": {"E01": {"kind": "entitlement"}},
    "gives": TEXT,
    "how_to_apply": TEXT,
    "reads": {"residents": {"basis": "法2条", "columns": ["birth_date"]}},
    "values": {
        "age_limit": {
            "unit": "years",
            "source": "法3条",
            "verified_on": "2026-11-01",
            "next_review": "2027-04-01",
            "values": {"2026-04-01": 18, "2027-04-01": 20},
        },
        "grant": {
            "unit": "JPY",
            "source": "法4条",
            "verified_on": "2026-11-01",
            "next_review": "2027-04-01",
            "values": {"2026-04-01": 30000},
        },
    },
    "criteria": {
        "all": [
            {
                "id": "young",
                "label": TEXT,
                "expr": "age_on(subject.birth_date, as_of) < value('age_limit')",
                "cites": "法5条",
                "verify": TEXT,
            },
            {"id": "asked", "label": TEXT, "cites": "法6条", "when_unknown": "ask", "ask": TEXT},
        ]
    },
    "amounts": [{"value": "grant", "label": TEXT}],
    "examples": [
        {"name": f"example {number}", "as_of": "2026-11-20", "subject": {"birth_date": born}, "verdict": verdict}
        for number, (born, verdict) in enumerate(
            [
                ("2020-01-01", "possible"),
                ("2008-11-21", "possible"),
                ("2008-11-20", "ineligible"),
                ("1990-01-01", "ineligible"),
            ]
        )
    ],
}


def plain(**changes: Any) -> dict[str, Any]:
    """The plain programme with some of its parts replaced; a part that is None is left out."""
    values = copy.deepcopy(PLAIN) | changes
    return {name: value for name, value in values.items() if value is not None}
