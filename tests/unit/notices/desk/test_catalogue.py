import re
from datetime import date
from pathlib import Path

import pytest

import notices.desk
from eligibility.catalogue import files
from eligibility.programme import read_programme
from notices.desk.catalogue import LANGUAGES, Phrases, messages
from notices.desk.sayings import PREFIX
from notices.wording.slots import BLOCK_SECTIONS, OPENING_SECTIONS
from todoke import the_night

DESK = Path(notices.desk.__file__).parent
USED = re.compile(r"""\bt\(\s*['"]([a-z_]+\.[A-Za-z0-9_]+)['"]""")


def test_every_text_is_there_in_both_languages_with_the_same_slots() -> None:
    for key, texts in messages().items():
        assert set(texts) == set(LANGUAGES), key
        slots = [set(re.findall(r"{(\w+)}", text)) for text in texts.values()]
        # of a saying the Japanese may leave out what helps at the command line alone
        assert slots[0] <= slots[1] if key.startswith(PREFIX) else slots[0] == slots[1], key


def test_every_key_a_page_names_has_words() -> None:
    named = {
        key for path in DESK.rglob("*") if path.suffix in {".html", ".py"} for key in USED.findall(path.read_text())
    }
    assert len(named) > 100
    assert named - set(messages()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clerk_reads_a_programmes_slug(language: str) -> None:
    said = {path.stem: Phrases(language).or_code("programme", path.stem) for path in files()}
    assert not [slug for slug, words in said.items() if words == slug]
    assert Phrases("ja").or_code("programme", "ltc_at_65") == "介護保険（65歳）"  # the desk's own, shorter one


@pytest.mark.parametrize(
    ("language", "due", "words"),
    [
        pytest.param("ja", date(2026, 12, 8), "あと14日", id="two weeks"),
        pytest.param("ja", date(2026, 11, 24), "今日まで", id="today"),
        pytest.param("ja", date(2026, 11, 20), "4日過ぎました", id="past"),
        pytest.param("en", date(2026, 12, 8), "14 days left", id="in English"),
        pytest.param("ja", None, "", id="no deadline"),
    ],
)
def test_a_deadline_says_how_far_away_it_is(language: str, due: date | None, words: str) -> None:
    assert Phrases(language).days_left(due, date(2026, 11, 24)) == words


@pytest.mark.parametrize(
    ("language", "day", "full"),
    [
        pytest.param("ja", "12/8（火）", "2026-12-08（火）", id="ja"),
        pytest.param("en", "Tue 8 Dec", "2026-12-08 (Tue)", id="en"),
    ],
)
def test_a_date_names_its_weekday(language: str, day: str, full: str) -> None:
    assert Phrases(language).day("2026-12-08") == day
    assert Phrases(language).full_day(date(2026, 12, 8)) == full


def test_a_deadline_in_another_year_names_the_year() -> None:
    today = date(2026, 11, 24)
    assert Phrases("ja").day(date(2026, 12, 8), today) == "12/8（火）"
    assert Phrases("ja").day(date(2028, 11, 20), today) == "2028-11-20（月）"
    assert Phrases("ja").day(None, today) == "—"


def test_a_text_nobody_wrote_is_an_error() -> None:
    with pytest.raises(KeyError):
        Phrases("ja")("queue.no_such_text")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(None, "—", id="nothing"),
        pytest.param(True, "はい", id="yes"),
        pytest.param(False, "いいえ", id="no"),
        pytest.param(15000, "15,000", id="a number"),
        pytest.param(["3条", "4条"], "3条、4条", id="a list"),
        pytest.param("RESIDENT", "住民", id="a code"),
    ],
)
def test_a_fact_reads_as_somebody_would_say_it(value: object, words: str) -> None:
    assert Phrases("ja").fact(value) == words


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert Phrases("ja").or_code("event", "E01") == "出生"
    assert Phrases("ja").or_code("event", "E99") == "E99"
    assert Phrases("en").pick({"ja": "児童手当", "en": "Child Allowance"}) == "Child Allowance"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clerk_reads_the_id_of_an_exclusion(language: str) -> None:
    ids = {out.id for path in files() for out in read_programme(path).exclusions}
    assert len(ids) > 10
    assert not [one for one in ids if Phrases(language).or_code("stop", one) == one]


def test_every_slot_of_a_wording_and_every_stage_of_a_night_has_words() -> None:
    slots = {slot for known in (BLOCK_SECTIONS, OPENING_SECTIONS) for one in known.values() for slot in one.may}
    assert {f"slot.{slot}" for slot in slots} <= set(messages())
    assert {f"stage.{stage.name}" for stage in the_night()} <= set(messages())
