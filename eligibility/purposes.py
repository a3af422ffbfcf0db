"""Which programme may read which column, on which legal basis (law.md section 2). What the register does not grant is refused."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from eligibility.language.sources import columns_of
from eligibility.parts import Part
from eligibility.programme import Programme
from engine.core.errors import RuleError
from engine.records.contract import load_contracts

REGISTER = Path(__file__).with_name("purposes.yaml")
_KINDS = {"own": "自らの業務", "statute": "法令", "ordinance": "条例", "consent": "本人の同意"}


class Grant(Part):
    """A permission to read columns of one table. Without `offices` every office has it, without `programmes` every programme of theirs."""

    kind: Literal["own", "statute", "ordinance", "consent"]
    basis: str
    columns: tuple[str, ...]
    offices: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    group: Literal["TAX", "WELFARE", "HEALTH"] | None = None
    only: Literal["anything", "exclusions"] = "anything"

    def covers(self, programme: Programme) -> bool:
        """Whether it is given to this programme."""
        of_office = not self.offices or programme.office in self.offices
        return of_office and (not self.programmes or programme.slug in self.programmes)


@cache
def register(path: Path = REGISTER) -> Mapping[str, tuple[Grant, ...]]:
    """Table → its grants. Raises RuleError naming the place for what is no grant, no table or no column."""
    found: dict[str, tuple[Grant, ...]] = {}
    for table, grants in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        try:
            found[table] = tuple(Grant.model_validate(grant) for grant in grants)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in (table, *first["loc"]))
            raise RuleError(f"{path.name}: {where}: {first['msg']}") from None
        columns = load_contracts()[table].columns if table in load_contracts() else {}
        for name in (name for grant in found[table] for name in grant.columns if name not in columns):
            raise RuleError(f"{path.name}: there is no {table}.{name} in the contracts")
        if any((grant.kind == "consent") != (grant.group is not None) for grant in found[table]):
            raise RuleError(f"{path.name}: {table}: a consent names its group, and nothing else has one")
    return found


def refusals(programme: Programme, granted: Mapping[str, tuple[Grant, ...]] | None = None) -> list[str]:
    """What a programme says it reads and may not, one line each; none when the register grants all of it."""
    return [line for lines in refusals_by_table(programme, granted).values() for line in lines]


def refusals_by_table(
    programme: Programme, granted: Mapping[str, tuple[Grant, ...]] | None = None
) -> Mapping[str, list[str]]:
    """The same for each table it reads."""
    every = register() if granted is None else granted
    return {table: list(_refused(programme, table, every.get(table, ()))) for table in programme.reads}


def _refused(programme: Programme, table: str, granted: tuple[Grant, ...]) -> Iterator[str]:
    mine, read = [grant for grant in granted if grant.covers(programme)], programme.reads[table]
    denied: dict[str, list[str]] = {}
    for column in read.columns:
        fitting = [grant for grant in mine if column in grant.columns]
        if not fitting:
            denied.setdefault(_whom(granted, column), []).append(f"{table}.{column}")
        elif all(grant.kind == "consent" and grant.group != read.consent for grant in fitting):
            group = fitting[0].group
            yield f"{programme.slug} may read {table}.{column} by consent only; write consent: {group} under reads.{table}"
    for whom, columns in denied.items():
        yield (
            f"{programme.slug} may not read {', '.join(columns)}: the register grants it to {whom}; "
            "leave it out, ask the reader, or have it granted in eligibility/purposes.yaml"
        )
    kept_out = {grant.only for grant in mine} == {"exclusions"}
    criteria = (tree for tree in programme.compiled(programme.verified_on).criteria.values() if tree is not None)
    if kept_out and table in columns_of(criteria):
        yield f"{programme.slug} may read {table} to leave somebody out only; take it out of the criteria"


def _whom(granted: tuple[Grant, ...], column: str) -> str:
    """Who may read a column: offices, with the programmes to which a grant is kept."""
    whom = []
    for grant in (grant for grant in granted if column in grant.columns):
        offices, programmes = ", ".join(grant.offices), ", ".join(grant.programmes)
        whom.append(f"{offices} for {programmes}" if offices and programmes else offices or programmes)
    return ", ".join(sorted(whom)) or "nobody"


def register_page(programmes: Iterable[Programme]) -> str:
    """The register as a page to sign: for each programme every column it reads, the kind of permission, its basis, and for what."""
    lines = [
        "# 個人情報の利用目的の台帳",
        "",
        "生成した文書です。制度ごとに、規則が読む項目と、その法的な根拠を示します。ここにない項目は読めません。",
        "",
        "| 制度 | 課 | 台帳 | 項目 | 区分 | 根拠 | 用途 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for programme in programmes:
        for table, read in programme.reads.items():
            contract = load_contracts()[table]
            shown = "、".join(contract.columns[name].ja for name in read.columns)
            given = [grant for grant in register().get(table, ()) if grant.covers(programme)]
            kinds = "・".join(dict.fromkeys(_KINDS[grant.kind] for grant in given)) or "なし（読めない）"
            basis = "・".join(dict.fromkeys(grant.basis for grant in given))
            use = "除外の確認に限る" if {grant.only for grant in given} == {"exclusions"} else "要件の確認"
            name = f"{programme.name.ja}（{programme.slug}）"
            lines.append(f"| {name} | {programme.office} | {contract.ja} | {shown} | {kinds} | {basis} | {use} |")
    return "\n".join(
        [*lines, "", "確認した日　　　　　年　　月　　日", "", "個人情報保護担当　　　　　　　　　　　　", ""]
    )
