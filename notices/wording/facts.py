"""The typed facts of a match and how each reads in a language. The text of a notice gets facts from here and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from engine.core.errors import WordingError
from engine.core.settings import Office
from notices.wording.figures import date_figure, figures, yen_figure
from notices.wording.language import Language, read_language

PLACE_OF_AMOUNT = "…"  #: where a label holds its amount: お子さん1人につき月…


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Told(_Fact):
    model_config = ConfigDict(frozen=True, extra="allow")  # a programme may bring a language of its own


class Said(_Told):
    """One public text of a programme in each language it was signed off in; the others have it in their phrases."""

    ja: str = ""
    en: str = ""

    def in_language(self, code: str) -> str:
        """The text, or empty where nobody signed one off in that language."""
        return _said(code, self.ja, str(getattr(self, code, "")))


class Question(Said):
    """A condition the reader checks: a criterion whose unknown means ask."""

    id: str


class DateFact(_Fact):
    """A calendar date in Asia/Tokyo."""

    type: Literal["date"] = "date"
    value: date


class Amount(_Told):
    """An amount with its own label, so that two cannot swap roles. `text` amounts are words only."""

    type: Literal["yen", "yen_per_month", "text"]
    value: int | str | None = None
    label_ja: str = ""
    label_en: str = ""


def _listed(value: object) -> object:
    if value in (None, ""):
        return ()
    return value if isinstance(value, list | tuple) else (value,)


class Facts(_Fact):
    """The `facts` column of a match."""

    name: Said
    office: str
    gives: Said = Said()
    how_to_apply: Said = Said()
    deadline: DateFact | None = None
    amount: Annotated[tuple[Amount, ...], BeforeValidator(_listed)] = ()
    documents: tuple[Said, ...] = ()
    ask: tuple[Question, ...] = ()
    occurred_on: DateFact | None = None
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What a slot is filled with: the text, the figures it must read as, and lines that must stay whole."""

    text: str
    figures: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def _said(code: str, ja: str, own: str) -> str:
    return own or read_language(code).phrases.get(ja, "")


def read_facts(values: Mapping[str, Any]) -> Facts:
    """The facts of a match from its JSON. Raises WordingError naming the fact that cannot be read, never its value."""
    try:
        return Facts.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WordingError(f"facts of a match: {where}: {first['msg']}") from None


def untold(facts: Facts, language: Language) -> list[str]:
    """The public texts of these facts, in Japanese, that have no wording in the language."""
    said = [facts.name, facts.gives, facts.how_to_apply, *facts.documents, *facts.ask]
    told = {text.ja: text.in_language(language.code) for text in said}
    told |= {amount.label_ja: amount_label(amount, language) for amount in facts.amount}
    return [ja for ja, text in told.items() if ja and not text]


def amount_label(amount: Amount, language: Language) -> str:
    """What an amount is for, in the language."""
    return _said(language.code, amount.label_ja, str(getattr(amount, f"label_{language.code}", "")))


def fact_slots(facts: Facts, language: Language, office: Office) -> dict[str, Slot | None]:
    """Every slot a programme block may hold, filled for one language; None where the match has no such fact."""
    how = facts.how_to_apply.in_language(language.code)
    documents = tuple(said.in_language(language.code) for said in facts.documents)
    return {
        "programme": words(facts.name.in_language(language.code), language),
        "gives": words(facts.gives.in_language(language.code), language),
        "amount": _amounts(facts.amount, language),
        "deadline": _deadline(facts, language),
        "how": words(how, language),
        "how_short": words(_first_sentence(how, language), language),
        "documents": words(language.list_separator.join(filter(None, documents)), language),
        **office_slots(office, language),
    }


def office_slots(office: Office, language: Language) -> dict[str, Slot | None]:
    """The slots that say where to ask. Outside Japanese the office's Japanese name stands beside the other: it is on the door."""
    return {
        "office": words(_office_name(office, language), language),
        "place": words(_of(office, "place", language), language),
        "phone": words(office.phone, language),
        "hours": words(_of(office, "hours", language), language),
    }


def words(text: str, language: Language) -> Slot | None:
    """A slot for a public text as it stands; None when there is none."""
    return Slot(text=text, figures=figures(text, language)) if text else None


def date_slot(on: date, language: Language, *, since: date | None, both: bool = False) -> Slot:
    """A slot for a date. The year is said when it is not the year of `since`, so a far deadline cannot be misread."""
    if both:
        return Slot(text=language.say_date(on, both=True), figures=(date_figure(on, with_year=True, both=True),))
    with_year = language.always_with_year or since is None or on.year != since.year
    return Slot(text=language.say_date(on, with_year=with_year), figures=(date_figure(on, with_year=with_year),))


def _deadline(facts: Facts, language: Language) -> Slot | None:
    if facts.deadline is None:
        return None
    return date_slot(facts.deadline.value, language, since=facts.occurred_on.value if facts.occurred_on else None)


def _amounts(amounts: Sequence[Amount], language: Language) -> Slot | None:
    said = [slot for slot in (_amount(amount, language) for amount in amounts) if slot]
    if not said:
        return None
    lines = tuple(slot.text for slot in said)
    return Slot(text="\n".join(lines), figures=tuple(figure for slot in said for figure in slot.figures), lines=lines)


def _amount(amount: Amount, language: Language) -> Slot | None:
    label = amount_label(amount, language)
    if amount.type == "text" or not isinstance(amount.value, int):
        return words(label or str(amount.value or ""), language)
    before, place, after = label.partition(PLACE_OF_AMOUNT)
    per_month = amount.type == "yen_per_month" and not (place and any(word in label for word in language.month_words))
    figure = language.say_yen(amount.value, per_month=per_month)
    gap = "" if place or not label else language.label_gap
    return Slot(
        text=f"{before}{gap}{figure}{after}".strip(),
        figures=(*figures(before, language), yen_figure(amount.value), *figures(after, language)),
    )


def _first_sentence(text: str, language: Language) -> str:
    end = text.find(language.sentence_end)
    return text if end < 0 else text[: end + len(language.sentence_end)]


def _office_name(office: Office, language: Language) -> str:
    said = _of(office, "name", language)
    return said if said == office.name_ja or language.code == "en" else f"{said} ({office.name_ja})"


def _of(office: Office, name: str, language: Language) -> str:
    ja = str(getattr(office, f"{name}_ja"))
    return language.phrases.get(ja) or str(getattr(office, f"{name}_{language.names_from}"))
