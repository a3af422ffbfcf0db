"""Ways to falsify an anchored audit chain, drawn at random: rows edited, deleted, reordered, cut off, forged, with hashes made to fit."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

from django.db import transaction

from notices.approval import audit
from notices.approval.anchor_bucket import Listed
from notices.approval.anchors import Anchor, AnchorFile
from notices.approval.models import AuditRow
from notices.site import installed
from tests.support.approvals import AT, CITY

Tamper = Callable[[Random, int], None]
_FIELDS = ("actor", "action", "subject", "details", "at", "previous_hash", "hash")
_AWAY = 1_000_000


def build_chain(rows: int, *, anchor_every: int) -> Path:
    """A chain whose every row is behind an anchor."""
    for begin in range(0, rows, anchor_every):
        about = [(f"notice:{number}", {"n": number}) for number in range(begin, min(rows, begin + anchor_every))]
        audit.append_all(
            municipality=CITY, actor="aoki", action="looked", about=about, at=AT + timedelta(seconds=begin)
        )
        audit.anchor(installed(), at=AT + timedelta(seconds=begin))
    return installed().paths.anchor


def edit(rng: Random, rows: int) -> None:
    """One field of one row."""
    row = AuditRow.objects.get(sequence=rng.randint(1, rows))
    name = rng.choice(_FIELDS)
    values = {"details": {"n": -1}, "at": row.at + timedelta(seconds=1), "previous_hash": "f" * 64, "hash": "f" * 64}
    AuditRow.objects.filter(pk=row.pk).update(**{name: values.get(name, "x")})


def edit_and_hash(rng: Random, rows: int) -> None:
    """One row by somebody who knows the hash: its own is made to fit."""
    row = AuditRow.objects.get(sequence=rng.randint(1, rows))
    row.actor = "x"
    row.hash = audit.hash_of(row)
    row.save()


def rewrite(rng: Random, rows: int) -> None:
    """Everything from one row on, each hash made to fit: a chain that holds in itself."""
    previous = ""
    for row in AuditRow.objects.filter(sequence__gte=rng.randint(1, rows)).order_by("sequence"):
        if previous:
            row.previous_hash = previous
        else:
            row.subject = "notice:0x"
        row.hash = previous = audit.hash_of(row)
        row.save()


def delete(rng: Random, rows: int) -> None:
    """One row, or several in a row."""
    first = rng.randint(1, rows)
    AuditRow.objects.filter(sequence__gte=first, sequence__lt=first + rng.randint(1, 5)).delete()


def delete_and_close(rng: Random, rows: int) -> None:
    """One row, and those behind it move up and are hashed anew."""
    gone = rng.randint(1, rows)
    before = AuditRow.objects.filter(sequence=gone - 1).first()
    previous = before.hash if before else "0" * 64
    AuditRow.objects.filter(sequence=gone).delete()
    for row in AuditRow.objects.filter(sequence__gt=gone).order_by("sequence"):
        row.sequence, row.previous_hash = row.sequence - 1, previous
        row.hash = previous = audit.hash_of(row)
        row.save()


def reorder(rng: Random, rows: int) -> None:
    """Two rows change places."""
    one, other = rng.sample(range(1, rows + 1), 2)
    for old, new in ((one, _AWAY), (other, one), (_AWAY, other)):
        AuditRow.objects.filter(sequence=old).update(sequence=new)


def truncate(rng: Random, rows: int) -> None:
    """The end is cut off."""
    AuditRow.objects.filter(sequence__gt=rng.randint(0, rows - 1)).delete()


def forge(rng: Random, rows: int) -> None:
    """The end is cut off and another, well-linked one takes its place."""
    kept = rng.randint(0, rows - 1)
    AuditRow.objects.filter(sequence__gt=kept).delete()
    about = [(f"notice:{number}", {"n": number}) for number in range(rows - kept)]
    audit.append_all(municipality=CITY, actor="nobody", action="looked", about=about, at=AT)


def give_away(rng: Random, rows: int) -> None:
    """A row is put into another municipality's chain."""
    AuditRow.objects.filter(sequence=rng.randint(1, rows)).update(municipality_code="999999")


WAYS: tuple[Tamper, ...] = (
    edit, edit_and_hash, rewrite, delete, delete_and_close, reorder, truncate, forge, give_away,
)  # fmt: skip


def make_file_fit(path: Path) -> None:
    """An anchor file that holds nothing but the newest row as it now stands."""
    path.write_text("", encoding="utf-8")
    newest = AuditRow.objects.filter(municipality_code=CITY).order_by("-sequence").first()
    if newest is not None:
        AnchorFile(path=path, municipality=CITY).write(Anchor(sequence=newest.sequence, hash=newest.hash, at=newest.at))


def tamper_often(count: int, *, rows: int, seed: int, listed: Listed | None = None) -> tuple[dict[str, int], list[str]]:
    """Falsifies the chain `count` times, each time from whole; returns how often each way was tried, and what was not found.

    listed: the anchors of a bucket; then whoever falsifies the database owns the anchor file too, and makes it fit.
    """
    rng, path = Random(seed), installed().paths.anchor
    tried: dict[str, int] = {}
    missed: list[str] = []
    for number in range(count):
        way = WAYS[number % len(WAYS)]
        tried[way.__name__] = tried.get(way.__name__, 0) + 1
        with transaction.atomic():
            way(rng, rows)
            kept = path.read_text(encoding="utf-8")
            if listed is not None:
                make_file_fit(path)
            if audit.verify(CITY, path, listed=listed).intact:
                missed.append(f"{way.__name__} (try {number})")
            path.write_text(kept, encoding="utf-8")
            transaction.set_rollback(True)
    return tried, missed
