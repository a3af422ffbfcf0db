"""Who writes a block and from what: public facts of a programme only. There is no field a resident could be put in."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Literal, Protocol, runtime_checkable

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from engine.core.errors import WordingError
from notices.wording.facts import Said
from notices.wording.language import Kind, read_language, use_of

Register = Literal["plain", "easy"]
_OPENING_KIND: Kind = "information"


@dataclass(frozen=True, kw_only=True)
class PublicFacts:
    """What a published programme says of itself to everybody. `kinds`: event code → kind of notice it leads to."""

    programme: str
    office: str = ""
    kinds: Mapping[str, Kind]
    name: Said
    gives: Said = field(default_factory=Said)
    how_to_apply: Said = field(default_factory=Said)
    has_amount: bool = False
    has_deadline: bool = False
    has_documents: bool = False
    others: tuple[Said, ...] = ()  #: documents, questions, labels of amounts


@dataclass(frozen=True, kw_only=True)
class DraftRequest:
    """One text to write: programme × event × kind × language × register. An empty programme asks for the event's opening."""

    programme: str
    event: str
    kind: Kind
    language: str
    register: Register = "plain"
    office: str = ""
    name: str = ""
    gives: str = ""
    how_to_apply: str = ""
    has_amount: bool = False
    has_deadline: bool = False
    has_documents: bool = False
    public_texts: tuple[str, ...] = ()  #: every public text of the programme in this language
    untold: tuple[str, ...] = ()  #: those nobody has put into this language yet, in Japanese


@dataclass(frozen=True, kw_only=True)
class RawDraft:
    """What a drafter gave back, before the guard has seen it."""

    sections: Mapping[str, str]
    stop_reason: str
    model_id: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    latency_ms: int = 0
    cost_usd: float = 0.0


class DrafterFailed(WordingError):
    """A model that is unreachable, slow or wrong. The template's draft is taken and the reason kept."""

    code = "drafter_failed"


class Drafter(Protocol):
    """Writes sections with slots. `name` goes to the library and the audit log."""

    @property
    def name(self) -> str:
        """Who wrote it, with model id where there is one."""
        ...

    def draft(self, request: DraftRequest) -> RawDraft:
        """The sections asked for. Raises DrafterFailed when there is no answer."""
        ...

    def recipe(self, request: DraftRequest) -> str:
        """SHA-256 of everything the draft is made from: while it stays, nothing is drafted again."""
        ...


@runtime_checkable
class Translator(Protocol):
    """A drafter with a model can also say in Japanese what a text in another language says, for its reviewer."""

    def translate(self, sections: Mapping[str, str], language: str) -> RawDraft:
        """The sections in Japanese, slots as they are. Raises DrafterFailed when there is no answer."""
        ...


class TemplateDrafter:
    """Fills the templates of a language folder. No model, always there."""

    name = "template"

    def __init__(self) -> None:
        """One sandboxed environment; templates are data of the language folders."""
        environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        self._template = lru_cache(maxsize=1_024)(environment.from_string)

    def draft(self, request: DraftRequest) -> RawDraft:
        """The sections from the folder of the request's language; the neutral opening for an event without its own."""
        language = read_language(request.language)
        templates = language.blocks.get(request.kind) if request.programme else language.opening(request.event)
        if templates is None:
            raise WordingError(f"languages/{request.language} has no template for {request.event}, {request.kind}")
        told = asdict(request)
        sections = {name: self._template(text).render(told).strip() for name, text in templates.items()}
        return RawDraft(sections=sections, stop_reason="end_turn", model_id=f"{self.name}:{language.version}")

    def recipe(self, request: DraftRequest) -> str:
        """Facts of the request, and the templates of its language."""
        language = read_language(request.language)
        templates = language.blocks.get(request.kind) if request.programme else language.opening(request.event)
        return recipe_of(request, self.name, json.dumps(templates, ensure_ascii=False, sort_keys=True))


def recipe_of(request: DraftRequest, *parts: str) -> str:
    """SHA-256 over a request and what else a draft is made from."""
    whole = [asdict(request), *parts]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def requests_for(programmes: Iterable[PublicFacts], *, languages: Sequence[str]) -> Iterator[DraftRequest]:
    """Every text these programmes need: one block per programme, event and language, and one opening per event and language."""
    events: set[str] = set()
    for facts in programmes:
        events |= set(facts.kinds)
        for event, kind in facts.kinds.items():
            for language in languages:
                yield _block(facts, event=event, kind=kind, language=language)
    for event in sorted(events):
        for language in languages:
            yield DraftRequest(
                programme="", event=event, kind=_OPENING_KIND, language=language, register=_register(language)
            )


def _register(language: str) -> Register:
    return "easy" if use_of(language)[1] == "easy" else "plain"


def _block(facts: PublicFacts, *, event: str, kind: Kind, language: str) -> DraftRequest:
    said = [facts.name, facts.gives, facts.how_to_apply, *facts.others]
    told = {text.ja: text.in_language(language) for text in said if text.ja}
    return DraftRequest(
        programme=facts.programme,
        event=event,
        kind=kind,
        language=language,
        register=_register(language),
        office=facts.office,
        name=facts.name.in_language(language),
        gives=facts.gives.in_language(language),
        how_to_apply=facts.how_to_apply.in_language(language),
        has_amount=facts.has_amount,
        has_deadline=facts.has_deadline,
        has_documents=facts.has_documents,
        public_texts=tuple(filter(None, told.values())),
        untold=tuple(ja for ja, text in told.items() if not text),
    )
