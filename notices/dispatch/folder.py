"""The outbox folder: `<number>.html` to print, then `<number>.json`, whose presence says that the notice is out."""

import json
import re
from pathlib import Path
from typing import Any

from notices.approval.hashing import LAYOUT
from notices.dispatch.channel import Parcel, Refused
from notices.dispatch.spool import make_writable, write_whole
from notices.wording.page import to_html

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")


class FolderChannel:
    """Writes each notice to a folder, once: a notice whose JSON file is there was taken and is not written again."""

    name = "folder"
    idempotent = True

    def __init__(self, folder: Path) -> None:
        """`folder` is `paths.outbox`."""
        self._folder = folder

    def open(self) -> None:
        """Makes the folder. Raises InputError when it cannot be written to."""
        make_writable(self._folder, "paths.outbox")

    def send(self, parcel: Parcel) -> str:
        """Writes the page, then the JSON file. Raises Refused when either cannot be written."""
        receipt = self.taken(number=parcel.number, key=parcel.key)
        if receipt is not None:
            return receipt
        page = to_html(parcel.text, name=parcel.name, address=parcel.lines)
        try:
            self._write(f"{parcel.number}.html", page)
            self._write(f"{parcel.number}.json", json.dumps(_content(parcel), ensure_ascii=False, indent=1))
        except OSError as error:
            raise Refused(f"paths.outbox: {error.strerror}") from None
        return f"{parcel.number}.json"

    def taken(self, *, number: str, key: str) -> str | None:
        """The JSON file's name when it is there. Raises Refused when it is another notice's, or the number is no file name."""
        if not _NUMBER.fullmatch(number):
            raise Refused("the notice's number cannot be a file name", final=True)
        path = self._folder / f"{number}.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise Refused(f"{path.name} in paths.outbox cannot be read", final=True) from None
        if not isinstance(found, dict) or found.get("key") != key:
            raise Refused(f"{path.name} in paths.outbox belongs to another notice", final=True)
        return path.name

    def clear(self, number: str) -> None:
        """Removes a page without its JSON file and anything written aside: they hold a name and nobody will come for them."""
        if not _NUMBER.fullmatch(number) or (self._folder / f"{number}.json").exists():
            return
        for left in [self._folder / f"{number}.html", *self._folder.glob(f".{number}.*.part")]:
            left.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is left to do."""

    def _write(self, name: str, text: str) -> None:
        write_whole(self._folder, name, text.encode())


def _content(parcel: Parcel) -> dict[str, Any]:
    """No more of a person than a letter needs: name and address, no resident number."""
    return {
        "number": parcel.number,
        "key": parcel.key,
        "municipality_code": parcel.municipality,
        "channel": FolderChannel.name,
        "layout": LAYOUT,
        "language": parcel.language,
        "content_hash": parcel.content_hash,
        "to": {"name": parcel.name, "postal": parcel.postal, "address": parcel.address},
        "text": dict(parcel.text),
    }
