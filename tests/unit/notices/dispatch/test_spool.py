"""A spool lays whole files, in a folder and in a bucket of a real S3 server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.errors import InputError, SettingsError
from engine.core.settings import S3
from notices.dispatch.channel import Refused
from notices.dispatch.spool import FolderSpool, Spool, create_whole, make_writable, spool_at, write_whole
from tests.support.services import REGION, aws, client


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws() as url:
        yield url


@pytest.fixture(params=["folder", "bucket"])
def spool(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    if request.param == "folder":
        made = spool_at(str(tmp_path / "spool"), S3())
    else:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        url, name = request.getfixturevalue("server"), f"letters-{tmp_path.name.replace('_', '-')[-30:].lower()}"
        with client("s3", url) as s3:
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        made = spool_at(f"s3://{name}/city/out", S3(endpoint_url=url, attempts=1))
    made.open()
    yield made
    made.close()


def test_a_file_is_laid_read_replaced_and_taken_away(spool: Spool) -> None:
    assert spool.read("a.pdf") is None
    spool.write("a.pdf", b"one")
    spool.write("a.pdf", b"two")
    spool.write("b.json", b"{}")
    assert (spool.read("a.pdf"), sorted(spool.names())) == (b"two", ["a.pdf", "b.json"])
    spool.remove("a.pdf")
    spool.remove("a.pdf")
    assert list(spool.names()) == ["b.json"]


def test_a_name_is_taken_once(spool: Spool) -> None:
    assert spool.create("list-000001.csv", b"first")
    assert not spool.create("list-000001.csv", b"second")
    assert spool.read("list-000001.csv") == b"first"
    assert list(spool.names()) == ["list-000001.csv"]


def test_a_bucket_that_is_not_there_is_named(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    spool = spool_at("s3://nowhere-at-all", S3(endpoint_url=server, attempts=1))
    with pytest.raises(InputError, match="s3://nowhere-at-all answered 404; nothing was sent"):
        spool.open()
    with pytest.raises(Refused, match="NoSuchBucket"):
        spool.write("a", b"")
    spool.close()


def test_another_address_is_refused() -> None:
    with pytest.raises(SettingsError, match="give a local folder or s3"):
        spool_at("ftp://print.example/in", S3())


def test_a_folder_that_went_away_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"dispatch\.letters\.to"):
        FolderSpool(tmp_path / "gone").write("a.pdf", b"")


def test_a_folder_that_cannot_be_made_is_named_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"paths\.outbox .*file.*nothing was sent"):
        make_writable(tmp_path / "file", "paths.outbox")


def test_only_the_owner_reads_and_nothing_is_left_aside(tmp_path: Path) -> None:
    write_whole(tmp_path, "a", b"1")
    assert create_whole(tmp_path, "b", b"2")
    assert not create_whole(tmp_path, "b", b"3")
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {"a": 0o600, "b": 0o600}
