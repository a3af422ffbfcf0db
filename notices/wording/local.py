"""Drafting with a model on an OpenAI-compatible server: one by URL, or a GGUF file that todoke serves itself."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any

import httpx

from engine.core.settings import LocalModel
from notices.wording import prompt
from notices.wording.draft import DrafterFailed, DraftRequest, RawDraft

_STOPS = {"stop": "end_turn", "length": "max_tokens"}


class LocalDrafter:
    """Asks /v1/chat/completions for JSON by schema. `url` is the server's, without the path."""

    def __init__(self, settings: LocalModel, *, url: str, max_tokens: int) -> None:
        """Opens nothing yet."""
        self._settings = settings
        self._max_tokens = max_tokens
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            timeout=httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds),
            trust_env=False,  # the server is beside us: a proxy of the environment is not for it
        )

    @property
    def name(self) -> str:
        """The local model by name."""
        return f"local:{self._settings.model}"

    def recipe(self, request: DraftRequest) -> str:
        """Facts, model and prompt."""
        return prompt.recipe(request, drafter=self.name)

    def draft(self, request: DraftRequest) -> RawDraft:
        """One call. Raises DrafterFailed when no answer comes or it is not an answer."""
        return self._ask(self._body(prompt.SYSTEM, prompt.asked(request), prompt.schema(request)))

    def translate(self, sections: Mapping[str, str], language: str) -> RawDraft:
        """One call. Raises DrafterFailed like `draft`."""
        said = prompt.to_translate(sections, language)
        return self._ask(self._body(prompt.BACK_SYSTEM, said, prompt.texts(list(sections))))

    def _ask(self, body: Mapping[str, Any]) -> RawDraft:
        begun = perf_counter()
        try:
            reply = self._client.post("/v1/chat/completions", json=body)
            reply.raise_for_status()
            answer = reply.json()
            choice, usage = answer["choices"][0], answer.get("usage", {})
            text, stop = str(choice["message"]["content"]), str(choice["finish_reason"])
        except httpx.HTTPStatusError as error:
            raise DrafterFailed(f"the local model answered {error.response.status_code}") from None
        except httpx.HTTPError as error:
            raise DrafterFailed(f"the local model did not answer: {type(error).__name__}") from None
        except (ValueError, KeyError, IndexError, TypeError):
            raise DrafterFailed("the local model's answer is not a chat completion") from None
        return prompt.draft_of(
            text,
            _STOPS.get(stop, stop),
            model_id=self.name,
            tokens_in=int(usage.get("prompt_tokens", 0)),
            tokens_out=int(usage.get("completion_tokens", 0)),
            latency_ms=int((perf_counter() - begun) * 1000),
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _body(self, system: str, said: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "model": self._settings.model,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": said},
            ],
            "max_tokens": self._max_tokens,
            "temperature": 0.2,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "sections", "strict": True, "schema": schema},
            },
        }
