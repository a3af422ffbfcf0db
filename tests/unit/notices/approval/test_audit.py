from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.settings import Settings
from notices.approval import audit
from notices.approval.models import AuditRow
from notices.site import installed
from tests.support.approvals import AT, CITY

pytestmark = pytest.mark.django_db


def site() -> Settings:
    return installed()


def chain(length: int = 5) -> Path:
    for number in range(length):
        audit.append(
            municipality=CITY, actor="aoki", action="looked", subject=f"notice:{number}", details={"n": number}, at=AT
        )
    audit.anchor(site(), at=AT)
    return site().paths.anchor


def changed(path: Path) -> None:
    AuditRow.objects.filter(sequence=3).update(actor="somebody else")


def details_changed(path: Path) -> None:
    AuditRow.objects.filter(sequence=2).update(details={"n": 99})


def removed(path: Path) -> None:
    AuditRow.objects.filter(sequence=3).delete()


def cut_off(path: Path) -> None:
    AuditRow.objects.filter(sequence__gt=3).delete()


def emptied(path: Path) -> None:
    AuditRow.objects.all().delete()


def reordered(path: Path) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        AuditRow.objects.filter(sequence=old).update(sequence=new)


def rewritten(path: Path) -> None:
    """Somebody with the code makes a chain that holds in itself."""
    AuditRow.objects.all().delete()
    for number in range(5):
        audit.append(municipality=CITY, actor="nobody", action="looked", subject=f"notice:{number}", details={}, at=AT)


def anchor_taken_away(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(changed, id="a row was changed"),
        pytest.param(details_changed, id="a row's details were changed"),
        pytest.param(removed, id="a row was removed"),
        pytest.param(cut_off, id="the end was cut off"),
        pytest.param(emptied, id="everything is gone"),
        pytest.param(reordered, id="two rows changed places"),
        pytest.param(rewritten, id="the chain was made anew"),
        pytest.param(anchor_taken_away, id="the anchor is gone"),
    ],
)
def test_tampering_is_found(tamper: Callable[[Path], None]) -> None:
    path = chain()
    assert audit.verify(CITY, path).intact
    tamper(path)
    found = audit.verify(CITY, path)
    assert not found.intact
    assert found.problem


def test_rows_after_the_anchor_are_counted() -> None:
    path = chain()
    audit.append(municipality=CITY, actor="aoki", action="looked", subject="notice:9", details={}, at=AT)
    found = audit.verify(CITY, path)
    assert (found.intact, found.rows, found.unanchored) == (True, 6, 1)


def test_an_empty_chain_is_intact(tmp_path: Path) -> None:
    assert audit.verify(CITY, tmp_path / "none").intact


def test_each_municipality_has_a_chain_of_its_own() -> None:
    chain(2)
    other = audit.append(municipality="292028", actor="x", action="y", subject="z", details={}, at=AT)
    assert (other.sequence, other.previous_hash) == (1, "0" * 64)


def test_a_line_cut_off_by_a_crash_does_not_hide_the_others() -> None:
    path = chain()
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"municipality": "2920')
    assert audit.verify(CITY, path).intact
    audit.append(municipality=CITY, actor="aoki", action="looked", subject="notice:9", details={}, at=AT)
    audit.anchor(site(), at=AT)
    assert audit.verify(CITY, path).unanchored == 0


def test_an_anchor_is_written_once_per_head() -> None:
    path = chain()
    audit.anchor(site(), at=AT)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


def test_many_links_are_added_at_once_as_one_by_one() -> None:
    about = [(f"notice:{number}", {"n": number}) for number in range(5)]
    rows = audit.append_all(municipality=CITY, actor="aoki", action="looked", about=about, at=AT)
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5]
    together = list(AuditRow.objects.order_by("sequence").values_list("hash", flat=True))
    AuditRow.objects.all().delete()
    chain()
    assert list(AuditRow.objects.order_by("sequence").values_list("hash", flat=True)) == together
