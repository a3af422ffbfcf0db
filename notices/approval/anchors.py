"""Where the newest hash of the audit chain is written down outside the database: always in a file, line below line."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_TAIL_BYTES = 16_384  #: of the anchor file; its newest lines stand there


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A place in the chain, the hash that stood there, and when it was written down."""

    sequence: int
    hash: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AnchorFile:
    """The anchor file of a site; one line an anchor, of whichever municipality."""

    path: Path
    municipality: str

    @property
    def name(self) -> str:
        """As a message names it."""
        return self.path.name

    def all(self) -> list[Anchor]:
        """Every anchor, oldest first."""
        return self._read(self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else ())

    def newest(self) -> Anchor | None:
        """Looked for at the end of the file, which grows for years, then in all of it."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - _TAIL_BYTES))
            end = stream.read().decode("utf-8", errors="replace").splitlines()
        found = self._read(end) or self.all()
        return found[-1] if found else None

    def write(self, anchor: Anchor) -> None:
        """A line more, on disk when this returns; nothing when it stands there already."""
        last = self.newest()
        if last is not None and (last.sequence, last.hash) == (anchor.sequence, anchor.hash):
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write("\n" if self._is_cut_off() else "")
            stream.write(line_of(anchor, self.municipality) + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _is_cut_off(self) -> bool:
        """Whether a crash left the last line unfinished."""
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        with self.path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read() != b"\n"

    def _read(self, lines: Iterable[str]) -> list[Anchor]:
        found = []
        for text in lines:
            try:
                line = json.loads(text)
            except ValueError:
                continue  # cut off by a crash while it was written; the next anchor stands below it
            if isinstance(line, dict) and line.get("municipality") == self.municipality:
                at = datetime.fromisoformat(line["at"])
                found.append(Anchor(sequence=int(line["sequence"]), hash=str(line["hash"]), at=at))
        return found


def line_of(anchor: Anchor, municipality: str) -> str:
    """An anchor as it is written down."""
    line = {"municipality": municipality, "sequence": anchor.sequence, "hash": anchor.hash, "at": anchor.at.isoformat()}
    return json.dumps(line)
