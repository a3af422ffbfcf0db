"""Anchors in a versioned bucket with Object Lock, on a real S3 server."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.core.errors import SettingsError
from engine.core.settings import Audit, Settings
from notices.approval import audit
from notices.approval.anchor_bucket import AnchorBucket, AnchorUnreachable
from notices.approval.anchors import Anchor
from notices.approval.models import AuditRow
from notices.site import installed
from tests.support.anchor_bucket import BUCKET, anchored_in, empty_aws, locked_bucket
from tests.support.approvals import AT, CITY

FIRST, SECOND = Anchor(sequence=3, hash="a" * 64, at=AT), Anchor(sequence=5, hash="b" * 64, at=AT)


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with empty_aws() as address:
        yield address


@pytest.fixture
def s3(url: str) -> Iterator[Any]:
    with locked_bucket(url) as made:
        yield made


@pytest.fixture
def site(url: str, s3: Any, settings: Any) -> Iterator[Settings]:
    settings.TODOKE = anchored_in(installed(), url)
    yield settings.TODOKE
    for bucket in audit._buckets.values():
        bucket.close()
    audit._buckets.clear()


def heads(bucket: AnchorBucket) -> list[tuple[int, str]]:
    return [(one.sequence, one.hash) for one in bucket.listed().anchors]


def test_an_anchor_is_put_once_locked_and_never_over_another(site: Settings, s3: Any) -> None:
    with closing(AnchorBucket(site)) as bucket:
        for anchor in (FIRST, SECOND, FIRST):
            bucket.write(anchor)
        assert heads(bucket) == [(3, "a" * 64), (5, "b" * 64)]
        newest = bucket.newest()
        assert newest is not None
        assert newest.sequence == 5
    versions = s3.list_object_versions(Bucket=BUCKET)["Versions"]
    assert len(versions) == 2
    for one in versions:
        kept = s3.head_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
        assert kept["ObjectLockMode"] == "COMPLIANCE"
        assert kept["ObjectLockRetainUntilDate"] == (AT + timedelta(days=3_650)).astimezone(UTC)
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])


def test_an_anchor_behind_a_delete_marker_is_read_and_the_marker_told(site: Settings, s3: Any) -> None:
    with closing(AnchorBucket(site)) as bucket:
        bucket.write(FIRST)
        s3.delete_object(Bucket=BUCKET, Key=s3.list_objects_v2(Bucket=BUCKET)["Contents"][0]["Key"])
        assert bucket.newest() is None
        assert heads(bucket) == [(3, "a" * 64)]
        assert bucket.listed().removed == 1


def test_more_anchors_than_one_listing_holds_are_all_read(site: Settings) -> None:
    with closing(AnchorBucket(site, timeout_seconds=60)) as bucket:
        for number in range(1, 1_006):
            bucket.write(Anchor(sequence=number, hash=f"{number:064x}", at=AT))
        assert [sequence for sequence, _ in heads(bucket)] == list(range(1, 1_006))


def test_each_municipality_reads_its_own(site: Settings) -> None:
    other = site.model_copy(update={"municipality": site.municipality.model_copy(update={"code": "292028"})})
    with closing(AnchorBucket(site)) as mine, closing(AnchorBucket(other)) as theirs:
        mine.write(FIRST)
        theirs.write(SECOND)
        assert (heads(mine), heads(theirs)) == ([(3, "a" * 64)], [(5, "b" * 64)])


def test_a_bucket_without_a_lock_is_no_place_for_an_anchor(site: Settings, url: str) -> None:
    with (
        locked_bucket(url, "open-audit", lock=False),
        closing(AnchorBucket(anchored_in(site, url, "open-audit"))) as bucket,
        pytest.raises(AnchorUnreachable),
    ):
        bucket.require_lock()


@pytest.mark.parametrize("address", ["city-audit/todoke", "https://city-audit", "s3:///todoke"])
def test_an_address_that_is_no_bucket_is_said(address: str) -> None:
    with pytest.raises(SettingsError, match="give s3://bucket/prefix"):
        AnchorBucket(installed().model_copy(update={"audit": Audit(bucket=address)}))


def test_a_bucket_that_is_away_is_said_in_one_line() -> None:
    away = anchored_in(installed(), "http://127.0.0.1:9")
    with closing(AnchorBucket(away)) as bucket, pytest.raises(AnchorUnreachable, match="was not reached") as refused:
        bucket.newest()
    assert "\n" not in str(refused.value)


def chain(site: Settings, length: int = 6) -> None:
    """Rows that are each anchored, in the file and in the bucket."""
    for number in range(length):
        audit.append(municipality=CITY, actor="aoki", action="looked", subject=f"notice:{number}", details={}, at=AT)
        audit.anchor(site, at=AT)


def rewritten(site: Settings) -> None:
    """The whole chain made anew, anchors of the file too."""
    AuditRow.objects.all().delete()
    site.paths.anchor.unlink()
    for number in range(6):
        audit.append(municipality=CITY, actor="nobody", action="looked", subject=f"notice:{number}", details={}, at=AT)
    audit.file_of(site).write(head())


def cut_off(site: Settings) -> None:
    """The end is gone, from the file too."""
    AuditRow.objects.filter(sequence__gt=3).delete()
    lines = site.paths.anchor.read_text(encoding="utf-8").splitlines(keepends=True)
    site.paths.anchor.write_text("".join(lines[:3]), encoding="utf-8")


def cut_off_and_grown_again(site: Settings) -> None:
    cut_off(site)
    chain(site, 4)


def reordered(site: Settings) -> None:
    """Two subjects change places, and every hash behind them is made to fit, in the file too."""
    rows = list(AuditRow.objects.order_by("sequence"))
    rows[1].subject, rows[2].subject = rows[2].subject, rows[1].subject
    previous = rows[0].hash
    for row in rows[1:]:
        row.previous_hash = previous
        row.hash = previous = audit.hash_of(row)
        row.save()
    site.paths.anchor.unlink()
    audit.file_of(site).write(head())


def emptied(site: Settings) -> None:
    AuditRow.objects.all().delete()
    site.paths.anchor.unlink()


def head() -> Anchor:
    newest = AuditRow.objects.order_by("-sequence")[0]
    return Anchor(sequence=newest.sequence, hash=newest.hash, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("tamper", [rewritten, cut_off, cut_off_and_grown_again, reordered, emptied])
def test_who_owns_the_database_and_the_file_is_found_by_the_bucket(
    tamper: Callable[[Settings], None], site: Settings
) -> None:
    chain(site)
    assert audit.verify_site(site).intact
    tamper(site)
    if AuditRow.objects.exists():  # the chain and its file hold in themselves
        assert audit.verify(CITY, site.paths.anchor).intact
    found = audit.verify_site(site)
    assert not found.intact
    assert "the bucket" in found.problem


@pytest.mark.django_db
def test_who_marks_an_anchor_as_deleted_is_found(site: Settings, s3: Any) -> None:
    chain(site)
    s3.delete_object(Bucket=BUCKET, Key=s3.list_objects_v2(Bucket=BUCKET)["Contents"][-1]["Key"])
    found = audit.verify_site(site)
    assert (found.intact, found.problem.split()[0]) == (False, "1")


@pytest.mark.django_db
def test_a_row_the_bucket_has_not_is_unanchored_though_the_file_has_it(site: Settings) -> None:
    chain(site)
    audit.append(municipality=CITY, actor="aoki", action="looked", subject="notice:9", details={}, at=AT)
    audit.file_of(site).write(head())
    now = datetime(2026, 11, 24, 8, 30, 40, tzinfo=AT.tzinfo)
    assert audit.tail(site, now=now) == audit.Tail(rows=0, seconds=0)
    assert audit.bucket_tail(site, now=now) == audit.Tail(rows=1, seconds=40)
    assert audit.verify_site(site).unanchored == 1
    audit.anchor(site, at=AT)
    assert audit.bucket_tail(site, now=now) == audit.Tail(rows=0, seconds=0)


def test_a_site_without_a_bucket_asks_none() -> None:
    assert audit.bucket_tail(installed(), now=AT) is None
