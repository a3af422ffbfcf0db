import pytest

from notices.desk.catalogue import Phrases, messages
from notices.desk.findings import sentence_of, told
from notices.wording.evaluate import STEP_OF

JA, EN = Phrases("ja"), Phrases("en")
READABLE = (
    "sentence_length",
    "kanji",
    "hard_phrase",
    "mean_sentence",
    "reading_index",
    "ruby_missing",
    "phrase_missing",
)


def do(code: str, text: str, *, section: str = "how", language: str = "ja", t: Phrases = JA) -> str:
    finding = {"code": code, "section": section, "text": text, "hint": "the library's own hint"}
    (one,) = told([finding], {section: text}, programme="child_allowance", language=language, t=t)
    return one.do


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        pytest.param("term", "低所得", "「所得が基準以下の方」と書く", id="the word to use, from the language"),
        pytest.param("length", "300", "200文字までにする", id="the limit of the section"),
        pytest.param(
            "number", "12", "数字は書かず、｛ ｝に任せる（金額は{amount}、期限は{deadline}）", id="braces stay"
        ),
        pytest.param(
            "slot_misplaced", "{amount}", "ここで使えるもの：{how} {office} {place}", id="what may stand there"
        ),
        pytest.param("slots_kept", "{how}と書く", "この項目の｛ ｝をそのまま残す：{how}", id="what must stay"),
    ],
)
def test_what_to_do_is_said_in_japanese_with_the_values_of_the_language(code: str, text: str, words: str) -> None:
    assert words in do(code, text)


def test_a_long_sentence_says_where_to_cut_it() -> None:
    text = "申請書を窓口に出すか郵便で送ることができますので、あなたに合うほうを選んで期限までに出してください"
    assert "「申請書を窓口に出すか郵便で送ることができますので、」のあとで文を切る" in do("sentence_length", text)


def test_the_same_in_english() -> None:
    assert do("number", "12", t=EN) == "write no figures: {amount} and {deadline} show them"


@pytest.mark.parametrize(("code", "text"), [("hard_phrase", "ご来庁"), ("term", "もうない言葉")])
def test_without_words_of_the_desk_the_hint_of_the_library_stands(code: str, text: str) -> None:
    assert do(code, text) == "the library's own hint"


@pytest.mark.parametrize("code", sorted({*STEP_OF, *READABLE, "slots_kept"}))
def test_everything_the_checks_can_find_has_words(code: str) -> None:
    assert f"finding.{code}" in messages()
    assert code == "hard_phrase" or f"todo.{code}" in messages()


@pytest.mark.parametrize(
    ("text", "found", "sentence"),
    [
        ("一つ目。二つ目の12月。", "12", "二つ目の12月。"),
        ("One. Two is 2 here.", "2", "Two is 2 here."),
        ("全部", "全部", ""),
        ("ない", "", ""),
    ],
)
def test_a_finding_names_its_sentence(text: str, found: str, sentence: str) -> None:
    assert sentence_of(text, found) == sentence
