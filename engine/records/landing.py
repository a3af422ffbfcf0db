"""Where feed files come to rest: copied by checksum, never changed, never lost."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.core.errors import FeedError, FeedRejected, InputError

MANIFEST = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class FeedFile:
    """One file of a feed folder: where it stands, its business date and what the manifest promises of it."""

    path: Path
    name: str  #: its own name in the feed folder; it holds no personal data
    business_date: date
    promised: dict[str, Any]


def folders(feeds: str, *, after: date | None, on: date) -> list[tuple[date, Path]]:
    """The feed folders of business dates in (after, on], oldest first; only `on` when nothing was loaded before.

    Raises InputError when the feeds folder itself is not there.
    """
    if "://" in feeds:
        raise InputError(
            f"paths.feeds {feeds}: only local folders can be read so far; mount the bucket or copy the folder"
        )
    root = Path(feeds)
    if not root.is_dir():
        raise InputError(f"no feeds folder at {root}; check paths.feeds or --feeds")
    found = []
    for entry in sorted(root.iterdir()):
        day = _date_of(entry)
        if day is not None and (day == on or (after is not None and after < day <= on)):
            found.append((day, entry))
    return found


def _date_of(entry: Path) -> date | None:
    if not entry.is_dir():
        return None
    try:
        return date.fromisoformat(entry.name)
    except ValueError:
        return None


def files_of(folder: Path, business_date: date) -> list[FeedFile]:
    """The feed files of one folder, by name. Raises FeedError when its manifest cannot be read."""
    manifest = folder / MANIFEST
    promises: dict[str, Any] = {}
    if manifest.exists():
        try:
            promises = dict(json.loads(manifest.read_text(encoding="utf-8"))["files"])
        except (ValueError, KeyError, TypeError):
            raise FeedError(f"{manifest} is not a manifest: it must be JSON with a 'files' object") from None
    return [
        FeedFile(path=path, name=path.name, business_date=business_date, promised=dict(promises.get(path.name, {})))
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST and not path.name.startswith(".")
    ]


def checksum(path: Path) -> str:
    """The SHA-256 of a file, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_promise(file: FeedFile, file_id: str, rows: int | None = None) -> None:
    """Holds a file to its manifest. Raises FeedRejected when the checksum or the row count differs."""
    promised = file.promised
    if "sha256" in promised and promised["sha256"] != file_id:
        raise FeedRejected(f"{file.name}: its SHA-256 is not the one in {MANIFEST}; it did not arrive whole")
    if rows is not None and "rows" in promised and promised["rows"] != rows:
        raise FeedRejected(f"{file.name}: {rows} rows, but {MANIFEST} says {promised['rows']}; it did not arrive whole")


def resting_place(file_id: str, suffix: str, landing: Path) -> Path:
    """Where the content with this checksum lies once it has landed."""
    return landing / file_id[:2] / f"{file_id}{suffix}"


def land(file: FeedFile, file_id: str, landing: Path) -> Path:
    """Copies a file to its place by checksum and returns the place. A file that is there already is left alone."""
    place = resting_place(file_id, file.path.suffix, landing)
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(".partial")
    shutil.copyfile(file.path, partial)
    with partial.open("rb") as stream:
        os.fsync(stream.fileno())
    partial.replace(place)
    return place
