"""Which drafter a site has: one setting chooses."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from engine.core.errors import SettingsError
from engine.core.later import Later
from engine.core.settings import Wordings
from notices.wording.bedrock import BedrockDrafter
from notices.wording.draft import Drafter, TemplateDrafter
from notices.wording.local import LocalDrafter

serving = Later("notices.wording.served")


@contextmanager
def drafter_of(settings: Wordings) -> Iterator[Drafter]:
    """The site's drafter, with whatever it needs running for as long as it is used. Raises SettingsError."""
    if settings.drafter == "bedrock":
        with closing(BedrockDrafter(settings.bedrock, max_tokens=settings.max_tokens)) as bedrock:
            yield bedrock
    elif settings.drafter == "local":
        with _local(settings) as drafter:
            yield drafter
    else:
        yield TemplateDrafter()


@contextmanager
def _local(settings: Wordings) -> Iterator[LocalDrafter]:
    local = settings.local
    if bool(local.url) == bool(local.gguf):
        raise SettingsError("[wording.local] needs either url or gguf")
    served = None
    if local.gguf:
        try:
            model = serving.ServedModel
        except ModuleNotFoundError as error:
            if error.name != "xllamacpp":
                raise
            raise SettingsError('[wording.local] gguf needs its part: make install WITH="local-llm"') from None
        served = model(local.gguf, context=local.context, threads=local.threads)
    url = served.url if served else local.url
    try:
        with closing(LocalDrafter(local, url=url, max_tokens=settings.max_tokens)) as drafter:
            yield drafter
    finally:
        if served:
            served.close()
