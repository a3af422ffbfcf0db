from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.core.settings import Settings
from notices.approval import audit
from notices.approval.models import AuditRow
from notices.site import installed
from tests.support.approvals import AT, CITY, later
from tests.support.tampering import build_chain, tamper_often

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
    audit.append(municipality="292028", actor="x", action="y", subject="z", details={}, at=AT)
    other = AuditRow.objects.get(municipality_code="292028")
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
    audit.append_all(municipality=CITY, actor="aoki", action="looked", about=about, at=AT)
    assert list(AuditRow.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    together = list(AuditRow.objects.order_by("sequence").values_list("hash", flat=True))
    AuditRow.objects.all().delete()
    chain()
    assert list(AuditRow.objects.order_by("sequence").values_list("hash", flat=True)) == together


def test_a_hundred_random_falsifications_are_found() -> None:
    """`python -m tests.prove.tampering` does a thousand."""
    build_chain(40, anchor_every=8)
    tried, missed = tamper_often(99, rows=40, seed=7)
    assert missed == []
    assert set(tried.values()) == {11}
    assert audit.verify(CITY, site().paths.anchor).intact


def test_the_tail_behind_the_anchor_is_counted_with_its_age() -> None:
    chain()
    assert audit.tail(site(), now=later(1)) == audit.Tail(rows=0, seconds=0)
    for seconds in (0, 20):
        at = AT + timedelta(seconds=seconds)
        audit.append(municipality=CITY, actor="aoki", action="looked", subject="notice:9", details={}, at=at)
    assert audit.tail(site(), now=AT + timedelta(seconds=50)) == audit.Tail(rows=2, seconds=50)
    audit.anchor(site(), at=later(1))
    assert audit.tail(site(), now=later(1)).rows == 0


@pytest.mark.django_db(transaction=True)
def test_a_run_that_writes_row_after_row_is_never_a_minute_behind_its_anchor() -> None:
    """As dispatch does: no call of `anchor` until the end, which a crash may prevent."""
    for seconds in range(0, 300, 10):
        at = AT + timedelta(seconds=seconds)
        audit.append(municipality=CITY, actor="dispatch", action="sent", subject="notice:1", details={}, at=at)
        assert audit.tail(site(), now=at + timedelta(seconds=9)).seconds < 60


def test_the_newest_anchor_is_found_behind_those_of_others() -> None:
    path = chain()
    with path.open("a", encoding="utf-8") as stream:
        stream.write(
            '{"municipality": "999999", "sequence": 1, "hash": "x", "at": "2026-11-24T00:00:00+09:00"}\n' * 300
        )
    assert audit.tail(site(), now=AT).rows == 0
