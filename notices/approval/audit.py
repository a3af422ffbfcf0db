"""The audit chain: every row holds the hash of the one before, and the newest hash is written down outside the database."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Min

from engine.core.clock import TOKYO
from engine.core.settings import Settings
from notices.approval.models import AuditRow
from notices.site import installed

_START = "0" * 64
#: while one command writes row after row, the head is anchored this often; when it ends, always
ANCHOR_SECONDS = 30
_TAIL_BYTES = 16_384  #: of the anchor file; its newest lines stand there


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What checking the chain found. `broken_at` is the first place that does not hold.

    `unanchored` rows are newer than the last anchor: until the next one a change of them could go unseen.
    """

    rows: int
    unanchored: int
    intact: bool
    broken_at: int | None
    problem: str

    def as_json(self) -> dict[str, Any]:
        """For `audit verify`."""
        return asdict(self)


def append(
    *, municipality: str, actor: str, action: str, subject: str, details: Mapping[str, Any], at: datetime
) -> AuditRow:
    """Adds one link. Call it inside the transaction of what it records. `details` holds no personal data."""
    return append_all(municipality=municipality, actor=actor, action=action, about=[(subject, details)], at=at)[0]


def append_all(
    *, municipality: str, actor: str, action: str, about: Sequence[tuple[str, Mapping[str, Any]]], at: datetime
) -> list[AuditRow]:
    """Adds a link for each (subject, details), in this order."""
    rows: list[AuditRow] = []
    with transaction.atomic():
        # the first row is the lock: two writers take turns, and the second one reads what the first one wrote
        AuditRow.objects.select_for_update().filter(municipality_code=municipality, sequence=1).first()
        newest = AuditRow.objects.filter(municipality_code=municipality).order_by("-sequence").first()
        sequence, previous = (newest.sequence, newest.hash) if newest else (0, _START)
        for subject, details in about:
            row = AuditRow(
                municipality_code=municipality,
                sequence=sequence + 1,
                at=at,
                actor=actor,
                action=action,
                subject=subject,
                details=dict(details),
                previous_hash=previous,
            )
            row.hash = hash_of(row)
            sequence, previous = row.sequence, row.hash
            rows.append(row)
        AuditRow.objects.bulk_create(rows, batch_size=500)
        transaction.on_commit(lambda: _anchor_in_time(at))
    return rows


def _anchor_in_time(at: datetime) -> None:
    """A long run does not wait for its end: the unanchored tail stays short whatever happens to it."""
    settings = installed()
    last = _last_anchor(settings.paths.anchor, settings.municipality.code)
    if last is None or at - last.at >= timedelta(seconds=ANCHOR_SECONDS):
        anchor(settings, at=at)


def hash_of(row: AuditRow) -> str:
    """What a row's hash has to be: over all it says and the hash of the row before."""
    content = {
        "municipality": row.municipality_code,
        "sequence": row.sequence,
        "at": row.at.astimezone(TOKYO).isoformat(),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "details": row.details,
        "previous": row.previous_hash,
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def anchor(settings: Settings, *, at: datetime) -> None:
    """Writes the newest place and hash as a line of the anchor file, outside the database; nothing when it has not moved."""
    newest = AuditRow.objects.filter(municipality_code=settings.municipality.code).order_by("-sequence").first()
    path = settings.paths.anchor
    last = _last_anchor(path, settings.municipality.code)
    if newest is None or (last is not None and (last.sequence, last.hash) == (newest.sequence, newest.hash)):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {
        "municipality": settings.municipality.code,
        "sequence": newest.sequence,
        "hash": newest.hash,
        "at": at.isoformat(),
    }
    with path.open("a", encoding="utf-8") as stream:
        stream.write("\n" if _is_cut_off(path) else "")
        stream.write(json.dumps(line) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _is_cut_off(path: Path) -> bool:
    """Whether a crash left the last line of the anchor file unfinished."""
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read() != b"\n"


@dataclass(frozen=True)
class _Anchor:
    sequence: int
    hash: str
    at: datetime


def _anchors(lines: Iterable[str], municipality: str) -> list[_Anchor]:
    found = []
    for text in lines:
        try:
            line = json.loads(text)
        except ValueError:
            continue  # cut off by a crash while it was written; the next anchor stands below it
        if isinstance(line, dict) and line.get("municipality") == municipality:
            found.append(_Anchor(int(line["sequence"]), str(line["hash"]), datetime.fromisoformat(line["at"])))
    return found


def _all_anchors(path: Path, municipality: str) -> list[_Anchor]:
    return _anchors(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), municipality)


def _last_anchor(path: Path, municipality: str) -> _Anchor | None:
    """The newest anchor: looked for at the end of the file, which grows for years, then in all of it."""
    if not path.exists():
        return None
    with path.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - _TAIL_BYTES))
        end = stream.read().decode("utf-8", errors="replace").splitlines()
    found = _anchors(end, municipality) or _all_anchors(path, municipality)
    return found[-1] if found else None


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Rows newer than the last anchor, and how long the oldest of them has waited for the next one."""

    rows: int
    seconds: int


def tail(settings: Settings, *, now: datetime) -> Tail:
    """How much of the chain is not anchored at this moment; a minute is the most it may be."""
    last = _last_anchor(settings.paths.anchor, settings.municipality.code)
    rows = AuditRow.objects.filter(municipality_code=settings.municipality.code)
    newer = rows.filter(sequence__gt=last.sequence if last else 0).aggregate(rows=Count("pk"), oldest=Min("at"))
    waited = (now - newer["oldest"]).total_seconds() if newer["oldest"] else 0
    return Tail(rows=newer["rows"], seconds=max(0, round(waited)))


def verify(municipality: str, path: Path) -> Verified:
    """Checks every link and every anchor: finds a changed, removed, reordered or cut-off row."""
    previous, hashes = _START, dict[int, str]()
    anchors = _all_anchors(path, municipality)
    anchored = max((one.sequence for one in anchors), default=0)

    def result(broken_at: int | None, problem: str) -> Verified:
        newer = sum(sequence > anchored for sequence in hashes)
        return Verified(rows=len(hashes), unanchored=newer, intact=not problem, broken_at=broken_at, problem=problem)

    for row in AuditRow.objects.filter(municipality_code=municipality).order_by("sequence").iterator():
        place = len(hashes) + 1
        if row.sequence != place:
            return result(place, "a row is missing")
        if row.previous_hash != previous or row.hash != hash_of(row):
            return result(place, "a row was changed or moved")
        previous = hashes[place] = row.hash
    for one in anchors:
        if hashes.get(one.sequence) != one.hash:
            return result(one.sequence, "the chain is not the one that was anchored")
    if hashes and not anchors:
        return result(1, f"{path.name} holds no anchor of this chain")
    return result(None, "")
