import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings as DjangoSettings

from engine.core.settings import Bedrock, LocalModel, ProbableEvents, Settings, Wordings
from notices.approval import audit
from notices.commands.doctor import examine
from notices.sealing import make_keys
from notices.site import installed
from tests.support.anchor_bucket import anchored_in, empty_aws, locked_bucket
from tests.support.approvals import CITY
from tests.unit.notices.commands.conftest import Run

pytestmark = pytest.mark.django_db
#: a site on which no programme was published yet
BEFORE_PUBLISHING = {"catalogue"}


@pytest.fixture
def site(tmp_path: Path, settings: DjangoSettings) -> Settings:
    """A site with fresh folders, on the store of the tests."""
    make_keys(tmp_path / "keys.json")
    (tmp_path / "feeds").mkdir()
    names = ("records", "landing", "snapshot", "catalogue", "outbox", "anchor", "scratch", "models")
    paths = installed().paths.model_copy(
        update={name: tmp_path / name for name in names} | {"keys": tmp_path / "keys.json", "feeds": str(tmp_path / "feeds")}
    )  # fmt: skip
    settings.TODOKE = installed().model_copy(update={"paths": paths})
    return installed()


def failing(settings: Settings) -> set[str]:
    found = examine(settings)
    assert all(one.fix for one in found if one.outcome == "fail"), "every failure says what to do"
    return {one.check for one in found if one.outcome == "fail"}


def test_a_fresh_site_lacks_its_programmes_alone(site: Settings) -> None:
    assert failing(site) == BEFORE_PUBLISHING


def with_paths(site: Settings, **paths: object) -> Settings:
    return site.model_copy(update={"paths": site.paths.model_copy(update=paths)})


def wordings(**values: Any) -> Callable[[Settings], Settings]:
    return lambda site: site.model_copy(update={"wording": Wordings(**values)})


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        pytest.param(lambda site: with_paths(site, feeds="/nowhere/feeds"), "paths.feeds", id="no feeds"),
        pytest.param(lambda site: with_paths(site, feeds="ftp://host/in"), "paths.feeds", id="feeds of no kind"),
        pytest.param(lambda site: with_paths(site, keys=Path("/nowhere/keys.json")), "keys", id="no keys"),
        pytest.param(lambda site: with_paths(site, outbox=Path(__file__) / "outbox"), "paths.outbox", id="a folder nobody can write"),
        pytest.param(lambda site: site.model_copy(update={"offices": {}}), "settings", id="no office"),
        pytest.param(wordings(drafter="local", local=LocalModel(url="http://127.0.0.1:9")), "wording", id="no model server"),
        pytest.param(wordings(drafter="local", local=LocalModel(gguf=Path("/nowhere.gguf"))), "wording", id="no model file"),
        pytest.param(wordings(drafter="bedrock", bedrock=Bedrock(model_id="us.model")), "wording", id="a model abroad"),
        pytest.param(lambda site: site.model_copy(update={"probable": ProbableEvents(enabled=("job_loss",))}), "models", id="a model never trained"),
        pytest.param(lambda site: anchored_in(site, "http://127.0.0.1:9"), "queue_url", id="no bucket of anchors"),
    ],
)  # fmt: skip
def test_what_is_not_well_is_found(spoil: Callable[[Settings], Settings], check: str, site: Settings) -> None:
    assert failing(spoil(site)) == BEFORE_PUBLISHING | {check}


def test_keys_that_others_may_read_are_found(site: Settings) -> None:
    site.paths.keys.chmod(0o644)
    assert failing(site) == BEFORE_PUBLISHING | {"keys"}


def test_a_clock_behind_the_newest_row_is_found(site: Settings) -> None:
    at = site.clock().now() + timedelta(hours=1)
    audit.append(municipality=CITY, actor="aoki", action="looked", subject="notice:1", details={}, at=at)
    assert failing(site) == BEFORE_PUBLISHING | {"clock"}


@pytest.fixture
def aws_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with empty_aws() as url:
        yield url


def test_buckets_are_asked(site: Settings, aws_url: str) -> None:
    remote = with_paths(anchored_in(site, aws_url), feeds="s3://city-audit/in")
    assert failing(remote) == BEFORE_PUBLISHING | {"queue_url", "paths.feeds"}
    with locked_bucket(aws_url):
        assert failing(remote) == BEFORE_PUBLISHING


def test_the_command_exits_2_and_says_each_check(site: Settings, run: Run) -> None:
    done = run("doctor", "--json")
    assert done.exit_code == 2
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["check"] for row in rows} >= {"settings", "keys", "queue_url", "clock", "audit", "catalogue", "letters"}
    assert {row["outcome"] for row in rows} <= {"ok", "warn", "fail"}
    assert "todoke programmes publish" in run("doctor").stdout
