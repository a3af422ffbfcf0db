"""Letters for the print house: one tagged PDF a notice, and after each run a delivery list of what is new.

`<number>.pdf`, then `<number>.json`, whose presence says that the letter is out; `list-000001.csv` names letters with pages and
SHA-256, each letter in one list. The print house prints what a list names, in neutral envelopes: city and window, no office, no subject.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable
from typing import Any

from engine.core.settings import Settings
from notices.approval.hashing import LAYOUT
from notices.dispatch.channel import Parcel, Refused
from notices.dispatch.spool import Spool, spool_at
from notices.recipients.ways import LETTER
from notices.wording.letter import pages_of
from notices.wording.press import press_of

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")
_LIST = re.compile(r"list-(\d{6})\.csv")
LISTED = ("number", "file", "pages", "sha256", "language", "large_print", "envelope")
ENVELOPE = "neutral"


class LetterChannel:
    """Lays each letter once: a notice whose JSON file is there was taken and is not printed again."""

    name = LETTER
    idempotent = True

    def __init__(self, settings: Settings) -> None:
        """`dispatch.letters` says where to. Raises SettingsError when it says nothing usable, or the part letters is missing."""
        self._spool: Spool = spool_at(settings.dispatch.letters.to, settings.s3)
        self._press = press_of(settings.dispatch.letters)

    def open(self) -> None:
        """Makes the spool ready. Raises InputError when nothing can be laid there."""
        self._spool.open()

    def send(self, parcel: Parcel) -> str:
        """Sets the letter and lays it. Raises Refused or Unsure."""
        receipt = self.taken(number=parcel.number, key=parcel.key)
        if receipt is not None:
            return receipt
        pdf = self._press.pdf(parcel.text, name=parcel.name, address=parcel.lines, large=parcel.large_print)
        told = json.dumps(_told(parcel, pdf), ensure_ascii=False, indent=1)
        self._spool.write(f"{parcel.number}.pdf", pdf)
        self._spool.write(f"{parcel.number}.json", told.encode())
        return f"{parcel.number}.pdf {_digest(pdf)[:16]}"

    def taken(self, *, number: str, key: str) -> str | None:
        """The receipt of a letter that is out. Raises Refused when it is another notice's, or the number is no file name."""
        if not _NUMBER.fullmatch(number):
            raise Refused("the notice's number cannot be a file name", final=True)
        data = self._spool.read(f"{number}.json")
        if data is None:
            return None
        try:
            found = json.loads(data)
        except ValueError:
            raise Refused(f"{number}.json in dispatch.letters.to cannot be read", final=True) from None
        if not isinstance(found, dict) or found.get("key") != key:
            raise Refused(f"{number}.json in dispatch.letters.to belongs to another notice", final=True)
        return f"{found['file']} {str(found['sha256'])[:16]}"

    def clear(self, number: str) -> None:
        """Removes a letter without its JSON file: it holds a name and nobody will come for it."""
        if _NUMBER.fullmatch(number) and self._spool.read(f"{number}.json") is None:
            self._spool.remove(f"{number}.pdf")
            self._spool.remove(f"{number}.json")

    def close(self) -> None:
        """Writes the delivery list of the letters that no list names yet. Raises Refused or Unsure; the next run lists them."""
        try:
            while not self._list_new():
                continue  # another dispatcher took the number: what is left is listed under the next
        finally:
            self._spool.close()

    def _list_new(self) -> bool:
        names = set(self._spool.names())
        lists = sorted(name for name in names if _LIST.fullmatch(name))
        listed = {row["number"] for name in lists for row in _rows(self._spool.read(name) or b"")}
        new = sorted(
            number
            for number in (name.removesuffix(".json") for name in names if name.endswith(".json"))
            if f"{number}.pdf" in names and number not in listed
        )
        if not new:
            return True
        last = int(lists[-1].removeprefix("list-").removesuffix(".csv")) if lists else 0
        told = [json.loads(self._spool.read(f"{number}.json") or b"{}") for number in new]
        return self._spool.create(f"list-{last + 1:06d}.csv", _listed(told))


def _told(parcel: Parcel, pdf: bytes) -> dict[str, Any]:
    """What the print house and a later run must know of a letter; name and address stand in the letter alone."""
    return {
        "number": parcel.number,
        "key": parcel.key,
        "municipality_code": parcel.municipality,
        "channel": LETTER,
        "layout": LAYOUT,
        "language": parcel.language,
        "content_hash": parcel.content_hash,
        "file": f"{parcel.number}.pdf",
        "sha256": _digest(pdf),
        "pages": pages_of(pdf),
        "large_print": parcel.large_print,
        "envelope": ENVELOPE,
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _rows(data: bytes) -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(data.decode()))


def _listed(told: Iterable[dict[str, Any]]) -> bytes:
    written = io.StringIO()
    rows = csv.DictWriter(written, LISTED, extrasaction="ignore", lineterminator="\r\n")
    rows.writeheader()
    rows.writerows(told)
    return written.getvalue().encode()
