import json
from collections.abc import Iterator
from typing import Any

import pytest

from engine.core.errors import SettingsError
from engine.core.settings import Bedrock
from notices.wording import prompt
from notices.wording.bedrock import BedrockDrafter
from notices.wording.draft import DrafterFailed
from notices.wording.verdict import judge
from tests.support.converse import HALF_CLOSED, MALFORMED, Converse, serving
from tests.support.models import OPENING, approved_phrases, short_strings


@pytest.fixture
def converse(llama: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Converse]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with serving(llama) as state:
        yield state


_open: list[BedrockDrafter] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No test leaves a connection open."""
    yield
    while _open:
        _open.pop().close()


def drafter(url: str, *, max_tokens: int = 900, **changed: Any) -> BedrockDrafter:
    values = {"model_id": "jp.test-model", "endpoint_url": url, "attempts": 3, "read_seconds": 30.0}
    _open.append(BedrockDrafter(Bedrock.model_validate(values | changed), max_tokens=max_tokens))
    return _open[-1]


def test_garbage_in_valid_json_is_refused(converse: Converse) -> None:
    converse.schema = short_strings()
    raw = drafter(converse.url).draft(OPENING)
    assert raw.stop_reason == "end_turn"
    assert raw.sections.keys() == converse.schema["properties"].keys()
    assert not judge(OPENING, raw).accepted


def test_approved_phrases_are_accepted(converse: Converse) -> None:
    converse.schema = approved_phrases()
    raw = drafter(converse.url, usd_per_million_in=1, usd_per_million_out=2).draft(OPENING)
    assert raw.stop_reason == "end_turn"
    assert judge(OPENING, raw).findings == ()
    assert raw.cost_usd == pytest.approx((raw.tokens_in + 2 * raw.tokens_out) / 1e6)


@pytest.mark.parametrize(
    ("status", "kind"), [(429, "ThrottlingException"), (503, "ServiceUnavailableException")], ids=str
)
def test_a_busy_service_is_tried_again(converse: Converse, status: int, kind: str) -> None:
    converse.schema = approved_phrases()
    converse.faults = [(status, kind)]
    assert judge(OPENING, drafter(converse.url).draft(OPENING)).accepted
    assert len(converse.seen) == 2


@pytest.mark.parametrize(("status", "kind"), [(408, "ModelTimeoutException"), (424, "ModelErrorException")], ids=str)
def test_a_failure_of_the_model_is_told_at_once(converse: Converse, status: int, kind: str) -> None:
    converse.faults = [(status, kind)]
    with pytest.raises(DrafterFailed, match=f"{status} {kind}"):
        drafter(converse.url).draft(OPENING)
    assert len(converse.seen) == 1


def test_a_service_that_stays_busy_is_given_up(converse: Converse) -> None:
    converse.faults = [(429, "ThrottlingException")] * 5
    with pytest.raises(DrafterFailed, match="429"):
        drafter(converse.url, attempts=2).draft(OPENING)
    assert len(converse.seen) == 2


def test_a_connection_closed_half_way_is_a_failure(converse: Converse) -> None:
    converse.faults = [HALF_CLOSED]
    with pytest.raises(DrafterFailed, match="broke off"):
        drafter(converse.url).draft(OPENING)


def test_an_answer_cut_off_is_refused(converse: Converse) -> None:
    raw = drafter(converse.url, max_tokens=5).draft(OPENING)
    assert raw.stop_reason == "max_tokens"
    assert [finding.code for finding in judge(OPENING, raw).findings if finding.code == "stop_reason"]


def test_malformed_json_is_refused(converse: Converse) -> None:
    converse.faults = [MALFORMED]
    raw = drafter(converse.url).draft(OPENING)
    assert raw.stop_reason == "malformed_json"
    assert not judge(OPENING, raw).accepted


def test_a_service_nobody_answers_at_is_a_failure(converse: Converse) -> None:
    with pytest.raises(DrafterFailed, match="did not answer"):
        drafter("http://127.0.0.1:9", attempts=1).draft(OPENING)


@pytest.mark.parametrize("model", ["apac.model", "us.model", "", "model"])
def test_a_model_outside_the_country_is_refused_before_any_call(model: str) -> None:
    with pytest.raises(SettingsError, match="leave the country"):
        drafter("http://127.0.0.1:9", model_id=model)


def test_a_text_is_told_back_in_japanese(converse: Converse) -> None:
    sections = {"title": "A notice {age}", "opening": "Hello"}
    converse.schema = prompt.texts(list(sections)) | {
        "properties": {name: {"enum": ["こんにちは"]} for name in sections}
    }
    raw = drafter(converse.url).translate(sections, "en")
    assert raw.sections == {"title": "こんにちは", "opening": "こんにちは"}
    asked = json.loads(converse.seen[0]["messages"][0]["content"][0]["text"])
    assert asked == {"language": "en", "into": "ja", "texts": sections}
    assert converse.seen[0]["system"] == [{"text": prompt.BACK_SYSTEM}]
