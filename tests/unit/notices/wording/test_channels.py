import pytest

from notices.wording.channels import PUSH_LIMIT, counted, email, push, sms
from notices.wording.language import languages, read_language, voices
from tests.support.wordings import written


@pytest.mark.parametrize(
    ("text", "length", "parts"),
    [
        pytest.param("a" * 160, 160, 1, id="one of the short alphabet"),
        pytest.param("a" * 161, 161, 2, id="one more"),
        pytest.param("€" * 80, 160, 1, id="two places each"),
        pytest.param("市" * 70, 70, 1, id="one of Japanese"),
        pytest.param("市" * 71, 71, 2, id="one more of Japanese"),
        pytest.param("𠮷" * 36, 72, 2, id="characters of two units"),
    ],
)
def test_an_sms_is_counted_as_it_is_billed(text: str, length: int, parts: int) -> None:
    assert (counted(text).length, counted(text).parts) == (length, parts)


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("event", sorted(voices()))
def test_short_forms_fit_in_every_language_and_event(code: str, event: str) -> None:
    text = written(event=event, language=code).text
    assert push(text).length <= PUSH_LIMIT
    assert sms(text).parts == 1


@pytest.mark.parametrize("code", languages())
def test_an_email_has_text_and_page_and_says_the_same(code: str) -> None:
    text = written(language=code).text
    message = email(text, name="奈良 花子")
    plain, page = message.iter_parts()
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert message["Subject"] == text["title"]
    for part in (plain.get_content(), page.get_content()):
        assert text["number"] in part
        assert "奈良 花子" in part


def test_the_subject_of_a_sensitive_event_says_nothing() -> None:
    assert email(written(event="E28").text, name="")["Subject"] == "奈良市から手続きのお知らせがあります。"


@pytest.mark.parametrize("code", languages())
def test_a_short_message_says_that_a_letter_comes_and_its_push_form_first(code: str) -> None:
    language = read_language(code)
    for form in (push(written(language=code).text), sms(written(language=code).text)):
        assert form.text.endswith(language.gap + language.letter_follows)


def test_a_sensitive_event_is_not_named_in_a_short_message() -> None:
    assert sms(written(event="E28").text).text == "奈良市から手続きのお知らせがあります。手紙で届きます。"
