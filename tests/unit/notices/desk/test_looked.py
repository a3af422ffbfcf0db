import pytest

from notices.approval.models import Notice
from notices.desk.catalogue import Phrases
from notices.desk.looked import Look, look_of
from tests.support.approvals import officer

SAID = {
    "child_benefits": {"probability": 0.4123, "spoke": [["flag:backdated", 1.0], ["unknown", 2.0], ["prior", 0.231]], "shown": True},
    "insurance": {"probability": 0.9, "spoke": [["due_within_7", 1.0]], "shown": True},
    "tax": {"probability": 0.02, "spoke": [], "shown": False},
}  # fmt: skip


@pytest.mark.parametrize(
    ("offices", "language", "look"),
    [
        pytest.param(
            ("child_benefits",), "ja",
            Look(probability="0.41", reasons="さかのぼった届出、不明の条件 2、同じ制度と出来事の過去の差し戻し・修正 23%"),
            id="in Japanese",
        ),
        pytest.param(
            ("child_benefits",), "en",
            Look(probability="0.41", reasons="backdated entry, unknown conditions 2, sent back or edited before (same programme and event) 23%"),
            id="in English",
        ),
        pytest.param(("child_benefits", "insurance"), "en", Look(probability="0.90", reasons="due within 7 days"), id="the strongest of one's own"),
        pytest.param(("tax",), "ja", None, id="low"),
        pytest.param(("health",), "ja", None, id="another office's"),
    ],
)  # fmt: skip
def test_an_officer_reads_what_their_own_offices_model_says(
    offices: tuple[str, ...], language: str, look: Look | None
) -> None:
    assert look_of(Notice(look_says=SAID), officer(offices=offices), Phrases(language)) == look
