from pathlib import Path

import pytest

from eligibility.purposes import register
from engine.core.errors import ContractError, InputError
from engine.records.contract import load_contracts
from events.detectors import load_detectors
from events.probable.registry import FOLDER, Model, load_models, model_of

MODELS = load_models().values()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.code)
def test_a_model_reads_only_what_the_register_of_purposes_grants_its_office(model: Model) -> None:
    for table, read in model.reads.items():
        mine = [one for one in register()[table] if not one.offices or model.office in one.offices]
        mine = [one for one in mine if not one.programmes and one.kind != "consent" and one.only != "exclusions"]
        assert set(read.columns) <= {column for one in mine for column in one.columns}, f"{model.code} reads {table}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.code)
def test_what_is_left_out_is_a_column_of_the_records_and_is_not_read(model: Model) -> None:
    assert {("residents", ("nationality", "sex"))} <= {(one.table, one.columns) for one in model.left_out}
    for one in model.left_out:
        assert set(one.columns) <= set(load_contracts()[one.table].columns)
        assert one.table not in model.reads or not set(one.columns) & set(model.reads[one.table].columns)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.code)
def test_a_weak_signal_is_no_event(model: Model) -> None:
    assert model.code not in load_detectors()
    assert model.code not in {detector.name for detector in load_detectors().values()}


def test_an_unknown_signal_names_the_ones_there_are() -> None:
    with pytest.raises(InputError, match="job_loss"):
        model_of("lottery")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param("office: insurance", "ofice: insurance", "job_loss.yaml: office: Field required", id="a field is missing"),
        pytest.param("[pension_first_kind, from_22_to_59]", "[rich]", "names its features only", id="an unknown feature"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_by_name_and_place(before: str, after: str, said: str, tmp_path: Path) -> None:
    text = (FOLDER / "job_loss.yaml").read_text(encoding="utf-8")
    (tmp_path / "job_loss.yaml").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(ContractError, match=said):
        load_models(tmp_path)
