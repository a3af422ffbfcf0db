"""A look-first model for tests: it says what it is told to of a feature, and little of everything else."""

from pathlib import Path

from events.probable.fitted import Fitted, save
from notices.approval.looking.scoring import code_of


def put_model(folder: Path, office: str, *, feature: str = "flag:backdated", cut: float = 0.3) -> None:
    """In use at once: 0.5 for what has the feature, 0.05 for what has not."""
    fitted = Fitted(
        code=code_of(office), until="2026-11-01", seed=1, features=(feature, "prior"), means=(0.0, 0.0), deviations=(1.0, 1.0),
        weights=(2.9444, 0.0), intercept=-2.9444, slope=-1.0, offset=0.0, cut=cut,
    )  # fmt: skip
    save(folder, fitted, {}, "")
