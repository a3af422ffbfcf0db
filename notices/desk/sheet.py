"""A table as a file that a spreadsheet opens: UTF-8 with its mark, row by row, and no cell that would be worked out as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_MARK = "\ufeff"  #: tells Excel that this is UTF-8
#: what makes a spreadsheet work a cell out, the wide forms included, which Excel takes for the narrow ones
_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_HOLDER = "'"  #: a cell that begins with it is text


class _Line:
    """Where `csv` writes one line, to be taken from here."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def cell(value: object) -> object:
    """The value as a cell: a number stays one; text that would be worked out is held as text."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return _HOLDER + text if text.lstrip(" \u3000").startswith(_STARTS) else text


def lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file, line by line, as it is read."""
    line = _Line()
    writer = csv.writer(line)
    yield _MARK
    for values in chain([header], rows):
        writer.writerow([cell(one) for one in values])
        yield line.text
