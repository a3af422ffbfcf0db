import json
from pathlib import Path

import pytest

from engine.core.errors import InputError
from events.probable.fitted import Fitted, load, save
from tests.support.probable import JOB_LOSS, cases, certain, trained

NAMES = tuple(JOB_LOSS.features)


def test_a_model_comes_back_as_it_was_stored_under_its_digest(tmp_path: Path) -> None:
    fitted = trained(cases())
    digest = save(tmp_path, fitted, {"auc": 1}, "page")
    assert load(tmp_path, "job_loss", NAMES) == (digest, fitted)
    assert {path.name for path in (tmp_path / "job_loss").iterdir()} == {
        "current",
        f"{digest}.json",
        f"{digest}.card.json",
        f"{digest}.card.md",
    }


def test_storing_the_same_model_again_changes_nothing(tmp_path: Path) -> None:
    assert save(tmp_path, certain(), {}, "") == save(tmp_path, certain(), {}, "")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda own, digest: (own / "current").unlink(), "no trained model job_loss", id="never trained"),
        pytest.param(lambda own, digest: (own / "current").write_text("0" * 64), "not there", id="a model that is gone"),
        pytest.param(lambda own, digest: (own / "current").write_text("../../x"), "not there", id="a path out of the folder"),
        pytest.param(lambda own, digest: (own / f"{digest}.json").write_text("{}"), "not the file it was", id="changed by hand"),
    ],
)  # fmt: skip
def test_only_the_file_that_was_trained_is_loaded(spoil: object, said: str, tmp_path: Path) -> None:
    digest = save(tmp_path, certain(), {}, "")
    assert callable(spoil)
    spoil(tmp_path / "job_loss", digest)
    with pytest.raises(InputError, match=said):
        load(tmp_path, "job_loss", NAMES)


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    save(tmp_path, certain(), {}, "")
    with pytest.raises(InputError, match="other features"):
        load(tmp_path, "job_loss", (*NAMES, "new"))


def test_a_model_whose_numbers_do_not_fit_is_none() -> None:
    with pytest.raises(ValueError, match="without its numbers"):
        Fitted(**{**certain().__dict__, "weights": (1.0,)})


def test_what_spoke_is_what_raised_it_strongest_first() -> None:
    rows = cases(3000)
    fitted = trained(rows)
    with_it = rows.filter(rows["pension_first_kind"] == 1)
    assert {spoke[0][0] for spoke in fitted.spoke(with_it)} == {"pension_first_kind"}
    without = rows.filter(rows["pension_first_kind"] == 0)
    assert "pension_first_kind" not in {name for spoke in fitted.spoke(without) for name, _ in spoke}
    assert max(len(spoke) for spoke in fitted.spoke(rows)) <= 3


def test_what_a_row_has_not_is_no_reason_to_look_at_it() -> None:
    rows = cases(3000)
    fitted = trained(rows)
    for at, spoke in enumerate(fitted.spoke(rows, present=True)):
        assert all(rows[name][at] for name, _ in spoke)
    assert any(not rows[name][at] for at, spoke in enumerate(fitted.spoke(rows)) for name, _ in spoke)


def test_a_model_that_brings_its_own_features_is_loaded_without_naming_them(tmp_path: Path) -> None:
    digest = save(tmp_path, certain(), {}, "")
    assert load(tmp_path, "job_loss", None) == (digest, certain())
    with pytest.raises(InputError, match=r"no trained model other under .*: run `make it`"):
        load(tmp_path, "other", None, command="make it")


def test_the_stored_model_is_numbers_that_people_can_read(tmp_path: Path) -> None:
    digest = save(tmp_path, trained(cases()), {}, "")
    told = json.loads((tmp_path / "job_loss" / f"{digest}.json").read_text(encoding="utf-8"))
    assert len(told["weights"]) == len(NAMES)
