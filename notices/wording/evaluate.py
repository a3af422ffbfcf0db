"""How well a model writes: accepted by guard step, readability, tokens, cost; and how often staff change what it wrote."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from notices.wording.draft import Drafter, DrafterFailed, DraftRequest, RawDraft
from notices.wording.models import Wording
from notices.wording.verdict import judge

#: step of the guard, by code of a finding; readability comes after the ten
STEP_OF = {
    "stop_reason": 1, "schema": 1, "kind": 1, "section_unknown": 1, "section_missing": 1, "unicode": 2, "enclosed": 2,
    "slot_unknown": 3, "slot_misplaced": 3, "slot_missing": 3, "brace": 3, "markup": 3, "number": 4, "number_word": 4,
    "address": 4, "figure": 5, "promise": 6, "instruction": 6, "personal": 7, "language": 8, "length": 9, "term": 9,
}  # fmt: skip
_AFTER = 11


@dataclass
class Evaluation:
    """A model over a catalogue. `refused_at`: the first step of the guard that refuses, 11 for readability and phrases."""

    asked: int = 0
    accepted: int = 0
    failed: int = 0
    refused_at: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    mean_sentences: list[float] = field(default_factory=list)
    milliseconds: list[int] = field(default_factory=list)
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """What `wording evaluate` prints."""
        return {
            "asked": self.asked,
            "accepted": self.accepted,
            "failed": self.failed,
            "refused_at_step": {str(step): count for step, count in sorted(self.refused_at.items())},
            "findings": dict(self.codes.most_common()),
            "mean_sentence": round(fmean(self.mean_sentences), 1) if self.mean_sentences else None,
            "mean_milliseconds": round(fmean(self.milliseconds)) if self.milliseconds else None,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "cost_usd": round(self.cost_usd, 6),
        }


def evaluate(requests: Iterable[DraftRequest], drafter: Drafter) -> Evaluation:
    """Asks the drafter for every request and stores nothing."""
    done = Evaluation()
    for request in requests:
        done.asked += 1
        try:
            raw = drafter.draft(request)
        except DrafterFailed:
            done.failed += 1
            continue
        _count(done, request, raw)
    return done


def edit_rate(municipality: str) -> float | None:
    """Of the uses whose approved text began with a drafter's draft: the share that staff changed. None: nothing approved."""
    approved = Wording.objects.filter(municipality_code=municipality, state=Wording.State.APPROVED)
    drafters = list(approved.values_list("model_id", flat=True))
    return sum(not model for model in drafters) / len(drafters) if drafters else None


def _count(done: Evaluation, request: DraftRequest, raw: RawDraft) -> None:
    verdict = judge(request, raw)
    done.tokens_in += raw.tokens_in
    done.tokens_out += raw.tokens_out
    done.cost_usd += raw.cost_usd
    done.milliseconds.append(raw.latency_ms)
    if verdict.readability:
        done.mean_sentences.append(verdict.readability.mean)
    if verdict.accepted:
        done.accepted += 1
        return
    done.codes.update({finding.code for finding in verdict.findings})
    done.refused_at[min(STEP_OF.get(finding.code, _AFTER) for finding in verdict.findings)] += 1
