import pytest

from notices.desk.marking import marked, split_slots


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param("申請書を出す", "申込書を出す", "申[-請-][+込+]書を出す", id="one kanji"),
        pytest.param("by {deadline} please", "by {documents} please", "by [-{deadline}-][+{documents}+] please", id="a slot is whole"),
        pytest.param("Hand in the form", "Send in the form", "[-Hand-][+Send+] in the form", id="a word is whole"),
        pytest.param("", "新しい", "[+新しい+]", id="all new"),
        pytest.param("前の文", "", "[-前の文-]", id="all gone"),
        pytest.param("同じ", "同じ", "同じ", id="the same"),
    ],
)  # fmt: skip
def test_what_changed_is_marked_and_the_rest_stays(before: str, after: str, said: str) -> None:
    signs = {"same": "{}", "out": "[-{}-]", "in": "[+{}+]"}
    pieces = marked(before, after)
    assert "".join(signs[one.kind].replace("{}", one.text) for one in pieces) == said
    assert "".join(one.text for one in pieces if one.kind != "in") == before
    assert "".join(one.text for one in pieces if one.kind != "out") == after


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("{gives}\n{amount}", [("slot", "gives"), ("text", "\n"), ("slot", "amount")]),
        ("期限は{deadline}。{ }", [("text", "期限は"), ("slot", "deadline"), ("text", "。{ }")]),
    ],
)
def test_a_slot_is_told_from_the_words_around_it(text: str, parts: list[tuple[str, str]]) -> None:
    assert split_slots(text) == parts
