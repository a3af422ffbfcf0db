"""`make pictures`: what a resident gets, from the real catalogue: a letter per language, an e-mail, and the short messages on a phone.

Writes docs/images/letter-<language>.png (first pages), letter-ja-2.png, letter-large.png, email-phone.png, push-phone.png. Needs
Chromium and the Noto CJK fonts.
"""

import argparse
from pathlib import Path

from jinja2 import Environment
from playwright.sync_api import Page, sync_playwright

from notices.wording.channels import email, push, sms
from notices.wording.language import languages
from notices.wording.letter import LetterPress
from tests.prove.pictures import CHROMIUM
from tests.support.catalogue_texts import catalogue_text
from tests.support.site import REPOSITORY

NAME, ADDRESS = "奈良 花子", ("〒630-8580", "奈良市二条大路南一丁目1番1号")
PHONE = {"width": 390, "height": 844}
_PPI = 72  #: small files: enough to see the page by
_SCREEN = """<!doctype html><html lang="ja"><meta charset="utf-8"><style>
body { margin: 0; padding: 16px; background: #2b3a4a; font-family: "Noto Sans CJK JP", sans-serif; }
p { margin: 0 0 10px; padding: 12px 14px; border-radius: 14px; background: #f2f2f4; font-size: 16px; line-height: 1.5; }
b { display: block; font-size: 13px; font-weight: normal; color: #333; }
</style>{% for app, language, said in messages %}<p lang="{{ language }}"><b>{{ app }}</b>{{ said }}</p>{% endfor %}</html>"""


def main() -> None:
    """Takes the pictures into --into."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=REPOSITORY / "docs" / "images")
    into = parser.parse_args().into
    _letters(into)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport={"width": PHONE["width"], "height": PHONE["height"]})
        _email(page, into)
        _short(page, into)
        browser.close()


def _letters(into: Path) -> None:
    press = LetterPress()
    for code in languages():
        pages = press.pictures(catalogue_text(code).text, name=NAME, address=ADDRESS, ppi=_PPI)
        (into / f"letter-{code}.png").write_bytes(pages[0])
        if code == "ja":
            (into / "letter-ja-2.png").write_bytes(pages[1])
    large = press.pictures(catalogue_text("ja").text, name=NAME, address=ADDRESS, large=True, ppi=_PPI)
    (into / "letter-large.png").write_bytes(large[0])


def _email(page: Page, into: Path) -> None:
    """The e-mail's page part as a phone shows it, whole."""
    body = email(catalogue_text("ja").text, name=NAME).get_body(("html",))
    assert body is not None
    page.set_content(body.get_content())
    page.screenshot(full_page=True, path=into / "email-phone.png")


def _short(page: Page, into: Path) -> None:
    """Push in every language and event that has one, and the SMS, as a lock screen shows them."""
    birth = [("アプリ・奈良市", code, push(catalogue_text(code).text).text) for code in languages()]
    quiet = (
        "アプリ・奈良市",
        "ja",
        push(catalogue_text("ja", event="E28", slugs=("nhi_job_loss_reduction",)).text).text,
    )
    message = ("SMS・奈良市", "ja", sms(catalogue_text("ja").text).text)
    template = Environment(autoescape=True).from_string(_SCREEN)
    page.set_content(template.render(messages=[*birth, quiet, message]))
    page.screenshot(full_page=True, path=into / "push-phone.png")


if __name__ == "__main__":
    main()
