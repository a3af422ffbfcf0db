"""The audit chain: every row holds the hash of the one before, and the newest hash is written down outside the database."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Min

from engine.core.clock import TOKYO
from engine.core.settings import Settings
from engine.core.sql import load_queries
from notices.approval.anchor_bucket import AnchorBucket, Listed
from notices.approval.anchors import Anchor, AnchorFile
from notices.approval.models import AuditRow
from notices.approval.patience import PatientBucket
from notices.many import write_all
from notices.site import installed

_SQL = load_queries(Path(__file__).with_name("audit.sql"))
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_START = "0" * 64
#: while one command writes row after row, the head is anchored this often; when it ends, always
ANCHOR_SECONDS = 30


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
) -> None:
    """Adds one link. Call it inside the transaction of what it records. `details` holds no personal data."""
    append_all(municipality=municipality, actor=actor, action=action, about=[(subject, details)], at=at)


def append_all(
    *, municipality: str, actor: str, action: str, about: Sequence[tuple[str, Mapping[str, Any]]], at: datetime
) -> None:
    """Adds a link for each (subject, details), in this order."""
    rows: list[dict[str, Any]] = []
    said = at.astimezone(TOKYO).isoformat()
    with transaction.atomic(savepoint=False):
        # the first row is the lock: two writers take turns, and the second one reads what the first one wrote
        AuditRow.objects.select_for_update().filter(municipality_code=municipality, sequence=1).first()
        newest = AuditRow.objects.filter(municipality_code=municipality).order_by("-sequence").first()
        sequence, previous = (newest.sequence, newest.hash) if newest else (0, _START)
        for subject, details in about:
            sequence += 1
            link = {
                "municipality": municipality,
                "sequence": sequence,
                "at": said,
                "actor": actor,
                "action": action,
                "subject": subject,
                "details": dict(details),
                "previous": previous,
            }
            kept = {"municipality_code": municipality, "previous_hash": previous, "at": at}
            previous = _digest(link)
            kept |= {name: link[name] for name in ("sequence", "actor", "action", "subject", "details")}
            rows.append(kept | {"hash": previous})
        write_all(_SQL["append"], rows, table="approval_auditrow")
        transaction.on_commit(lambda: _anchor_in_time(at))


def _anchor_in_time(at: datetime) -> None:
    """A long run does not wait for its end: the unanchored tail stays short whatever happens to it."""
    settings = installed()
    last = file_of(settings).newest()
    if last is None or at - last.at >= timedelta(seconds=ANCHOR_SECONDS):
        anchor(settings, at=at)


def hash_of(row: AuditRow) -> str:
    """What a row's hash has to be: over all it says and the hash of the row before."""
    link = {
        "municipality": row.municipality_code,
        "sequence": row.sequence,
        "at": row.at.astimezone(TOKYO).isoformat(),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "details": row.details,
        "previous": row.previous_hash,
    }
    return _digest(link)


def _digest(link: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(link).encode()).hexdigest()


def anchor(settings: Settings, *, at: datetime) -> None:
    """Writes the newest place and hash down outside the database: in the anchor file, then in the bucket where there is one.

    A bucket that does not answer is told once and tried again by whoever anchors next: no decision waits for it.
    """
    newest = AuditRow.objects.filter(municipality_code=settings.municipality.code).order_by("-sequence").first()
    if newest is None:
        return
    head = Anchor(sequence=newest.sequence, hash=newest.hash, at=at)
    file_of(settings).write(head)
    if settings.audit.bucket:
        _bucket_of(settings).write(head)


def file_of(settings: Settings) -> AnchorFile:
    """The anchor file of a site's municipality."""
    return AnchorFile(path=settings.paths.anchor, municipality=settings.municipality.code)


_buckets: dict[tuple[str, str, str], PatientBucket] = {}


def _bucket_of(settings: Settings) -> PatientBucket:
    """One for the whole process: it remembers an outage."""
    key = (settings.audit.bucket, settings.municipality.code, settings.s3.endpoint_url)
    return _buckets.setdefault(key, PatientBucket(settings))


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Rows newer than the last anchor, and how long the oldest of them has waited for the next one."""

    rows: int
    seconds: int


def tail(settings: Settings, *, now: datetime) -> Tail:
    """How much of the chain is not in the anchor file at this moment; a minute is the most it may be."""
    return _behind(settings, file_of(settings).newest(), now)


def bucket_tail(settings: Settings, *, now: datetime) -> Tail | None:
    """The same of the bucket; None where a site has none. Raises AnchorUnreachable."""
    if not settings.audit.bucket:
        return None
    with closing(AnchorBucket(settings)) as bucket:
        return _behind(settings, bucket.newest(), now)


def _behind(settings: Settings, last: Anchor | None, now: datetime) -> Tail:
    rows = AuditRow.objects.filter(municipality_code=settings.municipality.code)
    newer = rows.filter(sequence__gt=last.sequence if last else 0).aggregate(rows=Count("pk"), oldest=Min("at"))
    waited = (now - newer["oldest"]).total_seconds() if newer["oldest"] else 0
    return Tail(rows=newer["rows"], seconds=max(0, round(waited)))


def verify_site(settings: Settings) -> Verified:
    """The chain of a site against its anchor file and, where there is one, its bucket. Raises AnchorUnreachable."""
    if not settings.audit.bucket:
        return verify(settings.municipality.code, settings.paths.anchor)
    with closing(AnchorBucket(settings, timeout_seconds=settings.s3.timeout_seconds)) as bucket:
        bucket.require_lock()
        return verify(settings.municipality.code, settings.paths.anchor, listed=bucket.listed())


def verify(municipality: str, path: Path, *, listed: Listed | None = None) -> Verified:
    """Checks every link and every anchor: finds a changed, removed, reordered or cut-off row.

    listed: what stands in the bucket; then a row counts as anchored only when the bucket has it too.
    """
    previous, hashes = _START, dict[int, str]()
    places = {path.name: AnchorFile(path=path, municipality=municipality).all()}
    places |= {"the bucket": list(listed.anchors)} if listed is not None else {}
    anchored = min(max((one.sequence for one in anchors), default=0) for anchors in places.values())

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
    for name, anchors in places.items():
        for one in anchors:
            if hashes.get(one.sequence) != one.hash:
                return result(one.sequence, f"the chain is not the one that was anchored in {name}")
        if hashes and not anchors:
            return result(1, f"{name} holds no anchor of this chain")
    if listed is not None and listed.removed:
        return result(None, f"{listed.removed} anchors in the bucket were marked as deleted; look who did it")
    return result(None, "")
