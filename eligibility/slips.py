"""What a file got wrong, said to somebody who writes rules and no Python, in English and Japanese: found, allowed, the nearest name."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import yaml

from eligibility.language.parse import did_you_mean

#: what pydantic calls an error → what belongs there
_WANTED: Mapping[str, str] = {
    "tuple_type": "a list, each entry on a line of its own behind «- »",
    "dict_type": "fields, each on a line of its own as «name: value»",
    "model_type": "fields, each on a line of its own as «name: value»",
    "model_attributes_type": "fields, each on a line of its own as «name: value»",
    "string_type": "a text; put it in quotes",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "date_type": "a date, YYYY-MM-DD",
    "date_parsing": "a date, YYYY-MM-DD",
    "date_from_datetime_parsing": "a date, YYYY-MM-DD",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}
_PATTERNS: Mapping[str, str] = {
    r"^E\d{2}$": "an event's number such as E25; docs/glossary.md lists them",
    r"^[a-z][a-z0-9_]*$": "a name of small letters, digits and _, beginning with a letter",
}
_DAY = "a day of the year, MM-DD in quotes"
_SHOWN = 40
#: what else people write for a unit
_SAME: Mapping[str, str] = {
    "YEN": "JPY",
    "円": "JPY",
    "円/月": "JPY/month",
    "年": "years",
    "歳": "years",
    "か月": "months",
    "日": "days",
}


def said(error: Mapping[str, Any], names: Collection[str]) -> str:
    """One of pydantic's errors in words. `names`: every field there is."""
    kind, found = error["type"], error["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"there is no such field; {did_you_mean(str(error['loc'][-1]), names)}see `todoke programmes schema`"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"{found!r} is not allowed; {did_you_mean(_SAME.get(str(found).upper(), str(found)), allowed)}use {', '.join(allowed)}"
    if kind == "string_pattern_mismatch":
        return f"{found!r} must be {_PATTERNS.get(error['ctx']['pattern'], _DAY)}"
    if kind in _WANTED:
        return f"{str(found)[:_SHOWN]!r} must be {_WANTED[kind]}"
    return str(error["msg"]).removeprefix("Value error, ")


def misread(error: yaml.MarkedYAMLError) -> str:
    """What a YAML reader stumbled over, in words; its own where it is none of the slips people make."""
    mark, problem = error.problem_mark, str(error.problem)
    buffer = mark.get_snippet() if mark is not None else None
    if "cannot start any token" in problem and (buffer is None or "\t" in buffer):
        return "a tab stands at the beginning of the line; use spaces"
    if "expected node content" in problem:
        return "a value is missing between two commas or brackets"
    return problem


_KINDS_JA: Mapping[str, str] = {
    "a date": "日付",
    "a number": "数",
    "a text": "文字",
    "a code": "コード",
    "a boolean": "はい・いいえ",
    "yen": "円",
    "years": "年",
    "months": "月数",
    "days": "日数",
}
_WANTED_JA: Mapping[str, str] = {
    "a list": "「- 」で始まる行のならび",
    "fields": "「名前: 値」の行のならび",
    "a text": "文字（引用符で囲む）",
    "a whole number": "整数",
    "a date": "日付（YYYY-MM-DD）",
    "true or false": "true か false",
    "a day of the year": "月日（MM-DD、引用符で囲む）",
    "a name of small letters": "小文字・数字・_ の名前",
    "an event's number": "E25 のような出来事の番号（docs/glossary.md の一覧）",
}
_NEAR = r"(?:did you mean (?P<near>[^?]+)\? ?)?"
#: the form of what is said in English → the same in Japanese; {near} becomes a question with the nearest right name
_FORMS: tuple[tuple[str, str], ...] = (
    (r"(?P<what>\S+)\.en: is missing", "{what} に英語（en）がありません。日本語（ja）と英語の両方を書いてください"),
    (r"(?P<what>\S+)\.ja: is missing", "{what} に日本語（ja）がありません。日本語と英語（en）の両方を書いてください"),
    (
        r"(?P<what>\S+)\.unit: is missing",
        "{what} に単位（unit）がありません。JPY, JPY/month, years, months, days, count のどれかを書いてください",
    ),
    (r"(?P<what>\S+): is missing", "{what} がありません。書き足してください"),
    (rf"(?P<what>\S+): there is no such field; {_NEAR}", "{what} という項目はありません。{near}"),
    (
        rf"(?P<what>\S+): '(?P<found>.*)' is not allowed; {_NEAR}use (?P<use>.*)",
        "{what}: 「{found}」は使えません。{near}使えるのは {use} です",
    ),
    (
        r"(?P<what>\S+): '(?P<found>.*)' must be (?P<wanted>.*)",
        "{what}: 「{found}」ではなく、{wanted} を書いてください",
    ),
    (
        rf"the table (?P<what>\S+) has no column (?P<found>\w+); {_NEAR}",
        "表 {what} に {found} という列はありません。{near}列は docs/tables/{what}.md にあります",
    ),
    (
        rf"reads\.\w+: there is no (?P<what>\S+) in the contracts;? ?{_NEAR}",
        "reads の {what} は記録にありません。{near}",
    ),
    (
        rf"there is no (?P<what>function|dated value) '?(?P<found>[\w.]+)'?.*?; {_NEAR}",
        "{what} {found} はありません。{near}",
    ),
    (
        r"(?P<what>\S+) reads (?P<found>\S+), but `reads` gives no legal basis",
        "{what} は {found} を読みますが、reads に根拠がありません。reads に足すか、読むのをやめてください",
    ),
    (
        r"«(?P<what>.*)» compares a date with a number; for an age",
        "「{what}」は日付と数をくらべています。年齢なら reaches_age_on(subject.birth_date, 65) <= as_of のように書いてください",
    ),
    (
        r"«(?P<what>.*)» compares (?P<one>a \w+|\w+) with (?P<other>a \w+|\w+)",
        "「{what}」は{one}と{other}をくらべています。同じ種類どうしでくらべてください",
    ),
    (r"(?P<what>\S+) has the codes (?P<use>.*)", "{what} のコードは {use} です"),
    (
        rf"«(?P<found>[^»]*)» is not declared; {_NEAR}",
        "「{found}」は読めません。{near}subject.列、subject.表.列、event.occurred_on、as_of を使ってください",
    ),
    (
        r"(?P<what>\w+) cannot be asked of (?P<found>\S+),.*use (?P<use>.*)",
        "{found} に {what} は使えません。{use} を使ってください",
    ),
    (
        rf"(?P<what>\w+) reads: \w+\(household as m, …\).*; {_NEAR}",
        "{what} は {what}(household as m, 条件) か {what}(subject.表 as x, 条件) と書きます。{near}",
    ),
    (
        r"(?P<what>\w+) takes \((?P<use>.*)\), not \((?P<found>.*)\)",
        "{what} が取るのは ({use}) です。({found}) ではありません",
    ),
    (r"a tab stands", "行の始めにタブがあります。空白（スペース）で字下げしてください"),
    (r"a value is missing between", "コンマのあいだに値がありません。値を書くか、コンマを消してください"),
    (r"is not YAML", "YAML として読めません。この行の字下げ、引用符、コンマ、かっこを確かめてください"),
    (
        r"«(?P<found>[^»]*)» is written twice",
        "「{found}」が同じ場所に2度あります（期間の重なりも同じです）。1つにしてください",
    ),
    (r"(?P<found>\S+) is no date of the calendar", "{found} は暦にない日付です"),
    (
        r"values\.(?P<what>\w+): begins after the programme does, on (?P<found>\S+); .* (?P<use>\S+) on",
        "{what} の値は {found} からで、制度の始まりに間があきます。{use} からの値を書いてください",
    ),
    (r"valid_to: (?P<found>\S+) lies before (?P<use>[^,]+)", "終わりの日 {found} が始まりの日 {use} より前です"),
    (
        r"(?P<what>\S+): two criteria or exclusions have this id",
        "{what} という id が2つあります。別の名前にしてください",
    ),
    (
        rf"fields\.(?P<what>\S+): (?P<found>\S+) is no column under `reads`.*?; ?{_NEAR}",
        "fields の {what}: {found} は reads の列でも、要件の ask・verify でもありません。{near}",
    ),
    (r"the expression cannot be read", "式が読めません。かっこ、引用符、コンマを確かめてください"),
)
_COMPILED = tuple((re.compile(form), said) for form, said in _FORMS)
_NAMES_JA = {"function": "関数", "dated value": "値"}


def in_japanese(message: str) -> str:
    """The same in Japanese; for words of no known form, that the line beside it says what is wrong."""
    for form, said in _COMPILED:
        found = form.search(message)
        if found:
            return said.format(**{name: _word(name, text or "") for name, text in found.groupdict().items()}).strip()
    return "書きまちがいです。次の行が、見つかったものと正しい書き方を示します"


def _word(name: str, text: str) -> str:
    if name == "near":
        return f"{text} のまちがいではありませんか。" if text else ""
    if name == "wanted":
        return next((said for begin, said in _WANTED_JA.items() if text.startswith(begin)), text)
    if name in {"one", "other"}:
        return _KINDS_JA.get(text, text)
    return _NAMES_JA.get(text, text).replace(" or ", " か ")
