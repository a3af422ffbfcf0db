"""Frozen records as JSON and back, types and all: each record is written once, however often it stands in what is written.

A number, a text, true, false and nothing are themselves. All else is a list that begins with what it is; a record, with the place it was
written at among the records.
"""

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

_RECORD, _DATE, _TUPLE, _SET, _MAP = "#", "date", "tuple", "set", "map"


def written(value: Any) -> str:
    """A value as JSON, in one line. Raises TypeError for what is neither plain nor a record of such."""
    records: dict[str, int] = {}  # what was written of each → its place
    told = _told(value, records)
    return f"[[{','.join(records)}],{_json(told)}]"


def read(text: str, types: Mapping[str, type]) -> Any:
    """The value that was written. `types`: those that its records may be of, by their names."""
    records, told = json.loads(text)
    names = {name: [one.name for one in dataclasses.fields(of)] for name, of in types.items()}
    found: list[Any] = []
    for name, *values in records:
        fields = zip(names[name], values, strict=True)
        found.append(types[name](**{field: _value(one, found) for field, one in fields}))
    return _value(told, found)


def _told(value: Any, records: dict[str, int]) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):
        return [_DATE, value.isoformat()]
    if isinstance(value, tuple):
        return [_TUPLE, *(_told(one, records) for one in value)]
    if isinstance(value, frozenset):
        return [_SET, *sorted((_told(one, records) for one in value), key=_json)]
    if isinstance(value, Mapping):
        return [_MAP, *([_told(name, records), _told(one, records)] for name, one in value.items())]
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"a {type(value).__name__} cannot be written")
    fields = (_told(getattr(value, one.name), records) for one in dataclasses.fields(value))
    text = _json([type(value).__name__, *fields])
    return [_RECORD, records.setdefault(text, len(records))]


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _value(told: Any, records: list[Any]) -> Any:
    if not isinstance(told, list):
        return told
    what, *rest = told
    if what == _RECORD:
        return records[rest[0]]
    if what == _TUPLE:
        return tuple(_value(one, records) for one in rest)
    if what == _MAP:
        return {_value(name, records): _value(one, records) for name, one in rest}
    return date.fromisoformat(rest[0]) if what == _DATE else frozenset(_value(one, records) for one in rest)
