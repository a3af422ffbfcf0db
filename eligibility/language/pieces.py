"""The smallest pieces of an expression as sqlglot read them: constants, dotted names, and how a piece stands in a message."""

import re

from sqlglot import exp

from eligibility.language.nodes import Constant
from engine.core.errors import RuleError

#: a name of ours
NAME = re.compile(r"[a-z][a-z0-9_]*")
#: what a text in quotes may hold: nothing that means something to SQL, to our templates or to a person's name
_TEXT = re.compile(r"[A-Za-z0-9_.\- ]*")

_SHOWN = 60


def text_of(tree: exp.Expression) -> str:
    """The piece as it was written, shortened."""
    text = tree.sql(dialect="duckdb", normalize_functions=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def piece(tree: exp.Expression) -> str:
    """What kind of thing stands there, and how it is written."""
    return f"{type(tree).__name__.lower()} «{text_of(tree)}»"


def constant(tree: exp.Expression) -> Constant:
    """A whole number, a code or date in quotes, true or false. Raises RuleError for anything else."""
    if isinstance(tree, exp.Boolean):
        return Constant(value=bool(tree.this), kind="boolean")
    if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal) and not tree.this.is_string:
        inner = constant(tree.this).value
        assert isinstance(inner, int)
        return Constant(value=-inner, kind="number")
    if isinstance(tree, exp.Literal) and tree.is_string:
        if not _TEXT.fullmatch(str(tree.this)):
            raise RuleError("a text in quotes may hold letters a to z, digits, - _ . and spaces: a code or a date")
        return Constant(value=str(tree.this), kind="text")
    if isinstance(tree, exp.Literal) and str(tree.this).isascii() and str(tree.this).isdigit():
        return Constant(value=int(tree.this), kind="number")
    raise RuleError(f"{piece(tree)} is not a constant; numbers are whole (yen, years, months, days)")


def path_of(tree: exp.Expression) -> list[str]:
    """The names of a dotted path. Raises RuleError for anything but plain names."""
    parts = tree.sql(dialect="duckdb").split(".")
    if not all(NAME.fullmatch(part) for part in parts):
        quoted = "; a text stands in single quotes: 'RESIDENT'" if '"' in tree.sql(dialect="duckdb") else ""
        raise RuleError(f"{piece(tree)} may not stand in an expression; write plain lower-case names{quoted}")
    return parts
