"""A snapshot's tables read into columns, a part of their rows at a time: so little more is held than stays."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from os import cpu_count
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from eligibility.columnar.register import Column, Register, Texts, of_residents
from eligibility.columnar.vectors import NO, UNKNOWN, YES, Array, Values
from eligibility.language.sources import numbers
from engine.core.errors import InputError
from engine.core.later import Later
from engine.records.contract import load_contracts, told_by

pa, parquet = Later("pyarrow"), Later("pyarrow.parquet")
#: pyarrow's table, chunked array, array, buffer, type: loaded when something is read
Arrow: TypeAlias = Any
#: days between the first and the last date of a column whose days are listed; of others each row has its own
_LISTED_DAYS = 1 << 17
_AT_ONCE = 1 << 13
#: how many rows a table has, and its columns, some rows after others; texts best in the lists that Parquet keeps of them
Reader = Callable[[str, Sequence[str]], tuple[int, Iterable[Arrow]]]


def read_register(read: Reader, columns: Mapping[str, Collection[str]]) -> Register:
    """The register of a snapshot with these columns of its tables. Raises InputError when the snapshot lacks one."""
    texts, found = Texts(), dict[tuple[str, str], Column]()
    with ThreadPoolExecutor(cpu_count()) as threads:
        tables = [(table, _needed(table, names)) for table, names in columns.items()]
        for (table, names), filled in zip(tables, threads.map(lambda one: _filled(read, *one), tables), strict=True):
            found |= {(table, name): one.whole(texts) for name, one in zip(names, filled, strict=True)}
    return Register(columns=_registered(found, texts), texts=texts)


def _needed(table: str, names: Collection[str]) -> list[str]:
    """These columns, and those that say whose a row is."""
    return sorted({*names, *numbers(table), *(("status",) if table == "residents" else ())})


def _filled(read: Reader, table: str, names: Sequence[str]) -> "list[_Filling]":
    count, parts = read(table, [told_by(table, name) for name in names])
    filling = [_Filling(kind=load_contracts()[table].columns[name].type, count=count) for name in names]
    for rows in parts:
        for one, column in zip(filling, rows.columns, strict=True):
            one.add(column)
    pa.default_memory_pool().release_unused()
    return filling


def _registered(columns: Mapping[tuple[str, str], Column], texts: Texts) -> Mapping[tuple[str, str], Column]:
    """The columns, those of residents only of who is registered in a household. Raises InputError where members do not lie together."""
    status, home, number = (columns["residents", name] for name in ("status", "household_id", "resident_id"))
    assert isinstance(status.listed, Values) and isinstance(home.listed, Values) and isinstance(number.listed, Values)
    assert status.places is not None
    resident, listed = texts.place("RESIDENT"), status.listed.of.tolist()
    keep = status.places == (listed.index(resident, 1) if resident in listed[1:] else len(listed))
    keep = keep if home.listed.known is None else keep & home.listed.known
    all_of_them = keep.all()
    of = number.listed.of if all_of_them else number.listed.of[keep]
    if not (of[1:] > of[:-1]).all():
        raise InputError(
            "the residents of the snapshot do not lie in the order of their numbers: run `todoke night` again"
        )
    return columns if all_of_them else of_residents(columns, np.flatnonzero(keep))


def of_files(path: Callable[[str], Path]) -> Reader:
    """Reads the Parquet file of a table's `now`. Raises InputError for one of another version."""

    def read(table: str, columns: Sequence[str]) -> tuple[int, Iterator[Arrow]]:
        place = path(f"now.{table}")
        names = parquet.read_schema(place)
        if {*columns} - {*names.names}:
            night = place.parent.name
            raise InputError(f"the snapshot of {night} was made by another version: run `todoke night` again")
        texts = [name for name in columns if pa.types.is_string(names.field(name).type)]
        file = parquet.ParquetFile(place, read_dictionary=texts, pre_buffer=True)
        groups = range(file.num_row_groups)
        parts = (file.read_row_group(one, columns=list(columns), use_threads=False).select(columns) for one in groups)
        return file.metadata.num_rows, parts

    return read


