import pytest

from notices.wording.language import read_language
from notices.wording.ruby import in_brackets, runs, unread

EASY = read_language("ja-easy")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("児童手当の お金", "児童手当（じどうてあて）の お金（かね）", id="the longest word first"),
        pytest.param("12月8日（火よう日）", "12月（がつ）8日（ようか）（火よう日（かようび））", id="a date"),
        pytest.param("次の 月と 3月", "次（つぎ）の 月（つき）と 3月（がつ）", id="after a digit another reading"),
        pytest.param("11日と 1日", "11日（じゅういちにち）と 1日（ついたち）", id="no day inside another"),
        pytest.param("15,000円", "15,000円（えん）", id="yen"),
        pytest.param("ひらがな だけ", "ひらがな だけ", id="nothing to read"),
    ],
)
def test_every_kanji_gets_its_reading(text: str, read: str) -> None:
    assert in_brackets(text, EASY) == read
    assert "".join(run.base for run in runs(text, EASY)) == text


def test_a_kanji_without_a_reading_is_named_and_not_guessed() -> None:
    assert unread("鬱金と 児童手当", EASY) == ("鬱金",)


def test_a_language_without_readings_has_no_ruby() -> None:
    assert in_brackets("児童手当", read_language("ja")) == "児童手当"
    assert unread("鬱", read_language("zh")) == ()


def test_every_phrase_and_clause_of_easy_japanese_can_be_read() -> None:
    said = [*EASY.phrases.values(), *EASY.labels.model_dump().values(), str(EASY.clauses.model_dump())]
    assert [word for text in said for word in unread(text, EASY)] == []


def test_one_kanji_is_not_read_inside_a_longer_word() -> None:
    assert unread("生物", EASY) == ("生物",)
    assert in_brackets("生まれた", EASY) == "生（う）まれた"
