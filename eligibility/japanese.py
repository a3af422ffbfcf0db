"""What is wrong with a programme file, said in Japanese: every message of ours has a form here, whatever it names."""

import re
from collections.abc import Mapping

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
    "a text in both languages": "日本語と英語（{ja: …, en: …}）",
    "a text": "文字（引用符で囲む）",
    "a whole number": "整数（半角の数字だけ。コンマや「円」は書きません）",
    "a date": "半角の日付（YYYY-MM-DD）",
    "true or false": "true か false",
    "a day of the year": "月日（MM-DD、引用符で囲む）",
    "a name of small letters": "小文字・数字・_ の名前",
    "an event's number": "半角の E25 のような出来事の番号（docs/glossary.md の Life events）",
}
_NEAR = r"(?:did you mean (?P<near>[^?]+)\? ?)?"
#: the form of what is said in English → the same in Japanese; {near} becomes a question with the nearest right name
_FORMS: tuple[tuple[str, str], ...] = (
    (
        r"«(?P<found>[^»]*)» is written in full width; write «(?P<narrow>[^»]*)»",
        "全角の「{found}」があります。半角の{narrow}で書いてください",
    ),
    (
        r"«(?P<found>[^»]*)» is no sign of a rule; write «(?P<right>[^»]*)»",
        "「{found}」は式の記号ではありません。{right} と書いてください",
    ),
    (
        r"«(?P<found>[^»]*)» is Japanese, which a rule does not read",
        "式に日本語の「{found}」は書けません。列とコードの名前は docs/tables/ にあります。つなぐ言葉は and（かつ）と or（または）です",
    ),
    (
        r"may not read (?P<what>[^:]+): the register grants it to (?P<whom>[^;]+);",
        "{what} を読むことは、この制度には台帳で許されていません（許されているのは {whom}）。"
        "読むのをやめる、本人に聞く（when_unknown: ask）、台帳 eligibility/purposes.yaml に総務・法務が加える、のどれかです",
    ),
    (
        r"may read (?P<what>\S+) by consent only; write consent: (?P<use>\w+) under (?P<found>\S+)",
        "{what} は本人が同意したときだけ読めます。{found} に consent: {use} を書いてください",
    ),
    (
        r"may read (?P<what>\S+) to leave somebody out only",
        "{what} は除外（exclusions）だけに使えます。要件（criteria）からは消してください",
    ),
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
        rf"there is no (?P<what>function|dated value) '?(?P<found>[\w.]+)'?(?:.*?; {_NEAR})?",
        "{what} {found} はありません。{near}",
    ),
    (
        r"(?P<what>\S+): reads (?P<found>\S+), but `reads` gives no legal basis",
        "{what} は {found} を読みますが、reads に根拠がありません。"
        "reads に「表: {{basis: 根拠, columns: [列]}}」を足すか、読むのをやめてください",
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
    (r"a second «: » stands", "行の中に2つ目の「: 」があります。文の中なら、その文を引用符で囲んでください"),
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
    (r"the expression cannot be read", "式が読めません。かっこ、引用符、コンマ、and や or を確かめてください"),
    (r"the expression is too", "式が長すぎるか、かっこが深すぎます。要件をいくつかに分けてください"),
    (r"the expression is empty", "式がありません"),
    (r"comments (?:and semicolons )?may not stand", "式の中に注（--、/*、;）は書けません"),
    (
        r"(?P<what>\w+): no record answers it, so when_unknown",
        "{what} には式（expr）がなく、記録からは分かりません。when_unknown: ask と、本人への質問 ask を書いてください",
    ),
    (
        r"(?P<what>\w+): when_unknown is ask, so",
        "{what} に本人への質問を書いてください：ask: {{ja: …, en: …}}",
    ),
    (
        r"(?P<what>\w+): when_unknown is verify, so",
        "{what} に職員が調べることを書いてください：verify: {{ja: …, en: …}}",
    ),
    (r"a group is exactly one", "要件のまとまりは all（すべて）、any（どれか）、none（どれでもない）のどれか1つです"),
    (r"a group holds at least one", "要件のまとまりに、要件を1つは書いてください"),
    (r"either every value is a number", "values は、すべて数か、すべて数のならび（step も書く）のどちらかです"),
    (
        r"amounts: (?P<found>\S+) is no dated value in yen",
        "amounts の {found} は、values に円（JPY か JPY/month）で書いた額ではありません",
    ),
    (r"a text stands in single quotes", "式の中の文字は一重の引用符で囲んでください：'RESIDENT'"),
    (r"\w+ «(?P<found>[^»]*)» may not stand", "式に「{found}」は書けません。名前は小文字で書きます"),
    (r"\w+ «(?P<found>[^»]*)» is not a constant", "「{found}」は使えません。数は整数、文字は一重の引用符で書きます"),
    (r"a text in quotes may hold", "引用符の中に書けるのは、半角のコードか日付です（コードは docs/tables/）"),
    (
        r"«(?P<found>[^»]*)» is (?P<one>a \w+|\w+), not a condition",
        "「{found}」は{one}です。これだけでは条件になりません。何かとくらべてください",
    ),
    (r"a comparison of a comparison", "1 < x < 3 とは書けません。1 < x and x < 3 と書いてください"),
    (
        r"«(?P<found>[^»]*)»: (?P<one>a \w+|\w+) has no order",
        "「{found}」：{one}に大小はありません。=、<>、in でくらべてください",
    ),
    (r"compare (?P<what>count_of|rank_of) with", "{what} は整数とくらべてください"),
    (r"rank_of orders the household", "rank_of の3つ目は、世帯の人の列です：m.birth_date"),
    (r"`in` takes a value and a list", "in は x in ('a', 'b') のように書きます"),
    (
        r"may have several rows in (?P<what>\w+); write (?P<use>.*)",
        "{what} の記録は1人に何行もありえます。{use} と書いてください",
    ),
    (r"«[^»]*»: '?(?P<found>[^']*)'? is not a date;", "「{found}」は日付ではありません。'YYYY-MM-DD' と書いてください"),
    (
        r"is a whole number from 0 to (?P<use>\d+), or value",
        "年齢や期間は 0 から {use} までの整数か、value('名前') です",
    ),
    (r"value takes one name in quotes", "value('名前') のように、名前を引用符で囲んで書きます"),
    (r"value\('(?P<what>\w+)', …\) takes a number", "value('{what}', …) の2つ目は数です"),
    (r"sum_of adds", "sum_of でたせるのは、円・年・月数・日数・数です"),
    (r"stands inside another quantifier", "any_of などの中に、もう1つの any_of などは書けません。要件を分けてください"),
    (
        r"the name (?P<found>\S+) cannot stand after `as`",
        "as のあとの名前に {found} は使えません。m のような短い名前にしてください",
    ),
    (
        r"example «(?P<what>.*)»: (?P<one>\w+): (?P<found>.*) expected, (?P<use>.*) found",
        "例「{what}」：{one}が、例では {found}、規則では {use} になります。どちらかを直してください",
    ),
    (
        rf"(?:example «(?P<what>.*)»: )facts: (?P<use>\S+) has no '(?P<found>[^']*)';? ?{_NEAR}",
        "例「{what}」：{use} に {found} という列はありません。{near}",
    ),
    (
        r"example «(?P<what>.*)»: facts: there is no table '(?P<found>[^']*)'",
        "例「{what}」：{found} という表はありません。表は docs/tables/ にあります",
    ),
    (
        r"example «(?P<what>.*)»: facts: (?P<found>\S+) is not a date",
        "例「{what}」：{found} は日付ではありません。半角で YYYY-MM-DD と書いてください",
    ),
    (
        r"example «(?P<what>.*)»: facts: (?P<found>\S+) must be (?P<wanted>.*), or null",
        "例「{what}」：{found} には{wanted}か、分からないときは null を書いてください",
    ),
    (
        rf"example «(?P<what>.*)»: facts: (?P<found>\S+) has a code that is not in its contract; {_NEAR}use one of (?P<use>.*)",
        "例「{what}」：{found} にそのコードはありません。{near}使えるのは {use} です",
    ),
)
_COMPILED = tuple((re.compile(form), said) for form, said in _FORMS)
#: what an example is held to
_FIELDS_JA: Mapping[str, str] = {
    "verdict": "結果（verdict）",
    "excluded": "除外（excluded）",
    "amounts": "額（amounts）",
    "deadline": "期限（deadline）",
    "loss_free": "不利益のない最終日（loss_free）",
    "late": "遅れ（late）",
    "undecided": "決まっていない要件（undecided）",
}
_NAMES_JA = {"function": "関数", "dated value": "値"}


def in_japanese(message: str) -> str:
    """The same in Japanese; for words of no known form, that the line beside it says what is wrong."""
    for form, said in _COMPILED:
        found = form.search(message)
        if found:
            return said.format(**{name: _word(name, text or "") for name, text in found.groupdict().items()}).strip()
    return "書きまちがいです。英語の文が、見つかったものと正しい書き方を示します"


def _word(name: str, text: str) -> str:
    if name == "near":
        return f"{text} のまちがいではありませんか。" if text else ""
    if name == "narrow":
        return f"「{text}」" if text.strip() else "空白"
    if name == "whom":
        return "だれもいません" if text == "nobody" else text.replace(" for ", " の ")
    if name == "wanted":
        return next((said for begin, said in _WANTED_JA.items() if text.startswith(begin)), text)
    if name in {"one", "other"}:
        return _KINDS_JA.get(text, _FIELDS_JA.get(text, text))
    return _NAMES_JA.get(text, text).replace(" or ", " か ")
