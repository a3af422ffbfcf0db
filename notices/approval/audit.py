"""The audit chain: every row holds the hash of the one before, and the newest hash is written down outside the database."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from engine.core.clock import TOKYO
from engine.core.settings import Settings
from notices.approval.models import AuditRow

_START = "0" * 64


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
            row.hash = _hash(row)
            sequence, previous = row.sequence, row.hash
            rows.append(row)
        AuditRow.objects.bulk_create(rows, batch_size=500)
    return rows


def _hash(row: AuditRow) -> str:
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
    if newest is None or _last_anchor(path, settings.municipality.code) == (newest.sequence, newest.hash):
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
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    return bool(written) and not written.endswith("\n")


def _anchors(path: Path, municipality: str) -> list[tuple[int, str]]:
    found = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            continue  # cut off by a crash while it was written; the next anchor stands below it
        if line.get("municipality") == municipality:
            found.append((int(line["sequence"]), str(line["hash"])))
    return found


def _last_anchor(path: Path, municipality: str) -> tuple[int, str] | None:
    found = _anchors(path, municipality)
    return found[-1] if found else None


def verify(municipality: str, path: Path) -> Verified:
    """Checks every link and every anchor: finds a changed, removed, reordered or cut-off row."""
    previous, hashes = _START, dict[int, str]()
    anchors = _anchors(path, municipality)
    anchored = max((sequence for sequence, _ in anchors), default=0)

    def result(broken_at: int | None, problem: str) -> Verified:
        newer = sum(sequence > anchored for sequence in hashes)
        return Verified(rows=len(hashes), unanchored=newer, intact=not problem, broken_at=broken_at, problem=problem)

    for row in AuditRow.objects.filter(municipality_code=municipality).order_by("sequence").iterator():
        place = len(hashes) + 1
        if row.sequence != place:
            return result(place, "a row is missing")
        if row.previous_hash != previous or row.hash != _hash(row):
            return result(place, "a row was changed or moved")
        previous = hashes[place] = row.hash
    for sequence, said in anchors:
        if hashes.get(sequence) != said:
            return result(sequence, "the chain is not the one that was anchored")
    if hashes and not anchors:
        return result(1, f"{path.name} holds no anchor of this chain")
    return result(None, "")
