"""What becomes of a draft: the guard, the readability gate, and whether the programme can be said in that language at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from notices.wording.draft import DraftRequest, RawDraft
from notices.wording.guard import Finding, Subject, check
from notices.wording.language import read_language
from notices.wording.readability import Readability, measure

_PROGRAMME = "programme"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`findings` refuse the draft. `readability` also tells what is hard to read in the programme's own public texts,
    which its office signs off and no drafter can change."""

    findings: tuple[Finding, ...]
    readability: Readability | None
    of_programme: tuple[Finding, ...] = ()

    @property
    def accepted(self) -> bool:
        """Nothing found."""
        return not self.findings


def judge(request: DraftRequest, raw: RawDraft) -> Verdict:
    """Holds a draft to everything. A draft the guard cannot read on is not measured."""
    found = tuple(check(raw.sections, subject_of(request), stop_reason=raw.stop_reason))
    if any(finding.code in {"stop_reason", "language", "schema", "kind"} for finding in found):
        return Verdict(findings=found, readability=None)
    language = read_language(request.language)
    measured = measure(raw.sections, language)
    public: Mapping[str, str] = {str(index): text for index, text in enumerate(request.public_texts)}
    return Verdict(
        findings=(*found, *measured.findings, *untold(request)),
        readability=measured,
        of_programme=tuple(
            Finding(code=finding.code, section=_PROGRAMME, text=finding.text, hint=finding.hint)
            for finding in measure(public, language).findings
            if finding.section
        ),
    )


def untold(request: DraftRequest) -> tuple[Finding, ...]:
    """Public texts of the programme that nobody has put into the language: a notice could not be said whole."""
    where = f"notices/wording/languages/{request.language}/phrases.yaml"
    return tuple(
        Finding(code="phrase_missing", section=_PROGRAMME, text=text, hint=f"add it to {where}")
        for text in request.untold
    )


def subject_of(request: DraftRequest) -> Subject:
    """What the guard must know of a request."""
    flags = {"amount": request.has_amount, "deadline": request.has_deadline, "documents": request.has_documents}
    return Subject(
        programme=request.programme,
        event=request.event,
        kind=request.kind,
        language=request.language,
        needs=frozenset(name for name, has in flags.items() if has),
    )
