"""Key files are made once and never guessed; what is sealed reads back, and nothing else does."""

import base64
import json
import stat
from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from engine.core.errors import SettingsError
from notices.approval.models import StaffTask
from notices.sealing import KEY_NAMES, make_keys, read_keys, seal, unseal
from tests.support.approvals import AT, CITY, FRIDAY


def test_a_key_file_is_for_its_owner_alone_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "site" / "keys.json"
    make_keys(path)
    first = read_keys(path)
    make_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_keys(path) == first
    assert set(first) == set(KEY_NAMES)
    assert len(set(first.values())) == len(KEY_NAMES)


def test_two_sites_have_different_keys(tmp_path: Path) -> None:
    make_keys(tmp_path / "a.json")
    make_keys(tmp_path / "b.json")
    assert not set(read_keys(tmp_path / "a.json").values()) & set(read_keys(tmp_path / "b.json").values())


GOOD = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(None, "todoke keys new", id="missing"),
        pytest.param("field_key = 1", "not JSON", id="not JSON"),
        pytest.param("[]", "has to hold", id="a list"),
        pytest.param(json.dumps({"field_key": GOOD}), "has to hold", id="a key is missing"),
        pytest.param(json.dumps(dict.fromkeys(KEY_NAMES, "SECRET!")), "field_key is not base64", id="not base64"),
        pytest.param(
            json.dumps(dict.fromkeys(KEY_NAMES, "c2hvcnQ=")), "field_key has 5 bytes and needs 32", id="too short"
        ),
    ],
)
def test_a_file_that_holds_no_keys_is_refused_without_showing_it(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=said) as refused:
        read_keys(path)
    assert str(path) in str(refused.value)
    assert "SECRET" not in str(refused.value)


def test_what_is_sealed_reads_back_and_looks_different_each_time() -> None:
    first, second = seal("奈良 花子"), seal("奈良 花子")
    assert first != second
    assert "花子" not in first
    assert unseal(first) == unseal(second) == "奈良 花子"


def test_a_sealed_text_that_was_touched_is_refused_without_showing_it() -> None:
    sealed = seal("奈良 花子")
    other = sealed[:-3] + ("A" if sealed[-3] != "A" else "B") + sealed[-2:]
    with pytest.raises(SettingsError) as refused:
        unseal(other)
    assert "花子" not in str(refused.value)


@pytest.mark.parametrize("stored", ["v1:", "v1:AAAA", "plain text", ""])
def test_what_was_never_sealed_is_refused(stored: str) -> None:
    with pytest.raises(SettingsError):
        unseal(stored)


@pytest.mark.django_db
def test_personal_columns_are_unreadable_in_the_database_and_plain_in_the_program() -> None:
    task = StaffTask.objects.create(
        municipality_code=CITY, key="k", kind="no_addressee", office="citizen", subject_id="1", reason="r",
        night=FRIDAY, due_on=FRIDAY, created_at=AT, outcome="奈良 花子", details={"name": "奈良 花子"},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, details FROM approval_stafftask")
        stored = cursor.fetchone()
    assert "花子" not in "".join(stored)
    read = StaffTask.objects.get(pk=task.pk)
    assert read.outcome == "奈良 花子"
    assert read.details == {"name": "奈良 花子"}


@pytest.mark.django_db
@pytest.mark.parametrize("filtered", [{"outcome": "奈良"}, {"outcome__contains": "奈良"}, {"details": {}}])
def test_a_sealed_column_cannot_be_filtered_on(filtered: dict[str, object]) -> None:
    with pytest.raises(FieldError):
        StaffTask.objects.filter(**filtered).exists()