@dataclass(kw_only=True)
class _Filling:
    """A column as it comes, some rows after others. `kind`: its type in the contract; `count`: how many rows it will have."""

    kind: str
    count: int
    _filled: int = 0
    _values: Array | None = None
    _known: Array | None = None
    _complete: bool = True
    _listed: bool = False
    _texts: dict[str, int] = field(default_factory=dict)

    def add(self, found: Arrow) -> None:
        """More rows."""
        for part in found.chunks:
            rows = slice(self._filled, self._filled + len(part))
            known = _valid(part)
            self._complete &= known is None
            if _of_texts(part.type):
                self._add_texts(part if pa.types.is_dictionary(part.type) else part.dictionary_encode(), known, rows)
            else:
                values = _values(part)
                self._values = np.empty(self.count, dtype=values.dtype) if self._values is None else self._values
                self._values[rows] = values
                if known is not None:
                    self._known = np.ones(self.count, dtype=bool) if self._known is None else self._known
                    self._known[rows] = known
            self._filled = rows.stop

    def _add_texts(self, part: Arrow, known: Array | None, rows: slice) -> None:
        """The place of each text in the column's own list; 0 where there is none."""
        self._listed = True
        places = [self._texts.setdefault(one, len(self._texts) + 1) for one in part.dictionary.to_pylist()]
        self._values = _wide_enough(self._values, self.count, len(self._texts) + 1)
        if places:
            told = self._values[rows]
            _put(_values(part.indices), places, told)
            if known is not None:
                np.multiply(told, known, out=told)

    def whole(self, texts: Texts) -> Column:
        """All rows."""
        if self.kind in {"text", "code"} or self._listed:
            listed = np.array([0, *(texts.place(one) for one in self._texts)])
            places = _wide_enough(self._values, self.count, listed.size)
            known = _all_but_the_first(listed.size)
            return Column(listed=Values(listed, known), places=places, complete=self._complete)
        values = np.zeros(0, dtype=np.int64) if self._values is None else self._values
        if self.kind == "boolean":
            values = (
                values + np.uint8(1)
                if self._known is None
                else np.where(self._known, values + np.uint8(1), np.uint8(0))
            )
            return Column(listed=np.array([UNKNOWN, NO, YES]), places=values)
        return _of_days(values, self._known) if self.kind == "date" else Column(listed=Values(values, self._known))


def _wide_enough(places: Array | None, count: int, listed: int) -> Array:
    """Places in a list of so many, zeros at first."""
    width = np.uint8 if listed <= 1 << 8 else np.uint16 if listed <= 1 << 16 else np.uint32
    return np.zeros(count, dtype=width) if places is None else places.astype(width, copy=False)


def _put(indices: Array, places: Sequence[int], told: Array) -> None:
    """The place for each index, put where it belongs; some at a time, since numpy makes wide numbers of indices."""
    first = places[0]
    if [*places] == [*range(first, first + len(places))]:
        np.add(indices, told.dtype.type(first), out=told, casting="unsafe")
        return
    table = np.array(places, dtype=told.dtype)
    for begin in range(0, indices.size, _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        table.take(indices[some], mode="clip", out=told[some])


def _of_texts(kind: Arrow) -> bool:
    return any((pa.types.is_dictionary(kind), pa.types.is_string(kind), pa.types.is_large_string(kind)))


def _values(part: Arrow) -> Array:
    """An array's numbers as they lie in memory; what stands where there is no value means nothing."""
    _, data = part.buffers()
    if pa.types.is_boolean(part.type):
        return _bits(data, part)
    return np.frombuffer(data, dtype=f"{'u' * pa.types.is_unsigned_integer(part.type)}int{part.type.bit_width}")[
        part.offset :
    ][: len(part)]


def _valid(part: Arrow) -> Array | None:
    """Where an array has a value; None: everywhere."""
    if part.null_count == 0:
        return None
    return (
        np.zeros(len(part), dtype=bool) if part.null_count == len(part) else _bits(part.buffers()[0], part).view(bool)
    )


def _bits(data: Arrow, part: Arrow) -> Array:
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")[part.offset :][: len(part)]


def _of_days(values: Array, known: Array | None) -> Column:
    there = np.True_ if known is None else known
    ends = np.iinfo(values.dtype)
    first, last = int(values.min(initial=ends.max, where=there)), int(values.max(initial=ends.min, where=there))
    if last - first >= _LISTED_DAYS:
        return Column(listed=Values(values, known))
    if first > last:  # not one is known
        first, last = 0, -1
    listed = np.arange(first - 1, last + 1)
    places = _wide_enough(None, values.size, listed.size)
    np.subtract(values, values.dtype.type(first - 1), out=places, casting="unsafe")
    if known is not None:
        np.multiply(places, known, out=places)
    known_there = _all_but_the_first(listed.size)
    return Column(listed=Values(listed, known_there), places=places, complete=known is None)


def _all_but_the_first(count: int) -> Array:
    known = np.ones(count, dtype=bool)
    known[0] = False
    return known
