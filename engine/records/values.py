"""What a value of a contract's column must look like, as SQL over a file's text: what it means, and what is wrong with it.

Every row of every feed passes here, nearly all of them faultless. So a row is first asked cheap questions that every fault answers
with yes (`doubt`), and only a doubtful row the exact ones (`reason`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.core.sql import Query, quoted
from engine.records.contract import Column, TableContract
from engine.records.profiles import Profile
from engine.records.tables import listed

_ISO = "%Y-%m-%d"
_LONGEST = 1_000  #: characters of a value; an address with its 方書 has at most some three hundred
_CONTROL = r"'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]'"
_CONTROL_OR_TWELVE_DIGITS = r"'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(^|\t)[0-9]{12}(\t|$)'"
_IDENTIFIER = "'^[0-9A-Za-z-]{1,20}$'"
_COMPATIBILITY = r"'[\x{F900}-\x{FAFF}\x{2F800}-\x{2FA1F}]'"
_WHOLE_NUMBER = "'^[+-]?[0-9]+$'"
_PLACES = 1_000  # a branch number (枝番号) has at most three digits
_CODES = {"code": "unknown_code", "date": "not_a_date", "boolean": "not_a_flag", "id": "not_an_identifier"}


@dataclass(frozen=True)
class _Fault:
    """One thing that can be wrong with a row: its reason code, a cheap question it always answers with yes, the exact one."""

    code: str
    doubt: str
    exact: str


def typed_columns(contract: TableContract, profile: Profile) -> Query:
    """The typed values of all columns, as a column list in file order."""
    return listed(f"{value} AS {quoted(name)}" for name, value in _typed(contract, profile))


def source_key(contract: TableContract) -> Query:
    """The key of a row as one text; NULL when a part of it is."""
    return listed([" || '|' || ".join(_field(part) for part in contract.key)])


def source_order(contract: TableContract) -> Query:
    """One number that orders a person's rows: the history number, then the branch number; 0 for state tables."""
    order = "CAST(0 AS BIGINT)"
    for name in contract.sequence:
        order = f"({order} * {_PLACES} + CAST({_field(name)} AS BIGINT))"
    return listed([order])


def row_text(contract: TableContract) -> Query:
    """A row as one text: the contract's columns in their order, an empty one marked."""
    texts = ", ".join(f"COALESCE({_field(name)}, chr(30))" for name in contract.physical_columns())
    return listed([f"concat_ws(chr(31), {texts})"])


def texts(contract: TableContract) -> Query:
    """A row as a list of its texts, the contract's columns in their order."""
    return listed([f"[{', '.join(_field(name) for name in contract.physical_columns())}]"])


def columns_of_texts(contract: TableContract) -> Query:
    """The columns again, from such a list under `a.texts`."""
    names = enumerate(contract.physical_columns(), start=1)
    return listed(f"a.texts[{place}] AS {quoted(name)}" for place, name in names)


def doubt(contract: TableContract, profile: Profile) -> Query:
    """True for every row with a fault, and for hardly any other."""
    questions = [fault.doubt for fault in _faults(contract, profile)]
    texts = ", ".join(_field(name) for name in _texts(contract))
    if texts:
        questions.append(f"regexp_matches(concat_ws(chr(9), {texts}), {_CONTROL_OR_TWELVE_DIGITS})")
        questions.append(f"strlen(concat_ws('', {texts})) > {_LONGEST}")
    return listed([" OR ".join(f"({question})" for question in questions)])


def reason(contract: TableContract, profile: Profile) -> Query:
    """What is wrong with a row, as `code: column`: its first fault in the order of the columns, NULL for none."""
    faults = [(fault.exact, fault.code) for fault in _faults(contract, profile)]
    for name in _texts(contract):
        faults.append((f"regexp_matches({_field(name)}, {_CONTROL})", f"control_character: {name}"))
        faults.append((f"length({_field(name)}) > {_LONGEST}", f"too_long: {name}"))
    faults += [(_is_number(name), f"individual_number: {name}") for name in suspects(contract)]
    return listed(["CASE", *(f"WHEN {fault} THEN {_literal(code)}" for fault, code in faults), "END"], by=" ")


def numbers(contract: TableContract) -> Query:
    """The columns of a row that hold an Individual Number, their names with a space between; NULL for none."""
    names = [f"CASE WHEN {_is_number(name)} THEN {_literal(name)} END" for name in suspects(contract)]
    return listed([f"NULLIF(concat_ws(' ', {', '.join(names)}), '')"] if names else ["CAST(NULL AS VARCHAR)"])


