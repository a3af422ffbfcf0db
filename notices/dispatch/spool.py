"""Where letters are laid for the print house: a folder, or a bucket. A file is there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from engine.core.errors import InputError, SettingsError
from engine.core.settings import S3
from notices.dispatch.channel import Refused, Unsure
from notices.dispatch.cloud import calling, service, status_of

_SETTING = "dispatch.letters.to"


class Spool(Protocol):
    """Files by name. Every call raises Refused when it certainly changed nothing, Unsure when nobody knows."""

    def open(self) -> None:
        """Makes ready. Raises InputError when nothing can be laid there."""
        ...

    def read(self, name: str) -> bytes | None:
        """A file's content, or None."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Lays a file; one of the same name is replaced."""
        ...

    def create(self, name: str, data: bytes) -> bool:
        """Lays a file unless there is one of that name; whether it did."""
        ...

    def remove(self, name: str) -> None:
        """Takes a file away, if it is there."""
        ...

    def names(self) -> Iterator[str]:
        """The names of all files."""
        ...

    def close(self) -> None:
        """Closes what is open."""
        ...


def spool_at(to: str, settings: S3) -> Spool:
    """The spool of a setting `to`: a folder, or s3://bucket/prefix. Raises SettingsError for any other address."""
    if to.startswith("s3://"):
        return BucketSpool(to, settings)
    if "://" in to:
        raise SettingsError(f"{_SETTING} {to}: give a local folder or s3://bucket/prefix")
    return FolderSpool(Path(to))


class FolderSpool:
    """A local folder, or one that is mounted."""

    def __init__(self, folder: Path) -> None:
        """Touches nothing yet."""
        self._folder = folder

    def open(self) -> None:
        """Makes the folder."""
        make_writable(self._folder, _SETTING)

    def read(self, name: str) -> bytes | None:
        """The file's bytes."""
        with _refusing():
            try:
                return (self._folder / name).read_bytes()
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """Written aside, forced to disk, renamed."""
        with _refusing():
            write_whole(self._folder, name, data)

    def create(self, name: str, data: bytes) -> bool:
        """The same, by a link: it fails where the name is taken."""
        with _refusing():
            return create_whole(self._folder, name, data)

    def remove(self, name: str) -> None:
        """Also what was written aside for it."""
        with _refusing():
            for left in [self._folder / name, *self._folder.glob(f".{name}.*.part")]:
                left.unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """What stands in the folder itself."""
        with _refusing():
            yield from (entry.name for entry in self._folder.iterdir() if not entry.name.startswith("."))

    def close(self) -> None:
        """Nothing is open."""


class BucketSpool:
    """A bucket, reached as `[s3]` says. An object is put whole; putting the same again changes nothing."""

    def __init__(self, to: str, settings: S3) -> None:
        """Calls nothing yet."""
        parts = urlsplit(to)
        self._bucket = parts.netloc
        prefix = parts.path.strip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = service(
            "s3",
            region=settings.region,
            endpoint_url=settings.endpoint_url,
            timeout_seconds=settings.timeout_seconds,
            attempts=settings.attempts,
        )

    def open(self) -> None:
        """Asks whether the bucket is there."""
        try:
            with calling(f"{_SETTING} s3://{self._bucket}"):
                self._client.head_bucket(Bucket=self._bucket)
        except (Refused, Unsure) as fault:
            raise InputError(f"{fault}; nothing was sent") from None

    def read(self, name: str) -> bytes | None:
        """The object's bytes."""
        with calling(_SETTING):
            try:
                found: bytes = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"].read()
                return found
            except self._client.exceptions.NoSuchKey:
                return None

    def write(self, name: str, data: bytes) -> None:
        """One put."""
        with calling(_SETTING):
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=data)

    def create(self, name: str, data: bytes) -> bool:
        """One put that the service refuses when the key is taken."""
        with calling(_SETTING):
            try:
                self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=data, IfNoneMatch="*")
            except ClientError as error:
                if status_of(error) in {409, 412}:
                    return False
                raise
            return True

    def remove(self, name: str) -> None:
        """One delete."""
        with calling(_SETTING):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def names(self) -> Iterator[str]:
        """The keys below the prefix."""
        with calling(_SETTING):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for page in pages:
                yield from (entry["Key"].removeprefix(self._prefix) for entry in page.get("Contents", ()))

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def make_writable(folder: Path, setting: str) -> None:
    """Makes a folder only its owner reads. Raises InputError naming the setting when it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InputError(f"{setting} {folder}: {error.strerror}; nothing was sent") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"{setting} {folder} cannot be written to; nothing was sent")


def write_whole(folder: Path, name: str, data: bytes) -> None:
    """All of the file or nothing, also after a power cut: written aside, forced to disk, renamed, folder forced to disk."""
    aside = folder / f".{name}.{os.getpid()}.part"
    try:
        _force(aside, data)
        aside.replace(folder / name)
    finally:
        aside.unlink(missing_ok=True)
    _force_folder(folder)


def create_whole(folder: Path, name: str, data: bytes) -> bool:
    """The same for a name that must be free; False where it is taken."""
    aside = folder / f".{name}.{os.getpid()}.part"
    try:
        _force(aside, data)
        (folder / name).hardlink_to(aside)
    except FileExistsError:
        return False
    finally:
        aside.unlink(missing_ok=True)
    _force_folder(folder)
    return True


def _force(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        path.chmod(0o600)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _force_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(f"{_SETTING}: {error.strerror}") from None
