"""SQL that stands in `.sql` files beside its only caller, found by name.

A file holds one or more queries, each under a line `-- name: births`; the comment lines right below it say in
words what one row is. Values are `$parameters`; a query never has text pasted into it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.core.errors import ContractError

_NAME = re.compile(r"^-- name: (?P<name>[a-z][a-z0-9_]*)\s*$", re.MULTILINE)
_PARAMETER = re.compile(r"\$(?P<name>[a-z][a-z0-9_]*)")
_COMMENT = re.compile(r"--[^\n]*")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


@dataclass(frozen=True, kw_only=True)
class Query:
    """One named SQL text. `parameters` are the `$names` it needs."""

    name: str
    text: str

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of the values the text asks for."""
        return frozenset(match["name"] for match in _PARAMETER.finditer(_COMMENT.sub("", self.text)))

    @cached_property
    def pyformat(self) -> str:
        """The text with its `$names` as `%(names)s`, as PEP 249 has it. Raises ContractError for a `%` in it."""
        text = _COMMENT.sub("", self.text)
        if "%" in text:
            raise ContractError(f"the query {self.name} holds a %, which a driver would take for a value's place")
        return _PARAMETER.sub(r"%(\g<name>)s", text)

    def about(self, **names: "str | Query") -> "Query":
        """The same query with each `<name>` replaced: by a checked, quoted table or column name, or by a query's text.

        Raises ContractError for a name that is not plain lower case (`schema.table` or `column`).
        """
        text = self.text
        for placeholder, value in names.items():
            text = text.replace(f"<{placeholder}>", value.text if isinstance(value, Query) else quoted(value))
        return Query(name=self.name, text=text)


def quoted(name: str) -> str:
    """A table (`schema.table`) or column name, checked and quoted. Raises ContractError for anything else."""
    if not _IDENTIFIER.fullmatch(name):
        raise ContractError(f"not a plain table or column name: {name!r}")
    return ".".join(f'"{part}"' for part in name.split("."))


def load_queries(path: Path) -> Mapping[str, Query]:
    """Reads a `.sql` file into its named queries, in file order. Raises ContractError when it names none or one twice."""
    text = path.read_text(encoding="utf-8")
    heads = list(_NAME.finditer(text))
    if not heads:
        raise ContractError(f"{path.name} holds no '-- name:' line")
    ends = [head.start() for head in heads[1:]] + [len(text)]
    queries: dict[str, Query] = {}
    for head, end in zip(heads, ends, strict=True):
        if head["name"] in queries:
            raise ContractError(f"{path.name} names the query {head['name']} twice")
        queries[head["name"]] = Query(name=head["name"], text=text[head.end() : end].strip().rstrip(";"))
    return queries
