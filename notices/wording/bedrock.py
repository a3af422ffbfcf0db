"""Drafting with a model behind Amazon Bedrock's Converse, through a private endpoint. Texts stay in the country by allow-list."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from engine.core.errors import SettingsError
from engine.core.settings import Bedrock
from notices.wording import prompt
from notices.wording.draft import DrafterFailed, DraftRequest, RawDraft

_MILLION = 1_000_000


class BedrockDrafter:
    """Asks Converse for JSON by schema. 429 and 503 are tried again with growing pauses; 408 and 424 are the model's failure."""

    def __init__(self, settings: Bedrock, *, max_tokens: int) -> None:
        """Raises SettingsError when the model is not on the allow-list of prefixes. Calls nothing yet."""
        if not settings.model_id.startswith(settings.allowed_prefixes):
            allowed = ", ".join(settings.allowed_prefixes)
            raise SettingsError(
                f"[wording.bedrock] model_id {settings.model_id!r} does not begin with {allowed}: its texts could leave the country"
            )
        self._settings = settings
        self._max_tokens = max_tokens
        self._client = boto3.client(
            "bedrock-runtime",
            region_name=settings.region,
            endpoint_url=settings.endpoint_url or None,
            config=Config(
                connect_timeout=settings.connect_seconds,
                read_timeout=settings.read_seconds,
                retries={"mode": "adaptive", "total_max_attempts": settings.attempts},
            ),
        )

    @property
    def name(self) -> str:
        """Bedrock and the model."""
        return f"bedrock:{self._settings.model_id}"

    def recipe(self, request: DraftRequest) -> str:
        """Facts, model and prompt."""
        return prompt.recipe(request, drafter=self.name)

    def draft(self, request: DraftRequest) -> RawDraft:
        """One call. Raises DrafterFailed when no answer comes."""
        return self._ask(prompt.SYSTEM, prompt.asked(request), prompt.schema(request))

    def translate(self, sections: Mapping[str, str], language: str) -> RawDraft:
        """One call. Raises DrafterFailed when no answer comes."""
        return self._ask(prompt.BACK_SYSTEM, prompt.to_translate(sections, language), prompt.texts(list(sections)))

    def _ask(self, system: str, said: str, schema: Mapping[str, Any]) -> RawDraft:
        try:
            answer = self._client.converse(
                modelId=self._settings.model_id,
                system=[{"text": system}],
                messages=[{"role": "user", "content": [{"text": said}]}],
                inferenceConfig={"maxTokens": self._max_tokens, "temperature": 0.2},
                outputConfig={"textFormat": _format(schema)},
            )
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            code = error.response.get("Error", {}).get("Code", "")
            raise DrafterFailed(f"Bedrock answered {status} {code}") from None
        except BotoCoreError as error:
            raise DrafterFailed(f"Bedrock did not answer: {type(error).__name__}") from None
        return self._read(answer)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _read(self, answer: dict[str, Any]) -> RawDraft:
        if not answer.get("stopReason"):  # botocore takes a body that breaks off for an empty answer
            raise DrafterFailed("Bedrock's answer broke off")
        usage = answer.get("usage", {})
        tokens_in, tokens_out = int(usage.get("inputTokens", 0)), int(usage.get("outputTokens", 0))
        cost = tokens_in * self._settings.usd_per_million_in + tokens_out * self._settings.usd_per_million_out
        parts = answer.get("output", {}).get("message", {}).get("content", [])
        return prompt.draft_of(
            "".join(part.get("text", "") for part in parts),
            str(answer["stopReason"]),
            model_id=self.name,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            latency_ms=int(answer.get("metrics", {}).get("latencyMs", 0)),
            cost_usd=cost / _MILLION,
        )


def _format(schema: Mapping[str, Any]) -> dict[str, Any]:
    said = json.dumps(schema, ensure_ascii=False)
    return {"type": "json_schema", "structure": {"jsonSchema": {"name": "sections", "schema": said}}}
