"""Which characters a font can print, read from its own cmap (OpenType 1.9, formats 4 and 12): checked before a text is approved."""

import struct
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from notices.wording.compose import flatten

_BLANK = frozenset(" \n\u3000\u00a0")


def missing_glyphs(text: Mapping[str, Any], fonts: Iterable[tuple[Path, int]]) -> str:
    """The characters of a composed text that none of the fonts (file, index in it) has, once each, in order."""
    return unprintable("".join([*flatten(text).values(), *map(str, text["labels"].values())]), fonts)


def unprintable(said: str, fonts: Iterable[tuple[Path, int]]) -> str:
    """The characters that none of the fonts has, once each, in order."""
    covered = frozenset[int]().union(*(characters_of(path, index) for path, index in fonts))
    return "".join(
        character for character in dict.fromkeys(said) if character not in _BLANK and ord(character) not in covered
    )


@cache
def characters_of(path: Path, index: int) -> frozenset[int]:
    """Every code point a font file maps to a glyph."""
    data = path.read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    for entry in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * entry)
        if tag == b"cmap":
            return frozenset(_cmap(data, offset))
    return frozenset()


def _cmap(data: bytes, at: int) -> set[int]:
    found: set[int] = set()
    for entry in range(struct.unpack_from(">H", data, at + 2)[0]):
        _, _, offset = struct.unpack_from(">HHI", data, at + 4 + 8 * entry)
        table = at + offset
        form = struct.unpack_from(">H", data, table)[0]
        if form == 12:
            found |= _segmented_coverage(data, table)
        elif form == 4:
            found |= _segment_mapping(data, table)
    return found


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
