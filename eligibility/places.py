"""Where in a programme file something stands: the line and column of a field, a criterion, a value. For messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Part = str | int


@dataclass(frozen=True)
class Place:
    """A line and a column, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        """As it stands in a message."""
        return f"line {self.line}, column {self.column}"


def place_of(text: str, path: Sequence[Part]) -> Place | None:
    """Where a path of keys and list places leads, or as far as it does; a criterion may be named by its id. None for no YAML."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    if root is None or not path:
        return None
    found = _followed(root, path)
    return found or _named(root, str(path[0]))


def by_id(values: Any, path: Sequence[Part]) -> list[Part]:
    """A path into values of a file with the id of what stands in a list, where it has one, for its place: all.from_65.expr."""
    named: list[Part] = []
    for part in path:
        values = _within(values, part)
        told = values.get("id") if isinstance(part, int) and isinstance(values, Mapping) else None
        named.append(told if isinstance(told, str) else part)
    return named


def _within(values: Any, part: Part) -> Any:
    """What stands at one part of a path; None where there is nothing."""
    if isinstance(values, Mapping):
        return values.get(part)
    if isinstance(values, list | tuple) and isinstance(part, int) and part < len(values):
        return values[part]
    return None


def written_twice(root: yaml.Node | None) -> tuple[Place, str] | None:
    """The first field that stands twice among its neighbours, of which YAML would silently keep the last one."""
    for mapping in _mappings(root) if root is not None else ():
        seen: set[str] = set()
        for key, _ in mapping.value:
            if key.value in seen:
                return _at(key), key.value
            seen.add(key.value)
    return None


def impossible_date(text: str) -> tuple[Place, str] | None:
    """The first thing written like a date that no calendar has, such as 2026-02-30, and where it stands."""
    for node in _scalars(yaml.compose(text, Loader=yaml.SafeLoader)):
        if node.tag == "tag:yaml.org,2002:timestamp":
            try:
                yaml.SafeLoader("").construct_yaml_timestamp(node)
            except ValueError:
                return _at(node), node.value
    return None


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for one in pair:
                yield from _scalars(one)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _scalars(one)


def _followed(node: yaml.Node, path: Sequence[Part]) -> Place | None:
    """As far as the path leads; None when not even its first part is there."""
    found: Place | None = None
    for part in path:
        if isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in node.value if str(key.value) == str(part)), None)
            if entry is None:
                continue  # a name of ours in between (which kind of part a group holds), not of the file
            found, node = _at(entry[0]), entry[1]
        elif isinstance(node, yaml.SequenceNode) and str(part).isdigit() and int(part) < len(node.value):
            node = node.value[int(part)]
            found = _at(node)
        elif isinstance(node, yaml.SequenceNode):
            entry_of_id = next((one for one in node.value if _id(one) == part), None)
            if entry_of_id is not None:
                found, node = _at(entry_of_id), entry_of_id
    return found


def _id(node: yaml.Node) -> str | None:
    """What a part of a list calls itself."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((str(value.value) for key, value in node.value if key.value == "id"), None)


def _named(node: yaml.Node, name: str) -> Place | None:
    """Where something with this id, or this value of an amount, stands."""
    for mapping in _mappings(node):
        for key, value in mapping.value:
            if key.value in {"id", "value"} and value.value == name:
                told = {one.value: where for one, where in mapping.value}
                return _at(told.get("expr", told.get("when", value)))
    return None


def _mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _mappings(one)


def _at(node: yaml.Node) -> Place:
    return Place(line=node.start_mark.line + 1, column=node.start_mark.column + 1)
