"""A probable signal in words: what it is, how likely, and which features spoke."""

from collections.abc import Mapping, Sequence
from typing import Any

from events.probable.registry import model_of

#: what a model can never say, told with every one
_LIMIT = {
    "ja": "記録からの推定で、事実ではありません。お知らせの根拠にはなりません。",
    "en": "An estimate from records, not a fact; it is never the ground of a notice.",
}


def spoken(code: str, spoke: Sequence[Sequence[Any]], lang: str) -> list[str]:
    """The features that raised the probability, strongest first; a number is told where it is more than yes or no."""
    features = model_of(code).features
    return [f"{getattr(features[name], lang)}{_amount(float(value))}" for name, value in spoke]


def paragraph(row: Mapping[str, Any], lang: str) -> str:
    """One row of `events.probable`, with `spoke` as a list, in a paragraph."""
    model, reasons = model_of(row["code"]), spoken(row["code"], row["spoke"], lang)
    percent = f"{row['probability']:.0%}".replace("%", " %")
    if lang == "en":
        head = f"{model.en} ({model.code}): {percent}, scored on {row['night']} from the record first seen on {row['seen_on']}."
        why = f" It rose because of: {'; '.join(reasons) or 'nothing in particular'}."
        given = " Given to staff." if row["chosen"] else " Not given to staff: below what the office can call."
        return f"{head}{why}{given} {_LIMIT['en']}"
    head = (
        f"{model.ja}（{model.code}）：{percent}。{row['seen_on']}に届いた記録から、{row['night']}の夜に計算しました。"
    )
    why = f"高くした項目：{'、'.join(reasons) or '特になし'}。"
    given = (
        "職員の確認に回しました。" if row["chosen"] else "課が連絡できる件数の外のため、職員の確認には回していません。"
    )
    return f"{head}{why}{given}{_LIMIT['ja']}"


def _amount(value: float) -> str:
    return "" if value == 1 else f" = {value:.3g}"
