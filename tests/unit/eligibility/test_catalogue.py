import hashlib
import json
import os
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from eligibility.catalogue import files, left_out, publish, published, read_version, standing, unreadable, version_of
from eligibility.programme import parse_programme
from engine.core.clock import TOKYO
from engine.core.errors import InputError, RuleError
from tests.support.programmes import PLAIN, TEXT, plain

AT = datetime(2026, 11, 9, 9, tzinfo=TOKYO)
ON = date(2026, 11, 20)


def _publish(folder: Path, *, demonstration: bool = False, **changes: object) -> str:
    programme = parse_programme(plain(**changes))
    return publish(programme, signed_off_by=["child_benefits"], at=AT, folder=folder, demonstration=demonstration)


def test_a_version_is_named_by_its_content_and_read_back_whole(tmp_path: Path) -> None:
    version = _publish(tmp_path)
    (found,) = published(tmp_path, ON, mode="production")
    assert found.version == version == version_of(parse_programme(PLAIN))
    assert found.programme.model_dump() == parse_programme(PLAIN).model_dump()
    assert found.programme.spans() == parse_programme(PLAIN).spans()
    assert (found.signed_off_by, found.demonstration) == (("child_benefits",), False)


def test_the_same_content_is_the_same_version_and_another_content_another(tmp_path: Path) -> None:
    first, again, other = _publish(tmp_path), _publish(tmp_path), _publish(tmp_path, gives=TEXT | {"en": "other"})
    assert first == again != other
    written = {path.stem for path in (tmp_path / "plain").iterdir()}
    assert written == {first, other, "current"}
    (found,) = published(tmp_path, ON, mode="production")
    assert found.version == other


def test_a_version_that_was_touched_is_refused(tmp_path: Path) -> None:
    version = _publish(tmp_path)
    assert published(tmp_path, ON, mode="production")
    place = tmp_path / "plain" / f"{version}.json"
    content = json.loads(place.read_text(encoding="utf-8"))
    place.write_text(json.dumps(content | {"office": "tax"}), encoding="utf-8")
    with pytest.raises(RuleError, match="was changed after it was published"):
        published(tmp_path, ON, mode="production")
    place.unlink()
    with pytest.raises(RuleError, match="is not there"):
        published(tmp_path, ON, mode="production")


def test_demonstrations_are_for_the_demo_only_and_production_says_so(tmp_path: Path) -> None:
    _publish(tmp_path, demonstration=True)
    assert published(tmp_path, ON, mode="production") == []
    assert left_out(tmp_path, ON, mode="production") == {"plain": "signed off as a demonstration only"}
    assert len(published(tmp_path, ON, mode="demo")) == 1
    assert left_out(tmp_path, ON, mode="demo") == {}
    assert standing(tmp_path, ON, mode="production") == ([], {"plain": "signed off as a demonstration only"})


@pytest.mark.parametrize("on", [date(2026, 3, 31), date(2027, 1, 1)], ids=["before", "closed"])
def test_only_programmes_in_force_are_read(tmp_path: Path, on: date) -> None:
    _publish(tmp_path, valid_to="2026-12-31")
    assert published(tmp_path, on, mode="production") == []


@pytest.mark.parametrize(
    ("offices", "said"),
    [
        pytest.param([], "at least one office", id="nobody"),
        pytest.param(["tax"], "belongs to the office child_benefits", id="another office"),
    ],
)
def test_the_office_that_owns_a_programme_signs_it(tmp_path: Path, offices: list[str], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        publish(parse_programme(PLAIN), signed_off_by=offices, at=AT, folder=tmp_path, demonstration=False)
    assert published(tmp_path, ON, mode="production") == []


def test_a_published_version_whose_reading_is_no_longer_granted_is_left_out(tmp_path: Path) -> None:
    _publish(tmp_path)
    reads = {"residents": {"basis": "法2条", "columns": ["birth_date", "name"]}}
    content = json.dumps(
        parse_programme(plain(reads=reads)).model_dump(mode="json"), ensure_ascii=False, sort_keys=True
    )
    version = hashlib.sha256(content.encode()).hexdigest()
    (tmp_path / "plain" / f"{version}.json").write_text(content, encoding="utf-8")
    signing = tmp_path / "plain" / "current.json"
    signing.write_text(
        json.dumps(json.loads(signing.read_text(encoding="utf-8")) | {"version": version}), encoding="utf-8"
    )
    assert published(tmp_path, ON, mode="demo") == []
    assert "may not read residents.name" in left_out(tmp_path, ON, mode="demo")["plain"]


def test_what_the_register_does_not_grant_is_not_published(tmp_path: Path) -> None:
    reads = {"residents": {"basis": "法2条", "columns": ["birth_date", "name"]}}
    with pytest.raises(RuleError, match=r"may not read residents\.name"):
        _publish(tmp_path, reads=reads)


def test_files_named_folders_and_all_of_ours(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").touch()
    (tmp_path / "a.yaml").touch()
    assert [path.name for path in files([tmp_path])] == ["a.yaml", "b.yaml"]
    assert [path.name for path in files([tmp_path / "b.yaml"])] == ["b.yaml"]
    assert len(files()) >= 45
    with pytest.raises(InputError, match="no programme file"):
        files([tmp_path / "none.yaml"])


def test_no_catalogue_is_no_programmes(tmp_path: Path) -> None:
    assert published(tmp_path / "none", ON, mode="production") == []


@pytest.mark.parametrize(
    ("text", "age_seconds", "said"),
    [
        pytest.param("slug: plain\n", 60, "plain.yaml: name: is missing", id="broken since"),
        pytest.param(None, 60, "", id="changed, and still good"),
        pytest.param("slug: plain\n", -60, "", id="not touched since it was published"),
    ],
)
def test_a_file_broken_since_it_was_published_is_named(
    tmp_path: Path, text: str | None, age_seconds: int, said: str
) -> None:
    home, files = tmp_path / "catalogue", tmp_path / "files"
    files.mkdir()
    publish(parse_programme(plain()), signed_off_by=["x"], at=AT, folder=home, demonstration=True)
    path = files / "plain.yaml"
    path.write_text(text or yaml.safe_dump(plain(), allow_unicode=True), encoding="utf-8")
    published_at = (home / "plain" / "current.json").stat().st_mtime
    os.utime(path, (published_at + age_seconds, published_at + age_seconds))
    assert unreadable(home, files) == ({"plain": said} if said else {})
    assert read_version(home / "plain" / "current.json").programme.slug == "plain"
