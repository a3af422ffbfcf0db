"""What a font can print, read from its own cmap (OpenType 1.9, formats 4, 12 and 14): checked before anything is approved."""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from notices.wording.compose import flatten

_BLANK = frozenset(" \n\u3000\u00a0")
_SIGN = re.compile("[\\s\\S][\ufe00-\ufe0f\U000e0100-\U000e01ef]?")


def missing_glyphs(text: Mapping[str, Any], fonts: Sequence[tuple[Path, int]]) -> tuple[str, ...]:
    """What none of the fonts (file, index in it) can print of a composed text, once each, in order."""
    return unprintable("".join([*flatten(text).values(), *map(str, text["labels"].values())]), fonts)


def unprintable(said: str, fonts: Sequence[tuple[Path, int]]) -> tuple[str, ...]:
    """What these fonts, in order of preference, cannot print: characters none has, and variants the first that has their base lacks.

    A variant is a base and its selector (IVS): a font without it would print the base's usual form, another form of the name.
    """
    return tuple(sign for sign in dict.fromkeys(_signs(said)) if not _printable(sign, fonts))


def named(signs: Iterable[str]) -> str:
    """Signs by their code points, for reports: U+9089 U+E0102, U+E001."""
    return ", ".join(" ".join(f"U+{ord(character):04X}" for character in sign) for sign in signs)


def _signs(said: str) -> Iterator[str]:
    for match in _SIGN.finditer(said):
        if match.group() not in _BLANK:
            yield match.group()


def _printable(sign: str, fonts: Sequence[tuple[Path, int]]) -> bool:
    base = ord(sign[0])
    for path, index in fonts:
        if base in characters_of(path, index):
            return len(sign) == 1 or (base, ord(sign[1])) in variants_of(path, index)
    return False


def characters_of(path: Path, index: int) -> frozenset[int]:
    """Every code point a font file maps to a glyph."""
    return _read(path, index)[0]


def variants_of(path: Path, index: int) -> frozenset[tuple[int, int]]:
    """Every (base, selector) a font file knows, be the form its own or the usual one."""
    return _read(path, index)[1]


@cache
def _read(path: Path, index: int) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    data = path.read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    for entry in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * entry)
        if tag == b"cmap":
            return _cmap(data, offset)
    return frozenset(), frozenset()


def _cmap(data: bytes, at: int) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    found: set[int] = set()
    variants: set[tuple[int, int]] = set()
    for entry in range(struct.unpack_from(">H", data, at + 2)[0]):
        _, _, offset = struct.unpack_from(">HHI", data, at + 4 + 8 * entry)
        table = at + offset
        form = struct.unpack_from(">H", data, table)[0]
        if form == 12:
            found |= _segmented_coverage(data, table)
        elif form == 4:
            found |= _segment_mapping(data, table)
        elif form == 14:
            variants |= set(_variation_sequences(data, table))
    return frozenset(found), frozenset(variants)


def _variation_sequences(data: bytes, table: int) -> Iterator[tuple[int, int]]:
    """Format 14: per selector the bases whose usual form it is (ranges), and those with a form of their own."""
    for entry in range(struct.unpack_from(">I", data, table + 6)[0]):
        at = table + 10 + 11 * entry
        selector = int.from_bytes(data[at : at + 3], "big")
        usual, own = struct.unpack_from(">II", data, at + 3)
        for step in range(struct.unpack_from(">I", data, table + usual)[0] if usual else 0):
            place = table + usual + 4 + 4 * step
            first = int.from_bytes(data[place : place + 3], "big")
            yield from ((base, selector) for base in range(first, first + data[place + 3] + 1))
        for step in range(struct.unpack_from(">I", data, table + own)[0] if own else 0):
            place = table + own + 4 + 5 * step
            yield int.from_bytes(data[place : place + 3], "big"), selector


def _segmented_coverage(data: bytes, table: int) -> set[int]:
    """Format 12: groups of (first, last, glyph)."""
    found: set[int] = set()
    for group in range(struct.unpack_from(">I", data, table + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, table + 16 + 12 * group)
        found.update(range(first if glyph else first + 1, last + 1))
    return found


def _segment_mapping(data: bytes, table: int) -> set[int]:
    """Format 4: segments by their last code, with a delta or an offset into the glyph array."""
    half = struct.unpack_from(">H", data, table + 6)[0]
    ends, starts, deltas, offsets = (table + 14, table + 16 + half, table + 16 + 2 * half, table + 16 + 3 * half)
    found: set[int] = set()
    for step in range(0, half, 2):
        first, last, delta, offset = (
            struct.unpack_from(">H", data, at + step)[0] for at in (starts, ends, deltas, offsets)
        )
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = (
                code if not offset else struct.unpack_from(">H", data, offsets + step + offset + 2 * (code - first))[0]
            )
            if glyph and (glyph + delta) & 0xFFFF:
                found.add(code)
    return found
