"""The register of what is said in English and can reach a page is read from the code itself and held to the desk's words."""

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest
from pytest_django import Settings

from engine.core.errors import FeedRejected, TodokeError
from notices.accounts.oidc import IdentityRefused
from notices.approval.models import JobRun, Notice
from notices.desk.catalogue import Phrases, messages
from notices.desk.sayings import PREFIX, in_words
from notices.recipients.models import SafetyPublication
from tests.shape.test_house import REPOSITORY
from tests.unit.notices.desk.conftest import SignIn

JA, EN = Phrases("ja"), Phrases("en")
#: where what a page shows of refusals, drafts and halts is raised
ROOMS = (
    "notices/accounts/*.py",
    "notices/approval/**/*.py",
    "notices/desk/**/*.py",
    "notices/recipients/*.py",
    "notices/sealing.py",
    *(f"notices/wording/{name}.py" for name in ("backwards", "bedrock", "compose", "draft", "drafting", "facts")),
    *(f"notices/wording/{name}.py" for name in ("language", "library", "local", "reviewing", "slots")),
)
#: where files are refused
FILES = "engine/records/*.py"
#: functions that return a saying for somebody else to raise or keep
HAND_ON = {
    "engine/records/feeds.py": {"support_feed_fault", "feed_fault"},
    "engine/records/reading.py": {"_not_utf8"},
    "engine/records/short.py": {"_reason", "_loss", "_shortfall"},
    "notices/wording/drafting.py": {"_ask"},
}
#: what is raised with words that stand elsewhere: in a function of HAND_ON, or in KEPT
ELSEWHERE = re.compile(r"obstacle|_not_utf8\(.*\)")
#: sayings that stand in a value, as their file has them
KEPT = {
    "wording {pk} is {state}; only a draft can be approved": "notices/wording/library.py",
    "wording {pk} has {found} findings of the guard; draft it again": "notices/wording/library.py",
    "wording {pk} is not the text its version names; draft it again": "notices/wording/library.py",
    "nobody is named to review {code}: set [wording] reviewers before it can be sent": "notices/wording/library.py",
    "the safety facts are not complete": "notices/recipients/checks.py",
    "refused: ": "notices/wording/drafting.py",
    "column {column} is missing": "engine/records/check.py",
    "column {column} is unexpected": "engine/records/check.py",
    "row {first['row_number']} of the file of {first['business_date']}, {first['reason']}": "engine/records/feeds.py",
    "{row['business_date']}/{row['reason']}": "engine/records/load.py",
    "catalogue: {name} is named as current but is not there; publish {place.parent.name} again": "eligibility/versions.py",
    "catalogue: {name} was changed after it was published; publish {place.parent.name} again": "eligibility/versions.py",
}


def names_of(kind: type[TodokeError]) -> set[str]:
    """The error and those below it; not the one whose codes have words of their own."""
    return {kind.__name__}.union(*map(names_of, kind.__subclasses__())) - {IdentityRefused.__name__}


