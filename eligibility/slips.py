"""What a file's field got wrong, said to somebody who writes rules and no Python: found, allowed, the nearest right name."""

import re
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
    return problem
