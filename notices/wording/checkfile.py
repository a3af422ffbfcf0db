"""`wording check FILE`: one draft in a JSON file, held to the guard and the readability gate."""

import json
from pathlib import Path
from typing import Any

from engine.core.errors import WordingError
from notices.wording.guard import Subject, check
from notices.wording.language import code_of, languages, read_language
from notices.wording.readability import measure

_NAMES = ("programme", "event", "kind", "language", "register", "sections")


def check_file(path: Path) -> dict[str, Any]:
    """`{"accepted", "findings": [{"code", "section", "text", "hint"}]}` for a draft as contract.md describes it.

    A file may hold only some of the sections: somebody is still writing. Raises WordingError when it cannot be read.
    """
    values = _read(path)
    missing = [name for name in _NAMES if name not in values]
    if missing:
        raise WordingError(f"{path}: {', '.join(missing)} missing; a draft has {', '.join(_NAMES)}")
    if not isinstance(values["sections"], dict):
        raise WordingError(f"{path}: sections must map a name to a text")
    programme, event, kind, language = (str(values[name]) for name in ("programme", "event", "kind", "language"))
    code = code_of(language, str(values["register"]))
    subject = Subject(programme=programme, event=event, kind=kind, language=code, whole=False)
    findings = check(values["sections"], subject)
    if code in languages() and not any(finding.code in {"schema", "kind"} for finding in findings):
        findings += measure(values["sections"], read_language(code)).findings
    return {"accepted": not findings, "findings": [finding.as_json() for finding in findings]}


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise WordingError(f"{path} cannot be read; give the path of a JSON file") from None
    except ValueError as error:
        raise WordingError(f"{path} is not JSON in UTF-8: {error}") from None
    if not isinstance(values, dict):
        raise WordingError(f"{path} must hold one JSON object")
    return values
