"""What is said in English where it is raised, in the desk's words: refusals, halts of a night, files that were refused.

The command line prints the English and the stores keep it, so a saying is known here by its form: the English of `words/sayings.yaml`
with what stood at each {name}, which is then said in Japanese too where it is a code, a table or another saying.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from string import Formatter
from typing import Final

from engine.records.contract import load_contracts
from engine.records.explaining import reasons
from notices.desk.catalogue import Phrases, messages
from notices.site import installed

PREFIX: Final = "said."
#: what can stand at a {name}, where not anything can
_LOOKS: Mapping[str, str] = {"date": r"[^/]+", "file": r"[^/]+?"}


def in_words(said: str, t: Phrases) -> str:
    """A saying in the reader's language; one that nobody has words for as it was said."""
    if t.language == "en":
        return said
    for key, form in _forms():
        found = form.fullmatch(said)
        if found:
            return t(key, **{name: _shown(name, value, t) for name, value in found.groupdict().items()})
    return said


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every saying with its form; what says most of its own accord comes first, so that no wider one takes its place."""
    english = {key: words["en"] for key, words in messages().items() if key.startswith(PREFIX)}
    keys = sorted(english, key=lambda key: -sum(len(text) for text, *_ in Formatter().parse(english[key])))
    return tuple((key, _form(english[key])) for key in keys)


def _form(english: str) -> re.Pattern[str]:
    parts = Formatter().parse(english)
    holes = ((text, f"(?P<{name}>{_LOOKS.get(name, '.+?')})" if name else "") for text, name, *_ in parts)
    return re.compile("".join(re.escape(text) + hole for text, hole in holes))


def _shown(name: str, value: str, t: Phrases) -> str:
    show = _SHOW.get(name)
    return show(value, t) if show else value


def _several(said: str, t: Phrases) -> str:
    return t("frame.comma").join(in_words(one, t) for one in said.split("; "))


def _table(name: str, t: Phrases) -> str:
    contract = load_contracts().get(name)
    return contract.ja if contract else name


def _office(slug: str, t: Phrases) -> str:
    office = installed().offices.get(slug)
    return office.name_ja if office else slug


def _row_reason(reason: str, t: Phrases) -> str:
    code, _, column = reason.partition(": ")
    told = reasons().get(code)
    return told["ja"].format(column=column).rstrip("。") if told else reason


def _codes(prefix: str, between: str = "") -> Callable[[str, Phrases], str]:
    """Codes of one kind by their words: one, or several with what stands between them."""

    def shown(value: str, t: Phrases) -> str:
        codes = value.split(between) if between else [value]
        return t("frame.comma").join(t.or_code(prefix, code) for code in codes)

    return shown


#: how what stood at a {name} is shown; everything else is shown as it was said
_SHOW: Mapping[str, Callable[[str, Phrases], str]] = {
    "said": in_words,
    "saids": _several,
    "table": _table,
    "office": _office,
    "state": _codes("state"),
    "to_state": _codes("state"),
    "text_state": _codes("wording_state"),
    "task_state": _codes("task_state"),
    "stop": _codes("stop"),
    "roles": _codes("role", " or "),
    "programme": _codes("programme"),
    "event": _codes("event"),
    "kind": _codes("text_kind"),
    "language": _codes("language"),
    "findings": _codes("finding", ", "),
    "row_reason": _row_reason,
}
