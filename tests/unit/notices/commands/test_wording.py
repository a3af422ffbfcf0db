import json
from pathlib import Path

from eligibility.catalogue import publish
from eligibility.programme import read_programme
from engine.core.errors import InputError
from notices.site import installed
from notices.wording.models import Wording
from tests.support.approvals import AT, approve_wordings
from tests.unit.notices.commands.conftest import Run

PROGRAMMES = Path(__file__).parents[4] / "eligibility" / "programmes"


def test_the_library_is_listed_by_version(run: Run) -> None:
    approve_wordings(languages=("ja",))
    rows = [json.loads(line) for line in run("wording", "list", "--json").stdout.splitlines()]
    assert rows
    assert {row["language"] for row in rows} == {"ja"}
    assert {row["state"] for row in rows} == {"approved"}


def test_a_draft_that_cannot_be_read_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "draft.json"
    path.write_text("not JSON", encoding="utf-8")
    done = run("wording", "check", str(path))
    assert isinstance(done.exception, InputError)
    assert "draft.json" in str(done.exception)


def test_a_draft_that_breaks_the_guard_is_refused_with_exit_2(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "draft.json"
    draft = {"programme": "x", "event": "E01", "kind": "entitlement", "language": "ja", "register": "plain"}
    path.write_text(json.dumps({**draft, "sections": {"how": "三万円です。{how}"}}), encoding="utf-8")
    done = run("wording", "check", str(path))
    assert done.exit_code == 2
    assert json.loads(done.stdout)["findings"][0]["code"] == "number_word"
    path.write_text(json.dumps({**draft, "sections": {"how": "{how}"}}), encoding="utf-8")
    assert run("wording", "check", str(path)).exit_code == 0


def _publish(folder: Path, *slugs: str) -> None:
    for slug in slugs:
        programme = read_programme(PROGRAMMES / f"{slug}.yaml")
        publish(programme, folder=folder, signed_off_by=("demo",), at=AT, demonstration=True)


def test_a_catalogue_is_drafted_once_shown_and_compared(run: Run, tmp_path: Path) -> None:
    _publish(installed().paths.catalogue, "child_allowance")
    first = json.loads(run("wording", "draft", "--json").stdout)
    assert (first["drafter"], first["kept"], first["refused"]) == ("template", 0, 0)
    assert first["new"] == 42  # 2 events and a sweep, a block and an opening each, 7 languages
    assert json.loads(run("wording", "draft", "--json").stdout)["kept"] == 42
    wording = Wording.objects.get(programme="child_allowance", event="E01", language="ja", register="easy")
    shown = json.loads(run("wording", "show", str(wording.pk), "--json").stdout)
    assert shown["sections"]["to_do"] == "申しこむ"
    assert shown["readability"]["findings"] == []
    assert shown["review"]["no_back"] == "the text is in Japanese"
    told = run("wording", "show", str(wording.pk)).stdout
    assert "no back-translation: the text is in Japanese" in told
    assert "no version to compare with: nothing is in force for this use yet" in told
    assert run("wording", "compare", str(wording.pk)).stdout == "the same text\n"
    other = Wording.objects.get(programme="child_allowance", event="E01", language="ja", register="plain")
    sides = json.loads(run("wording", "compare", str(wording.pk), str(other.pk), "--json").stdout)["sections"]
    assert sides["to_do"] == ["申請する", "申しこむ"]
    assert isinstance(run("wording", "show", "999999").exception, InputError)


def test_what_a_language_lacks_is_a_finding_of_the_catalogue(run: Run) -> None:
    _publish(installed().paths.catalogue, "child_allowance")
    assert run("wording", "check", "--language", "ko").exit_code == 0
    assert isinstance(run("wording", "check", "--language", "xx").exception, InputError)


def test_the_configured_drafter_is_evaluated_over_the_catalogue(run: Run) -> None:
    _publish(installed().paths.catalogue, "child_allowance")
    told = json.loads(run("wording", "evaluate", "--language", "en").stdout)
    assert (told["drafter"], told["asked"], told["accepted"], told["edit_rate"]) == ("template", 6, 6, None)
