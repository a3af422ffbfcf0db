"""What a migration does to rows that were there before it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notices.approval.models import NoticeEdit
from tests.support.approvals import AT, CITY, FRIDAY

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {"opening": "打ち込まれた言葉です。"}
BEFORE = {"opening": "前の言葉です。"}


def store_at(migration: str) -> Any:
    """The queue store as it was after a migration; its models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate([("approval", migration)])
    return executor.loader.project_state([("approval", migration)]).apps


@pytest.fixture
def newest_afterwards() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def a_notice(then: Any) -> Any:
    return then.get_model("approval", "Notice").objects.create(
        municipality_code=CITY, key="k", number="N-2026-000001", event="E01", event_id="B1", occurred_on=FRIDAY, night=FRIDAY,
        addressee_id="M1", addressee_reason="claimant", household_id="H1", language="ja", content_hash="", prepared_at=AT, changed_at=AT,
    )  # fmt: skip


def stored() -> list[tuple[str, str]]:
    """What stands in the columns, as somebody who reads the database file sees it."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT CAST("before" AS TEXT), CAST(sections AS TEXT) FROM approval_noticeedit ORDER BY id')
        return list(cursor.fetchall())


def test_edits_stored_plain_are_sealed_and_read_as_before(newest_afterwards: None) -> None:
    then = store_at("0004_notice_edit")
    notice = a_notice(then)
    for version in ("1", "2"):
        then.get_model("approval", "NoticeEdit").objects.create(
            notice=notice, municipality_code=CITY, base_version="0", version=version, before=BEFORE, sections=TYPED | {"more": version},
            editor="aoki", edited_at=AT,
        )  # fmt: skip
    assert "more" in stored()[0][1]
    store_at("0005_seal_edits")
    assert all(text.startswith("v1:") for row in stored() for text in row)
    kept = [(edit.version, edit.before, edit.sections) for edit in NoticeEdit.objects.order_by("pk")]
    assert kept == [(version, BEFORE, TYPED | {"more": version}) for version in ("1", "2")]


def test_an_edit_is_stored_sealed_and_plain_again_where_the_migration_is_undone(newest_afterwards: None) -> None:
    notice = a_notice(store_at("0005_seal_edits"))
    NoticeEdit.objects.create(
        notice_id=notice.pk, municipality_code=CITY, base_version="0", version="1", before=BEFORE, sections=TYPED, editor="aoki", edited_at=AT
    )  # fmt: skip
    assert all(text.startswith("v1:") for text in stored()[0])
    store_at("0004_notice_edit")
    assert not any(text.startswith("v1:") for text in stored()[0])
