import pytest

from notices.approval.hashing import content_hash, identity, item_hash
from notices.approval.models import Item, Notice
from tests.support.approvals import AT, CITY, FRIDAY

TEXT = {"title": "手続きのご案内"}


def notice(**values: object) -> Notice:
    given: dict[str, object] = {"number": "N-2026-000001", "addressee_id": "A", "language": "ja"}
    return Notice(
        municipality_code=CITY, occurred_on=FRIDAY, night=FRIDAY, prepared_at=AT, changed_at=AT, **(given | values)
    )


def item(**values: object) -> Item:
    given: dict[str, object] = {
        "programme": "p",
        "programme_version": "v",
        "subject_id": "C",
        "wording_version": "w",
        "facts": {"a": 1},
        "position": 0,
    }
    return Item(**(given | values))


def test_a_notice_has_one_name_whoever_asks() -> None:
    assert identity(CITY, "A", "e1", "1") == identity(CITY, "A", "e1", "1")
    names = {
        identity(*parts)
        for parts in [
            (CITY, "A", "e1", "1"),
            (CITY, "B", "e1", "1"),
            (CITY, "A", "e2", "1"),
            (CITY, "A", "e1", "2"),
            ("292028", "A", "e1", "1"),
        ]
    }
    assert len(names) == 5
    assert all(len(name) == 64 and "A" not in name for name in names)


@pytest.mark.parametrize(
    ("other_notice", "other_item", "other_text"),
    [
        pytest.param({"addressee_id": "B"}, {}, TEXT, id="addressee"),
        pytest.param({"language": "en"}, {}, TEXT, id="language"),
        pytest.param({"number": "N-2026-000002"}, {}, TEXT, id="number"),
        pytest.param({}, {"facts": {"a": 2}}, TEXT, id="a fact"),
        pytest.param({}, {"wording_version": "x"}, TEXT, id="wording"),
        pytest.param({}, {"programme_version": "x"}, TEXT, id="programme version"),
        pytest.param({}, {"subject_id": "D"}, TEXT, id="subject"),
        pytest.param({}, {}, {"title": "別"}, id="text"),
    ],
)
def test_an_approval_does_not_outlive_a_change(
    other_notice: dict[str, object], other_item: dict[str, object], other_text: dict[str, str]
) -> None:
    before = content_hash(notice(), [item()], TEXT)
    assert content_hash(notice(**other_notice), [item(**other_item)], other_text) != before
    if other_text == TEXT:
        assert item_hash(notice(**other_notice), item(**other_item)) != item_hash(notice(), item())


def test_who_reviews_it_and_when_does_not_change_it() -> None:
    one = notice(claimed_by="aoki", version=9, state="in_review")
    assert content_hash(one, [item(state="approved")], TEXT) == content_hash(notice(), [item()], TEXT)


def test_what_was_sent_back_is_not_part_of_it() -> None:
    sent_back = item(programme="q", position=1, state="rejected")
    assert content_hash(notice(), [item(), sent_back], TEXT) == content_hash(notice(), [item()], TEXT)
    assert item_hash(notice(), item()) == item_hash(notice(), item(position=3))
