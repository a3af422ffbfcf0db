"""Feeds in a bucket, read from a real S3 server over HTTP: large, throttled, broken off, and not there at all."""

import secrets
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from engine.core.errors import InputError
from engine.core.settings import S3
from engine.records.bucket import PART_BYTES, as_folder
from engine.records.landing import Wanted
from engine.records.load import load_records
from tests.support.faulty_proxy import Faults, proxy_to
from tests.support.feed_folder import FeedFolder, measure, resident
from tests.support.truth import night_of, opened

ON = date(2026, 11, 20)
FEEDS = "s3://city-feeds/todoke/in"


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedMotoServer]:
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def port(server: ThreadedMotoServer, monkeypatch: pytest.MonkeyPatch) -> int:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return int(server.get_host_and_port()[1])


@pytest.fixture
def bucket(port: int) -> Iterator[Any]:
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="ap-northeast-1")
    where = {"LocationConstraint": "ap-northeast-1"}
    client.create_bucket(Bucket="city-feeds", CreateBucketConfiguration=where)
    yield client
    boto3.resource("s3", endpoint_url=f"http://127.0.0.1:{port}").Bucket("city-feeds").objects.all().delete()
    client.delete_bucket(Bucket="city-feeds")


def put(bucket: Any, key: str, body: bytes = b"x") -> None:
    bucket.put_object(Bucket="city-feeds", Key=f"todoke/in/{key}", Body=body)


def direct(port: int) -> S3:
    return S3(endpoint_url=f"http://127.0.0.1:{port}")


@pytest.fixture
def faulty(port: int) -> Iterator[tuple[S3, Faults]]:
    with proxy_to(port) as (address, faults):
        yield S3(endpoint_url=address, attempts=4, timeout_seconds=10), faults


def copied(settings: S3, scratch: Path, *, after: date | None = None, feeds: str = FEEDS) -> dict[str, bytes]:
    with as_folder(feeds, settings, Wanted(on=ON, after=after), scratch=scratch) as folder:
        root = Path(folder)
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_only_the_wanted_files_are_copied_and_nothing_is_left_behind(bucket: Any, port: int, tmp_path: Path) -> None:
    for key in (
        "2026-11-18/nhi.csv",
        "2026-11-19/nhi.csv",
        "2026-11-20/nhi.csv",
        "2026-11-20/deep/er.csv",
        "notes.txt",
    ):
        put(bucket, key, key.encode())
    assert copied(direct(port), tmp_path) == {"2026-11-20/nhi.csv": b"2026-11-20/nhi.csv"}
    assert set(copied(direct(port), tmp_path, after=date(2026, 11, 18))) == {"2026-11-19/nhi.csv", "2026-11-20/nhi.csv"}
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_several_parts_arrives_whole(bucket: Any, port: int, tmp_path: Path) -> None:
    body = secrets.token_bytes(2 * PART_BYTES + 12_345)
    put(bucket, "2026-11-20/residents.csv", body)
    assert copied(direct(port), tmp_path)["2026-11-20/residents.csv"] == body


def test_a_bucket_of_more_than_a_thousand_files_is_listed_to_its_end(bucket: Any, port: int, tmp_path: Path) -> None:
    for number in range(1_005):
        put(bucket, f"2026-11-01/{number:04}.csv", b"")
    put(bucket, "2026-11-20/nhi.csv")
    assert list(copied(direct(port), tmp_path)) == ["2026-11-20/nhi.csv"]


def test_a_throttled_server_is_asked_again(bucket: Any, faulty: tuple[S3, Faults], tmp_path: Path) -> None:
    settings, faults = faulty
    put(bucket, "2026-11-20/nhi.csv", b"whole")
    faults.throttled = 2
    assert copied(settings, tmp_path) == {"2026-11-20/nhi.csv": b"whole"}
    assert faults.served.count("throttled") == 2


def test_a_connection_that_broke_off_is_taken_up_again(bucket: Any, faulty: tuple[S3, Faults], tmp_path: Path) -> None:
    settings, faults = faulty
    body = secrets.token_bytes(200_000)
    put(bucket, "2026-11-20/nhi.csv", body)
    faults.broken_off = 2
    assert copied(settings, tmp_path) == {"2026-11-20/nhi.csv": body}
    assert faults.served.count("broken off") == 2


def test_a_server_that_stays_busy_is_said_and_nothing_is_loaded(
    bucket: Any, faulty: tuple[S3, Faults], tmp_path: Path
) -> None:
    settings, faults = faulty
    put(bucket, "2026-11-20/nhi.csv")
    faults.throttled = 100
    with pytest.raises(InputError, match=r"s3://city-feeds/todoke/in cannot be read: .*(SlowDown|503)"):
        copied(settings, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bucket_or_server_that_is_not_there_is_said_in_one_line(bucket: Any, port: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the service answered NoSuchBucket"):
        copied(direct(port), tmp_path, feeds="s3://no-such-bucket/in")
    nobody = S3(endpoint_url="http://127.0.0.1:9", attempts=1, timeout_seconds=2)
    with pytest.raises(InputError, match="cannot be read") as refused:
        copied(nobody, tmp_path)
    assert "\n" not in str(refused.value)
    with pytest.raises(InputError, match="give a local folder or s3://"):
        copied(direct(port), tmp_path, feeds="ftp://host/in")


def test_a_local_folder_is_itself(tmp_path: Path) -> None:
    with as_folder(str(tmp_path / "feeds"), S3(), Wanted(on=ON), scratch=tmp_path / "scratch") as folder:
        assert folder == str(tmp_path / "feeds")


def test_a_night_loads_from_a_bucket_what_it_loads_from_a_folder(bucket: Any, port: int, tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    feeds.write(ON, "residents", [resident()])
    feeds.write(ON, "support_measures", [measure()])
    for path in (tmp_path / "feeds").rglob("*.*"):
        put(bucket, f"{path.parent.name}/{path.name}", path.read_bytes())
    local = feeds.settings
    remote = local.model_copy(
        update={"s3": direct(port), "paths": local.paths.model_copy(update={"feeds": FEEDS, "records": tmp_path / "r"})}
    )
    reports = []
    for settings in (local, remote):
        with opened(settings) as warehouse:
            reports.append(load_records(night_of(settings, warehouse, ON)))
    assert reports[0] == reports[1]
    assert reports[1].rows == 2
