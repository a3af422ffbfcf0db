import pytest

from engine.core.errors import InputError
from notices.recipients import wishes
from notices.recipients.models import Contact, Wish
from tests.support.approvals import AT, CITY, FRIDAY, later

pytestmark = pytest.mark.django_db


def contact(**values: object) -> Contact:
    row = {"language": "ja", "opted_out_topics": "", **values}
    return Contact.objects.create(
        municipality_code=CITY, resident_id="A1", household_id="H1", status="RESIDENT", name="試験", postal="", address="x",
        source="residents", data_date=FRIDAY, **row,
    )  # fmt: skip


def keep(kind: str, value: str = "") -> Wish:
    return wishes.record(CITY, "A1", kind=kind, value=value, by="aoki", at=AT)


@pytest.mark.parametrize(
    ("kind", "value", "field", "becomes"),
    [
        pytest.param("opt_out_all", "", "opted_out_all", True, id="no notices"),
        pytest.param("opt_out_topic", "child_allowance", "opted_out_topics", "child_allowance,ltc_at_65", id="none on a topic"),
        pytest.param("language", "en", "language", "en", id="another language"),
    ],
)  # fmt: skip
def test_a_wish_holds_at_once(kind: str, value: str, field: str, becomes: object) -> None:
    contact(opted_out_topics="ltc_at_65")
    keep(kind, value)
    assert getattr(Contact.objects.get(), field) == becomes


def test_a_wish_is_kept_of_somebody_without_a_notice_and_stands_over_the_records_later() -> None:
    keep("language", "en")
    row = contact()
    wishes.stand_over(CITY, [row])
    assert row.language == "en"


def test_a_new_language_ends_the_one_before_and_the_same_wish_is_one() -> None:
    keep("language", "en")
    keep("language", "ja")
    keep("language", "ja")
    keep("opt_out_all")
    assert [(wish.kind, wish.value) for wish in wishes.standing(CITY, "A1")] == [
        ("language", "ja"),
        ("opt_out_all", ""),
    ]


def test_an_ended_wish_no_longer_stands_over_the_records() -> None:
    wish = keep("opt_out_all")
    wishes.end(CITY, "A1", wish.pk, at=later(1))
    row = contact()
    wishes.stand_over(CITY, [row])
    assert not row.opted_out_all
    with pytest.raises(InputError):
        wishes.end(CITY, "A1", wish.pk, at=later(2))
    with pytest.raises(InputError):
        wishes.end(CITY, "B2", keep("opt_out_all").pk, at=later(2))


@pytest.mark.parametrize(
    ("kind", "value"), [("nothing", ""), ("opt_out_all", "x"), ("language", ""), ("opt_out_topic", "")]
)
def test_what_is_no_wish_is_refused(kind: str, value: str) -> None:
    with pytest.raises(InputError):
        keep(kind, value)
    assert Wish.objects.count() == 0
