import pytest

from notices.wording.language import languages, read_language
from notices.wording.readability import measure

LONG_JA = (
    "窓口に申請書を出してから届くのを待っている方は、おくれることがありますので、できるだけ早く電話で聞いてください。"
)


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [
        pytest.param("ja", LONG_JA, "sentence_length", id="long sentence ja"),
        pytest.param("ja", "あ" * 35 + "。", "mean_sentence", id="long on average"),
        pytest.param("ja", "申請しないわけではない方へ。", "hard_phrase", id="double negation"),
        pytest.param("ja", "ご来庁いただく必要があります。", "hard_phrase", id="the office's voice"),
        pytest.param("ja-easy", "子どもが 生まれた 人は 窓口に 紙を 出して それから 電話を して 待って いて ください。", "sentence_length", id="long for easy"),
        pytest.param("ja-easy", "お知らせを 送らせて いただきます。", "hard_phrase", id="honorific chain"),
        pytest.param("ja-easy", "医療保険料軽減認定申請書類一覧表です。", "kanji", id="too many kanji"),
        pytest.param("ja-easy", "鬱です。", "ruby_missing", id="no reading"),
        pytest.param("en", "word " * 21 + "end.", "sentence_length", id="long sentence en"),
        pytest.param("en", "Notwithstanding administrative considerations, applicants " * 9 + ".", "reading_index", id="hard words"),
        pytest.param("en", "Apply in accordance with the rule.", "hard_phrase", id="legal English"),
        pytest.param("zh", "请" + "您在窗口" * 12 + "。", "sentence_length", id="long sentence zh"),
        pytest.param("ko", "말 " * 17 + "끝.", "sentence_length", id="long sentence ko"),
        pytest.param("vi", "chữ " * 31 + "hết.", "sentence_length", id="long sentence vi"),
        pytest.param("pt", "palavra " * 25 + "fim.", "sentence_length", id="long sentence pt"),
    ],
)  # fmt: skip
def test_a_goal_that_is_missed_is_a_finding(code: str, text: str, found: str) -> None:
    assert found in {finding.code for finding in measure({"how": text}, read_language(code)).findings}


def test_a_long_sentence_is_named_with_the_place_to_split_it() -> None:
    (finding,) = [
        one for one in measure({"how": LONG_JA}, read_language("ja")).findings if one.code == "sentence_length"
    ]
    assert finding.section == "how"
    assert finding.text == LONG_JA.rstrip("。")
    assert finding.hint.endswith(
        "end a sentence after “窓口に申請書を出してから届くのを待っている方は、おくれることがありますので、”"
    )


@pytest.mark.parametrize("code", languages())
def test_nothing_to_read_is_nothing_to_find(code: str) -> None:
    measured = measure({"how": "{how}", "title": ""}, read_language(code))
    assert (measured.sentences, measured.findings) == (0, ())


def test_what_was_measured_is_told() -> None:
    told = measure({"how": "窓口に来てください。電話もできます。"}, read_language("ja")).as_json()
    assert told == {"sentences": 2, "mean": 8.0, "longest": 9, "ari": None, "findings": []}
