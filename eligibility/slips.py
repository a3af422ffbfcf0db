"""What a file got wrong, said to somebody who writes rules and no Python: found, allowed, the nearest name. In Japanese: `japanese`."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

import yaml

from eligibility.language.parse import did_you_mean

#: what pydantic calls an error → what belongs there
_WANTED: Mapping[str, str] = {
    "tuple_type": "a list, each entry on a line of its own behind «- »",
    "dict_type": "fields, each on a line of its own as «name: value»",
    "model_type": "fields, each on a line of its own as «name: value»",
    "model_attributes_type": "fields, each on a line of its own as «name: value»",
    "string_type": "a text; put it in quotes",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "date_type": "a date, YYYY-MM-DD",
    "date_parsing": "a date, YYYY-MM-DD",
    "date_from_datetime_parsing": "a date, YYYY-MM-DD",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}
_PATTERNS: Mapping[str, str] = {
    r"^E\d{2}$": "an event's number such as E25; docs/glossary.md lists them",
    r"^[a-z][a-z0-9_]*$": "a name of small letters, digits and _, beginning with a letter",
}
#: what stands for one of ours and is not made narrow by Unicode
_NARROW = str.maketrans(
    {"‘": "'", "’": "'", "“": "'", "”": "'", "「": "'", "」": "'", "、": ",", "≦": "<=", "≧": ">=", "≠": "<>"}
)
#: a name in front of a full-width colon, a full-width space before anything else, a full-width brace or bracket
_WIDE_YAML = re.compile(
    r"(?:^\s*(?:- +)?|[{,]\s*)[a-z0-9_]+(?P<colon>：)|^[ -]*(?P<space>\u3000)|(?P<brace>[｛｝［］])",
    re.ASCII | re.MULTILINE,
)
#: what programming languages write → what a rule writes
_SIGNS: Mapping[str, str] = {"==": "=", "!=": "<>", "&&": "and", "||": "or"}
_DAY = "a day of the year, MM-DD in quotes"
_SHOWN = 40
#: what else people write for a unit
_SAME: Mapping[str, str] = {
    "YEN": "JPY",
    "円": "JPY",
    "円/月": "JPY/month",
    "年": "years",
    "歳": "years",
    "か月": "months",
    "日": "days",
}


def said(error: Mapping[str, Any], names: Collection[str]) -> str:
    """One of pydantic's errors in words. `names`: every field there is."""
    kind, found = error["type"], error["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"there is no such field; {did_you_mean(str(error['loc'][-1]), names)}see `todoke programmes schema`"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"{found!r} is not allowed; {did_you_mean(_SAME.get(str(found).upper(), str(found)), allowed)}use {', '.join(allowed)}"
    if kind == "string_pattern_mismatch":
        return f"{found!r} must be {_PATTERNS.get(error['ctx']['pattern'], _DAY)}"
    if kind in {"model_type", "model_attributes_type"} and error.get("ctx", {}).get("class_name") == "Text":
        return f"{str(found)[:_SHOWN]!r} must be a text in both languages, {{ja: …, en: …}}"
    if kind in _WANTED:
        return f"{str(found)[:_SHOWN]!r} must be {_WANTED[kind]}"
    return str(error["msg"]).removeprefix("Value error, ")


def misread(error: yaml.MarkedYAMLError) -> str:
    """What a YAML reader stumbled over, in words; its own where it is none of the slips people make."""
    mark, problem = error.problem_mark, str(error.problem)
    buffer = mark.get_snippet() if mark is not None else None
    if "cannot start any token" in problem and (buffer is None or "\t" in buffer):
        return "a tab stands at the beginning of the line; use spaces"
    if "expected node content" in problem:
        return "a value is missing between two commas or brackets"
    if "mapping values are not allowed" in problem:
        return "a second «: » stands in the line; put a text that holds one in quotes"
    return problem


def foreign_in_rule(expression: str) -> str:
    """What of a rule stands in full width, in Japanese or in the signs of programmers, and what to write; '' when nothing does."""
    sign = next((one for one in _SIGNS if one in expression), None)
    if sign is not None:
        return f"«{sign}» is no sign of a rule; write «{_SIGNS[sign]}»"
    found = re.search(r"[^\x00-\x7f]+", expression)
    if found is None:
        return ""
    narrow = unicodedata.normalize("NFKC", found.group().translate(_NARROW))
    if narrow.isascii():
        return f"«{found.group()}» is written in full width; write «{narrow}»"
    return f"«{found.group()}» is Japanese, which a rule does not read; docs/tables has the names of columns and codes"


def wide_in_yaml(text: str) -> tuple[int, int, str] | None:
    """Line, column and what to write, where a file that is no YAML has a full-width colon, space or bracket."""
    found = _WIDE_YAML.search(text)
    if found is None:
        return None
    letter = next(name for name, at in found.groupdict().items() if at)
    start = found.start(letter)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    narrow = unicodedata.normalize("NFKC", found[letter])
    return line, column, f"«{found[letter]}» is written in full width; write «{narrow}»"