def skeleton(node: ast.expr | None) -> str:
    """A text with {} at what is filled in; empty for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.IfExp | ast.Subscript):  # words or none; words cut to a length
        return skeleton(node.body if isinstance(node, ast.IfExp) else node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return ""


def said_in(tree: ast.Module, names: set[str], hand_on: set[str]) -> Iterator[tuple[str, str]]:
    """(source, skeleton) of every message raised, and of every one that these functions return."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) in names:
            yield ast.unparse(node.exc.args[0]), skeleton(node.exc.args[0])
        elif isinstance(node, ast.FunctionDef) and node.name in hand_on:
            returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
            parts = [part for one in returned if one for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
            yield from (("", text) for text in map(skeleton, parts) if text)


def register() -> dict[str, str]:
    """Every saying → the file it is said in."""
    found = {
        re.sub(r"{[^}]+}", "{}", said) + ("{}" if said.endswith(": ") else ""): path for said, path in KEPT.items()
    }
    paths = [(path, names_of(TodokeError)) for room in ROOMS for path in sorted(REPOSITORY.glob(room))]
    paths += [(path, names_of(FeedRejected)) for path in sorted(REPOSITORY.glob(FILES))]
    for path, names in paths:
        where = str(path.relative_to(REPOSITORY))
        for source, text in said_in(ast.parse(path.read_text(encoding="utf-8")), names, HAND_ON.get(where, set())):
            assert text or ELSEWHERE.fullmatch(source), f"{where} raises words that nobody can look up: {source}"
            found |= {text: where} if text else {}
    return found


def bare(english: str) -> str:
    """A catalogue's English with {} at its {names}."""
    return "".join(text + ("{}" if name else "") for text, name, *_ in Formatter().parse(english))


def test_everything_that_is_said_to_staff_has_words_of_the_desk_and_every_word_is_said() -> None:
    said = register()
    known = {bare(words["en"]) for key, words in messages().items() if key.startswith(PREFIX)}
    assert len(said) > 120
    assert {text: said[text] for text in sorted(said.keys() - known)} == {}
    assert sorted(known - said.keys()) == []


def test_a_saying_that_is_kept_stands_in_its_file_as_the_register_has_it() -> None:
    missing = {said for said, path in KEPT.items() if said not in (REPOSITORY / path).read_text(encoding="utf-8")}
    assert missing == set()


@pytest.mark.parametrize("key", [pytest.param(key, id=key) for key in messages() if key.startswith(PREFIX)])
def test_a_saying_is_known_by_its_form_and_no_other_takes_its_place(key: str) -> None:
    names = [name for _, name, *_ in Formatter().parse(messages()[key]["en"]) if name]
    values = {name: f"ん{place}" for place, name in enumerate(names)}
    assert in_words(EN(key, **values), JA) == JA(key, **values)
    assert in_words(EN(key, **values), EN) == EN(key, **values)
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", JA(key, **dict.fromkeys(names, "")))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(
            "this needs the role reviewer or approver; an administrator gives roles",
            "この操作には「確認者、承認者」の役割が要ります。役割は管理者が登録します。",
            id="roles by their names",
        ),
        pytest.param(
            "nothing is prepared or sent: the support_measures feed is missing: none was ever accepted",
            "お知らせは作らず、送りません。「支援措置対象者」のファイルが、まだ一度も届いていません。",
            id="a halt with its fault, and the table by its name",
        ),
        pytest.param(
            "nothing may be approved or sent: the support_measures feed has 2 row(s) in quarantine, the first row 7 of the file"
            " of 2026-11-20, not_a_date: starts_on; see `todoke records quarantine`",
            "承認も発送もできません。「支援措置対象者」のファイルに、隔離した行が2行あります。最初は2026-11-20 のファイルの7行目"
            "（「starts_on」が日付として読めません）。`todoke records quarantine` で確かめてください。",
            id="a saying within a saying within a saying",
        ),
        pytest.param(
            "2026-11-20/nhi.csv: column a is missing; column b is unexpected (contract nhi.yaml)",
            "2026-11-20分：nhi.csv：項目 a がない、知らない項目 b がある（取り決め 国民健康保険）",
            id="a refused file with all its faults",
        ),
        pytest.param("notice N-1 is withdrawn already", "お知らせ N-1 は、もう「取り下げ」です。", id="a state"),
        pytest.param("何か", "何か", id="what nobody has words for stays as it is"),
    ],
)
def test_what_stands_in_a_saying_is_said_in_japanese_too(said: str, words: str) -> None:
    assert in_words(said, JA) == words
    assert in_words(said, EN) == said


def test_a_halt_is_said_in_the_readers_language_on_every_page_that_tells_of_it(
    morning: list[Notice], sign_in: SignIn, settings: Settings
) -> None:
    said = "nothing is prepared or sent: the support_measures feed is missing: none was ever accepted"
    JobRun.objects.update(state="halted", summary={"halted": said})
    SafetyPublication.objects.update(
        complete=False, reason="the support_measures feed is missing: none was ever accepted"
    )
    client = sign_in("aoki")
    pages = ("/night/", "/queue/", f"/notices/{morning[0].pk}/")
    for address in pages:
        assert "「支援措置対象者」のファイルが、まだ一度も届いていません。" in client.get(address).content.decode()
        assert "feed is missing" not in client.get(address).content.decode()
    client.post("/language/", {"language": "en"})
    assert all("feed is missing" in client.get(address).content.decode() for address in pages)


def test_a_refused_file_is_told_in_japanese(morning: list[Notice], sign_in: SignIn) -> None:
    JobRun.objects.update(
        summary={"feeds": {"accepted": [], "rejected": ["2026-11-20/nhi.csv has the column a twice"]}}
    )
    assert "2026-11-20分：nhi.csv：項目 a が2つあります。" in sign_in("aoki").get("/night/").content.decode()
