"""Published programme versions: immutable, named by their content, with their sign-offs. The night reads only these."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from eligibility.programme import Programme, parse_programme
from engine.core.errors import InputError, RuleError

FOLDER = Path(__file__).with_name("programmes")
_CURRENT = "current.json"


@dataclass(frozen=True, kw_only=True)
class Published:
    """A version in force: the programme, its content's SHA-256, who signed it, and whether only as a demonstration."""

    programme: Programme
    version: str
    signed_off_by: tuple[str, ...]
    demonstration: bool


def publish(
    programme: Programme, *, signed_off_by: Sequence[str], at: datetime, folder: Path, demonstration: bool
) -> str:
    """Writes a version and makes it current; returns its SHA-256. The same content is the same version.

    Raises RuleError when nobody signed, or when the office that owns the programme is not among those who did.
    """
    if not demonstration and programme.office not in signed_off_by:
        raise RuleError(f"{programme.slug} belongs to the office {programme.office}, which has not signed it off")
    if not signed_off_by:
        raise RuleError(f"{programme.slug}: name at least one office that signs it off")
    content = json.dumps(programme.model_dump(mode="json", by_alias=True), ensure_ascii=False, sort_keys=True)
    version = hashlib.sha256(content.encode()).hexdigest()
    home = folder / programme.slug
    home.mkdir(parents=True, exist_ok=True)
    place = home / f"{version}.json"
    if not place.exists():
        _write(place, content)
    signing = {
        "version": version,
        "signed_off_by": sorted(signed_off_by),
        "signed_at": at.isoformat(),
        "demonstration": demonstration,
    }
    _write(home / _CURRENT, json.dumps(signing, ensure_ascii=False, indent=1))
    return version


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def published(folder: Path, on: date, *, mode: Literal["demo", "production"]) -> list[Published]:
    """The versions in force on a date, by slug. In production those signed only as a demonstration are left out.

    Raises RuleError when a version's content is not what its name says.
    """
    found = []
    for signing in sorted(folder.glob(f"*/{_CURRENT}")) if folder.is_dir() else []:
        version = read_version(signing)
        if version.programme.in_force(on) and (mode == "demo" or not version.demonstration):
            found.append(version)
    return found


def read_version(signing: Path) -> Published:
    """The current version of one programme, its content checked against its name."""
    said: dict[str, Any] = json.loads(signing.read_text(encoding="utf-8"))
    place = signing.with_name(f"{said['version']}.json")
    if not place.exists():
        raise RuleError(
            f"catalogue: {signing.parent.name} names the version {said['version'][:12]}, which is not there"
        )
    content = place.read_bytes()
    if hashlib.sha256(content).hexdigest() != said["version"]:
        raise RuleError(f"catalogue: {place.parent.name}/{place.name[:12]}… was changed after it was published")
    return Published(
        programme=parse_programme(json.loads(content)),
        version=said["version"],
        signed_off_by=tuple(said["signed_off_by"]),
        demonstration=bool(said["demonstration"]),
    )


def files(paths: Sequence[Path] = ()) -> list[Path]:
    """The programme files named, or all of the repository's. Raises InputError for one that is not there."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise InputError(f"there is no programme file {missing[0]}")
    return sorted(paths) if paths else sorted(FOLDER.glob("*.yaml"))
