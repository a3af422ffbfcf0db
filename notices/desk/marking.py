"""Two versions of a text as one: what stayed, what was taken out, what was put in, by words and not by lines."""

import difflib
import re
from dataclasses import dataclass
from typing import Literal

#: a slot is never cut, nor a word of letters; kana and kanji stand each for itself
_TOKEN = re.compile(r"\{[a-z_]+\}|[^\W\d_々぀-ヿ㐀-鿿]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of text that both versions have, or only the one before (`out`), or only the new one (`in`)."""

    kind: Literal["same", "out", "in"]
    text: str


def marked(before: str, after: str) -> list[Piece]:
    """The pieces in reading order: what was taken out stands before what was put in for it."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[Piece] = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(kind="same", text="".join(new[b1:b2])))
            continue
        gone, come = "".join(old[a1:a2]), "".join(new[b1:b2])
        pieces += [Piece(kind="out", text=gone)] * bool(gone) + [Piece(kind="in", text=come)] * bool(come)
    return pieces


def split_slots(text: str) -> list[tuple[str, str]]:
    """The text as ("text", words) and ("slot", name), in order: a page says what a slot stands for."""
    parts = re.split(r"\{([a-z_]+)\}", text)
    return [("slot" if place % 2 else "text", part) for place, part in enumerate(parts) if part]
