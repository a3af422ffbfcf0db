"""A shelf of approved texts in memory and matches worth writing about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.core.settings import Municipality, Office
from notices.wording.compose import Composed, ItemContent, compose
from notices.wording.draft import DraftRequest, TemplateDrafter
from notices.wording.guard import version_of
from notices.wording.language import KINDS, languages

NARA = Municipality(code="292010", name_ja="奈良市", name_en="Nara City", site_url="https://www.city.example")
OFFICES = {
    slug: Office(name_ja=ja, name_en=en, place_ja=place, place_en=place_en, phone=f"0742-00-000{digit}")
    for digit, (slug, ja, en, place, place_en) in enumerate(
        (
            ("child_benefits", "こども給付課", "Child Benefits Section", "市役所2階", "City Hall, 2nd floor"),
            ("maternal_health", "母子保健課", "Maternal and Child Health Section", "保健所3階", "Health Centre, 3rd floor"),
            ("insurance", "国保年金課", "Health Insurance and Pension Section", "市役所1階", "City Hall, 1st floor"),
        ),
        start=1,
    )
}  # fmt: skip
BORN_ON = date(2026, 11, 20)


@dataclass(frozen=True, kw_only=True)
class Text:
    """An approved text in memory."""

    sections: Mapping[str, str]
    version: str


class Shelf:
    """A library in which the template drafter's texts are approved, for the languages it was given."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes or languages()

    def approved(
        self, municipality: str, programme: str, event: str, kind: str, language: str, register: str
    ) -> Text | None:
        """The template's text, as if an officer had approved it."""
        found = [known for known in KINDS if known == kind]
        if language not in self.codes or not found:
            return None
        request = DraftRequest(
            programme=programme,
            event=event,
            kind=found[0],
            language=language,
            has_amount=True,
            has_deadline=True,
            has_documents=True,
        )
        sections = TemplateDrafter().draft(request).sections
        return Text(sections=sections, version=version_of(sections))


def said(ja: str, en: str) -> dict[str, str]:
    """A public text in every language; only Japanese and English are more than a stand-in."""
    others = dict.fromkeys(set(languages()) - {"ja", "ja-easy", "en"}, en)
    return {"ja": ja, "en": en, "ja-easy": "せいど", **others}


def labelled(ja: str, en: str) -> dict[str, str]:
    """The label of an amount in every language."""
    return {f"label_{code}": text.replace("せいど", "あわせて…") for code, text in said(ja, en).items()}


def child_allowance(*, due_on: date | None = date(2026, 12, 8), late: bool = False) -> ItemContent:
    """The allowance with two labelled amounts that must not swap, a deadline, documents and a question to ask."""
    facts: dict[str, Any] = {
        "name": said("児童手当", "Child Allowance"),
        "gives": said("子どもを育てるためのお金です。", "Money for bringing up children."),
        "amount": [
            {
                "type": "yen_per_month",
                "value": 15000,
                **labelled(
                    "第1子・第2子：お子さん1人につき月…（3歳になる月まで）",
                    "First and second child: … a month each, until the month they turn 3",
                ),
            },
            {
                "type": "yen_per_month",
                "value": 30000,
                **labelled("第3子から：お子さん1人につき月…", "From the third child: … a month each"),
            },
        ],
        "deadline": {"type": "date", "value": due_on.isoformat()} if due_on else None,
        "occurred_on": {"type": "date", "value": BORN_ON.isoformat()},
        "office": "child_benefits",
        "documents": [said("あなたの通帳", "your bank book"), said("本人確認の書類", "proof of identity")],
        "how_to_apply": said(
            "市役所の窓口に申請書を出してください。郵便でも出せます。",
            "Hand in the form at City Hall. You can also post it.",
        ),
        "ask": [
            {
                "id": "public_servant",
                **said(
                    "あなた（または配偶者）は公務員ですか。公務員の方は勤務先へ申請してください。",
                    "Are you or your spouse a public servant? Then apply at work.",
                ),
            }
        ],
        "late": late,
    }
    return ItemContent(
        programme="child_allowance", kind="entitlement", office="child_benefits", facts=facts, due_on=due_on, late=late
    )


def child_medical_subsidy() -> ItemContent:
    """A subsidy without deadline and amount."""
    facts = {
        "name": said("子ども医療費助成", "Child Medical Subsidy"),
        "gives": said(
            "お子さんが病院にかかったときに払うお金の一部を助成します。",
            "Part of what you pay when your child sees a doctor.",
        ),
        "office": "child_benefits",
        "documents": [said("お子さんの保険のわかるもの", "your child's insurance details")],
        "how_to_apply": said("市役所の窓口に申請書を出してください。", "Hand in the form at City Hall."),
        "amount": None,
        "deadline": None,
        "ask": [],
        "late": False,
    }
    return ItemContent(programme="child_medical_subsidy", kind="entitlement", office="child_benefits", facts=facts)


def infant_health_checks() -> ItemContent:
    """Something the city does by itself."""
    facts = {
        "name": said("4か月児健康診査", "Health check at 4 months"),
        "gives": said("お子さんの健康と育ちを見ます。無料です。", "We check how your child grows. It is free."),
        "office": "maternal_health",
        "how_to_apply": said(
            "案内が郵便で届くのを待ってください。届いたら、日時を確かめてください。",
            "Wait for our letter. Then check the day.",
        ),
    }
    return ItemContent(programme="infant_health_checks", kind="information", office="maternal_health", facts=facts)


def funeral_grant() -> ItemContent:
    """What follows a death: due two years later."""
    facts = {
        "name": said("国民健康保険 葬祭費", "NHI funeral expenses"),
        "gives": said("葬儀を行った方にお渡しするお金です。", "Money for the person who held the funeral."),
        "amount": {"type": "yen", "value": 30000, **labelled("葬祭費", "Funeral expenses")},
        "deadline": {"type": "date", "value": "2028-11-18"},
        "occurred_on": {"type": "date", "value": BORN_ON.isoformat()},
        "office": "insurance",
        "documents": [said("葬儀の領収書", "the receipt of the funeral")],
        "how_to_apply": said("市役所の窓口に申請書を出してください。", "Hand in the form at City Hall."),
        "ask": [{"id": "held_funeral", **said("あなたは葬儀を行った方ですか。", "Did you hold the funeral?")}],
    }
    return ItemContent(
        programme="nhi_funeral_grant", kind="entitlement", office="insurance", facts=facts, due_on=date(2028, 11, 18)
    )


def birth_items() -> list[ItemContent]:
    """What a birth leads to, not yet in order."""
    return [infant_health_checks(), child_medical_subsidy(), child_allowance()]


def written(items: Sequence[ItemContent] | None = None, *, event: str = "E01", language: str = "ja") -> Composed:
    """A composed notice."""
    return compose(
        event=event, number="N-2026-004217", language=language, municipality=NARA, offices=OFFICES,
        items=birth_items() if items is None else items, occurred_on=BORN_ON, library=Shelf(),
    )  # fmt: skip
