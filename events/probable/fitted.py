"""A trained model as plain numbers: standardised logistic regression and a sigmoid over its score. No pickle: JSON that people can read."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.errors import InputError

Vector = npt.NDArray[np.float64]
_SPOKEN = 3


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """One trained model. Score = intercept + Σ weight × (value − mean) / deviation; probability = 1 / (1 + exp(slope × score + offset))."""

    code: str
    until: str
    seed: int
    features: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    slope: float
    offset: float
    cut: float  #: the least probability for which the office has room

    def __post_init__(self) -> None:
        """Raises ValueError when the numbers do not fit together."""
        lengths = {len(self.means), len(self.deviations), len(self.weights), len(self.features)}
        if len(lengths) != 1 or not np.isfinite([*self.means, *self.deviations, *self.weights, self.slope]).all():
            raise ValueError("a feature without its numbers")

    def probabilities(self, rows: pl.DataFrame) -> Vector:
        """One calibrated probability a row."""
        score = self._parts(rows).sum(axis=1) + self.intercept
        answer: Vector = 1.0 / (1.0 + np.exp(self.slope * score + self.offset))
        return answer

    def spoke(self, rows: pl.DataFrame, *, present: bool = False) -> list[tuple[tuple[str, float], ...]]:
        """For each row the features that raised it most, strongest first, as (feature, value): at most three.

        present: only features the row has; that it lacks one says nothing a person could look at.
        """
        parts, values = self._parts(rows), rows.select(self.features).to_numpy()
        direction = -np.sign(self.slope) if self.slope else 1.0
        found = []
        for part, value in zip(parts * direction, values, strict=True):
            raised = [at for at in range(len(part)) if part[at] > 0 and (value[at] or not present)]
            strongest = sorted(raised, key=lambda at: (-part[at], at))[:_SPOKEN]
            found.append(tuple((self.features[at], float(value[at])) for at in strongest))
        return found

    def _parts(self, rows: pl.DataFrame) -> Vector:
        values = rows.select(self.features).to_numpy().astype(np.float64)
        parts: Vector = (values - np.array(self.means)) / np.array(self.deviations) * np.array(self.weights)
        return parts


def save(folder: Path, fitted: Fitted, card: Mapping[str, object], page: str) -> str:
    """Writes a model, its card and its page under the model's SHA-256 and makes it the current one; returns the digest."""
    text = json.dumps(asdict(fitted), ensure_ascii=False, indent=1, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    own = folder / fitted.code
    own.mkdir(parents=True, exist_ok=True)
    (own / f"{digest}.json").write_text(text, encoding="utf-8")
    (own / f"{digest}.card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")
    (own / f"{digest}.card.md").write_text(page, encoding="utf-8")
    pointer = own / ".current"
    pointer.write_text(digest, encoding="utf-8")
    pointer.replace(own / "current")
    return digest


def load(folder: Path, code: str, features: Sequence[str] | None, *, command: str = "") -> tuple[str, Fitted]:
    """The current model of a code with its digest. features: those it must have been trained on; None where it brings its own.

    Raises InputError when there is none, when its file is not what its name says, or when it was trained on other features:
    the message names the `command` that trains it.
    """
    own, command = folder / code, command or f"todoke events train {code} --until DATE"
    if not (own / "current").exists():
        raise InputError(f"no trained model {code} under {folder}: run `{command}`")
    digest = (own / "current").read_text(encoding="utf-8").strip()
    again = f"train it again: `{command}`"
    path = own / f"{digest}.json"
    if not digest.isalnum() or not path.exists():
        raise InputError(f"{own / 'current'} names a model that is not there; {again}")
    text = path.read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise InputError(f"{path} is not the file it was: its content does not match its name; {again}")
    values = json.loads(text)
    lists = {name: tuple(values[name]) for name in ("features", "means", "deviations", "weights")}
    fitted = Fitted(**(values | lists))
    if features is not None and fitted.features != tuple(features):
        raise InputError(f"{path} was trained on other features than the model has now; {again}")
    return digest, fitted