def suspects(contract: TableContract) -> list[str]:
    """The columns in which an Individual Number could hide: those not declared as identifiers that may hold any text."""
    return [name for name, column in contract.columns.items() if column.type in {"text", "code"} and not column.codes]


def _texts(contract: TableContract) -> list[str]:
    """The columns whose text nothing else limits."""
    companions = [f"{name}_text" for name, column in contract.columns.items() if column.uncertain]
    return suspects(contract) + companions


def _typed(contract: TableContract, profile: Profile) -> Iterator[tuple[str, str]]:
    for name, column in contract.columns.items():
        yield name, _value(name, column, contract, profile)
        if column.uncertain:
            yield f"{name}_unknown", _flag(f"{name}_unknown", profile)
            yield f"{name}_text", _field(f"{name}_text")


def _faults(contract: TableContract, profile: Profile) -> Iterator[_Fault]:
    for name, column in contract.columns.items():
        yield from _value_faults(name, column, contract, profile)
        if column.uncertain:
            yield _flag_fault(f"{name}_unknown", profile)
        if not column.nullable:
            missing = f"{_field(name)} IS NULL"
            yield _Fault(f"missing: {name}", missing, missing)


def _value(name: str, column: Column, contract: TableContract, profile: Profile) -> str:
    """The typed value of a column; NULL where the text does not fit."""
    given = _field(name)
    if column.type == "boolean":
        return _flag(name, profile)
    if column.type in {"integer", "yen"}:
        return f"TRY_CAST({given} AS {'INTEGER' if column.type == 'integer' else 'BIGINT'})"
    if column.type == "date" and profile.dates == _ISO:
        return f"CASE WHEN {given} LIKE '____-__-__' THEN TRY_CAST({given} AS DATE) END"
    if column.type == "date":
        return f"CAST(try_strptime({given}, {_literal(profile.dates)}) AS DATE)"
    if column.type == "code":
        codes = profile.codes_of(contract, name)
        renamed = [f"WHEN {_literal(code)} THEN {_literal(meant)}" for code, meant in codes.items()]
        same = all(code == meant for code, meant in codes.items())
        return given if same else f"CASE {given} {' '.join(renamed)} END"
    return _composed(given) if column.type == "text" else given


def _composed(given: str) -> str:
    """Text in NFC (か and a voicing mark are が). Compatibility ideographs stay: NFC would make 神 of 神, and a name another's.

    Variation selectors (IVS) are no matter of NFC and stay untouched.
    """
    return f"CASE WHEN regexp_matches({given}, {_COMPATIBILITY}) THEN {given} ELSE nfc_normalize({given}) END"


def _value_faults(name: str, column: Column, contract: TableContract, profile: Profile) -> Iterator[_Fault]:
    given, value = _field(name), _value(name, column, contract, profile)
    code = f"{_CODES.get(column.type, 'not_a_number')}: {name}"
    if column.type == "boolean":
        yield _flag_fault(name, profile)
    elif column.type == "id":
        odd = f"NOT regexp_matches({given}, {_IDENTIFIER})"
        yield _Fault(code, odd, odd)
    elif column.type == "date":
        odd = f"{given} IS NOT NULL AND {value} IS NULL"
        yield _Fault(code, odd, odd)
    elif column.type in {"integer", "yen"}:
        odd = f"{given} IS NOT NULL AND (NOT regexp_matches({given}, {_WHOLE_NUMBER}) OR {value} IS NULL)"
        yield _Fault(code, f"CAST({value} AS VARCHAR) IS DISTINCT FROM {given}", odd)
    elif column.type == "code" and (codes := profile.codes_of(contract, name)):
        odd = _is_none_of(given, codes)
        yield _Fault(code, odd, odd)


def _flag(name: str, profile: Profile) -> str:
    cases = " ".join(f"WHEN {_literal(text)} THEN {str(value).upper()}" for text, value in profile.booleans.items())
    return f"CASE {_field(name)} {cases} END"


def _flag_fault(name: str, profile: Profile) -> _Fault:
    odd = _is_none_of(_field(name), profile.booleans)
    return _Fault(f"not_a_flag: {name}", odd, odd)


def _is_none_of(given: str, allowed: Iterable[str]) -> str:
    """A list, not IN: the engine would make a join of that, and ask it of every row."""
    return f"NOT list_contains([{', '.join(_literal(one) for one in allowed)}], {given})"


def _is_number(name: str) -> str:
    return f"is_individual_number({_field(name)})"


def _field(name: str) -> str:
    return f"f.{quoted(name)}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
