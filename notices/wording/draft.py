"""Who writes a block and from what: public facts of a programme only. There is no field a resident could be put in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal, Protocol

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from engine.core.errors import WordingError
from notices.wording.facts import Said
from notices.wording.language import Kind, read_language

Register = Literal["plain"]
_OPENING_KIND: Kind = "information"


@dataclass(frozen=True, kw_only=True)
class PublicFacts:
    """What a published programme says of itself to everybody. `kinds`: event code → kind of notice it leads to."""

    programme: str
    kinds: Mapping[str, Kind]
    name: Said
    gives: Said = field(default_factory=Said)
    how_to_apply: Said = field(default_factory=Said)
    has_amount: bool = False
    has_deadline: bool = False
    has_documents: bool = False


@dataclass(frozen=True, kw_only=True)
class DraftRequest:
    """One text to write: programme × event × kind × language × register. An empty programme asks for the event's opening."""

    programme: str
    event: str
    kind: Kind
    language: str
    register: Register = "plain"
    name: str = ""
    gives: str = ""
    how_to_apply: str = ""
    has_amount: bool = False
    has_deadline: bool = False
    has_documents: bool = False


@dataclass(frozen=True, kw_only=True)
class RawDraft:
    """What a drafter gave back, before the guard has seen it."""

    sections: Mapping[str, str]
    stop_reason: str
    model_id: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    latency_ms: int = 0


class Drafter(Protocol):
    """Writes sections with slots. `name` goes to the library and the audit log."""

    @property
    def name(self) -> str:
        """Who wrote it, with model id where there is one."""
        ...

    def draft(self, request: DraftRequest) -> RawDraft:
        """The sections asked for."""
        ...


class TemplateDrafter:
    """Fills the templates of a language folder. No model, always there."""

    name = "template"

    def __init__(self) -> None:
        """One sandboxed environment; templates are data of the language folders."""
        self._environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)

    def draft(self, request: DraftRequest) -> RawDraft:
        """The sections from the folder of the request's language. Raises WordingError when it has none for the event."""
        language = read_language(request.language)
        templates = language.blocks.get(request.kind) if request.programme else language.openings.get(request.event)
        if templates is None:
            raise WordingError(f"languages/{request.language} has no template for {request.event}, {request.kind}")
        told = asdict(request)
        sections = {name: self._environment.from_string(text).render(told).strip() for name, text in templates.items()}
        return RawDraft(sections=sections, stop_reason="end_turn", model_id=f"{self.name}:{language.version}")


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
            yield DraftRequest(programme="", event=event, kind=_OPENING_KIND, language=language)


def _block(facts: PublicFacts, *, event: str, kind: Kind, language: str) -> DraftRequest:
    return DraftRequest(
        programme=facts.programme,
        event=event,
        kind=kind,
        language=language,
        name=facts.name.in_language(language),
        gives=facts.gives.in_language(language),
        how_to_apply=facts.how_to_apply.in_language(language),
        has_amount=facts.has_amount,
        has_deadline=facts.has_deadline,
        has_documents=facts.has_documents,
    )
