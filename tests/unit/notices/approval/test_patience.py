from collections.abc import Iterator
from contextlib import closing

import pytest

from engine.core.settings import Settings
from notices.approval.anchor_bucket import AnchorBucket
from notices.approval.anchors import Anchor
from notices.approval.patience import PatientBucket
from notices.site import installed
from tests.support.anchor_bucket import anchored_in, empty_aws, locked_bucket
from tests.support.approvals import AT


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with empty_aws() as url:
        yield anchored_in(installed(), url)


def anchor(sequence: int) -> Anchor:
    return Anchor(sequence=sequence, hash=f"{sequence:064x}", at=AT)


def test_an_outage_is_told_once_and_caught_up_when_it_is_over(
    site: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    with closing(PatientBucket(site, again_seconds=0)) as bucket:
        for sequence in (1, 2, 3):
            bucket.write(anchor(sequence))
        said = capfd.readouterr().err
        assert said.count("anchor file alone until the bucket is back") == 1
        with locked_bucket(site.s3.endpoint_url):
            bucket.write(anchor(4))
            assert "anchored in the bucket again" in capfd.readouterr().err
            bucket.write(anchor(5))
            assert capfd.readouterr().err == ""
            with closing(AnchorBucket(site)) as plain:
                assert [one.sequence for one in plain.listed().anchors] == [4, 5]


def test_while_the_bucket_is_away_it_is_not_asked_at_every_decision(site: Settings) -> None:
    with closing(PatientBucket(site, again_seconds=3600)) as bucket:
        bucket.write(anchor(1))
        with locked_bucket(site.s3.endpoint_url), closing(AnchorBucket(site)) as plain:
            bucket.write(anchor(2))
            assert plain.listed().anchors == ()


def test_what_was_put_is_not_put_again(site: Settings) -> None:
    with (
        locked_bucket(site.s3.endpoint_url),
        closing(PatientBucket(site)) as bucket,
        closing(AnchorBucket(site)) as plain,
    ):
        for sequence in (1, 1, 2, 2):
            bucket.write(anchor(sequence))
        assert [one.sequence for one in plain.listed().anchors] == [1, 2]
