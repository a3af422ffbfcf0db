"""Commands with which the policy team writes and tries a programme: new, preview, diff, backtest, explain, register, schema."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from eligibility import catalogue
from eligibility.backtest import backtest as backtest_of
from eligibility.lint import Finding
from eligibility.parts import Criterion, Group
from eligibility.places import place_of
from eligibility.population import population
from eligibility.preview import difference
from eligibility.preview import preview as preview_of
from eligibility.programme import Programme, read_programme
from eligibility.purposes import register_page
from eligibility.scaffold import scaffold
from engine.core.clock import today
from engine.core.console import Front, front, parse_date, print_json, print_rows
from engine.core.errors import InputError, RuleError
from engine.records.reader import SnapshotReader
from engine.records.snapshot import read_snapshot

AsJson = Annotated[bool, typer.Option("--json", help="JSON in place of a table.")]
From = Annotated[Path | None, typer.Option("--file", help="A programme file that is not in the catalogue yet.")]
On = Annotated[
    str | None, typer.Option("--date", help="The date asked about, YYYY-MM-DD; the snapshot's night if left out.")
]
_BAR = 40


def programme_of(slug: str, file: Path | None = None) -> Programme:
    """A programme by its file, or of the repository by its slug. Raises InputError that lists the slugs."""
    path = file or catalogue.FOLDER / f"{slug}.yaml"
    if not path.exists():
        raise InputError(
            f"there is no programme {slug!r}; there are: {', '.join(found.stem for found in catalogue.files())}"
        )
    return read_programme(path)


def published_version(settings_front: Front, slug: str) -> catalogue.Published:
    """The version of a programme that the night reads. Raises InputError when it was never published."""
    signing = settings_front.settings.paths.catalogue / slug / "current.json"
    if not signing.exists():
        raise InputError(f"{slug} was never published here; `todoke programmes publish {slug} --signed-off-by OFFICE`")
    return catalogue.read_version(signing)


def _snapshot(context: typer.Context, on: str | None) -> tuple[SnapshotReader, date]:
    reader = read_snapshot(front(context).settings)
    return reader, parse_date(on) if on else date.fromisoformat(reader.folder.name)


def preview(context: typer.Context, slug: str, file: From = None, on: On = None, as_json: AsJson = False) -> None:
    """Who would match now: by age, area and household, per criterion, yen a year, and a few masked samples."""
    programme = programme_of(slug, file)
    reader, day = _snapshot(context, on)
    who = population(reader, [programme])
    found = preview_of(who, programme, day)
    if as_json:
        told = {"programme": slug, "on": day.isoformat(), "by_event_alone": programme.by_event_alone}
        print_json(told | found.as_json())
        return
    typer.echo(f"{programme.name.ja} ({slug}), {day}: {found.people:,} people registered")
    if programme.by_event_alone:
        typer.echo(
            "出来事のあった人だけの制度です。全員に今日あったとして数えます / by event alone: as if everybody had one today"
        )
    for title, counts in (
        ("verdict", found.verdicts),
        ("left out", found.excluded),
        ("let in, by age", found.by_age),
        ("let in, by household", found.by_household),
        ("let in, by area", found.by_area),
    ):
        _chart(title, counts)
    typer.echo("")
    print_rows(found.criteria, as_json=False, columns=("id", "met", "not_met", "unknown", "remark"))
    least, most = found.yen_per_year
    typer.echo(f"\nyen per year if all of them apply: {least:,} to {most:,}")
    print_rows(found.samples, as_json=False, columns=("age", "household", "verdict"))


def said_by_data(context: typer.Context, files: Sequence[Path]) -> list[Finding]:
    """A warning for each criterion that everybody or nobody in the newest snapshot meets: it says nothing, or cannot be reached."""
    findings = []
    for path in files:
        programme = read_programme(path)
        reader, day = _snapshot(context, None)
        who = population(reader, [programme])
        remarked = [one for one in preview_of(who, programme, day).criteria if one["remark"]]
        for one in remarked:
            place = place_of(path.read_text(encoding="utf-8"), [one["id"]])
            findings.append(
                Finding(
                    file=path.name,
                    severity="warning",
                    text=f"{one['id']} is {one['remark']} as of {day}; is it written as it is meant?",
                    ja=f"要件 {one['id']} は{_REMARKS[one['remark']]}（{day}）。書きまちがいでないか確かめてください",
                    line=place.line if place else None,
                    column=place.column if place else None,
                )
            )
    return findings


_REMARKS = {
    "always met": "全員が満たします",
    "never met": "だれも満たしません",
    "always unknown": "だれについても分かりません",
}


def _chart(title: str, counts: Mapping[str, int]) -> None:
    """A bar for each count, the longest forty characters."""
    if not counts:
        return
    most = max(max(counts.values()), 1)
    typer.echo(f"\n{title}")
    for name, count in counts.items():
        typer.echo(f"  {name:<16} {count:>9,} {'█' * round(_BAR * count / most)}")


def diff(
    context: typer.Context,
    slug: str,
    file: From = None,
    against: Annotated[Path | None, typer.Option(help="Another file; the published version if left out.")] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Whose verdict changes from the published version (or another file) to this one."""
    new = programme_of(slug, file)
    old = read_programme(against) if against else published_version(front(context), slug).programme
    reader, day = _snapshot(context, on)
    who = population(reader, [old, new])
    moved = difference(who, old, new, day)
    if as_json:
        print_json({"programme": slug, "on": day.isoformat(), "changes": moved})
    elif moved:
        _chart("change of verdict", moved)
    else:
        typer.echo(f"{slug}: nobody's verdict changes on {day}")


def backtest(context: typer.Context, slug: str, file: From = None, as_json: AsJson = False) -> None:
    """過去の夜ごとの件数（その夜に分かっていた記録で判定） / cases each past night would have had, judged on the records it knew."""
    programme = programme_of(slug, file)
    reader, _ = _snapshot(context, None)
    rows = backtest_of(reader, programme, front(context).settings)
    print_rows(rows, as_json=as_json, columns=("night", "cases", "eligible", "possible", "ineligible"))


def explain(
    slug: str,
    file: From = None,
    language: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    as_json: AsJson = False,
) -> None:
    """What a programme asks, in words: each criterion with its article and what unknown means, values and their dates."""
    programme = programme_of(slug, file)
    if language not in {"ja", "en"}:
        raise InputError(f"{language}: explain speaks ja and en")
    rows = [*_explained(programme.criteria, language), *_left_out(programme, language)]
    values = [
        {"value": name, "unit": value.unit, "source": value.source, "next_review": value.next_review}
        | {"values": {begin.isoformat(): number for begin, number in value.values.items()}}
        for name, value in programme.values.items()
    ]
    if as_json:
        print_json({"programme": slug, "law": programme.law.model_dump(), "rules": rows, "values": values})
        return
    typer.echo(f"{getattr(programme.name, language)}: {programme.law.name} {programme.law.articles}\n")
    print_rows(rows, as_json=False, columns=("rule", "id", "label", "asks", "cites", "unknown"))
    if values:
        typer.echo("")
        print_rows(values, as_json=False, columns=("value", "unit", "values", "source", "next_review"))


_WORDS = {
    "ja": {"all": "すべて", "any": "どれか", "none": "どれでもない", "ask": "本人に確かめる", "verify": "職員が確かめる", "out": "除く"},
    "en": {"all": "all of", "any": "any of", "none": "none of", "ask": "ask the reader", "verify": "staff find out", "out": "leave out"},
}  # fmt: skip


def _explained(group: Group, language: str) -> list[dict[str, Any]]:
    words = _WORDS[language]
    kind = next(name for name in ("all", "any", "none") if getattr(group, name) is not None)
    rows: list[dict[str, Any]] = []
    for part in group.parts:
        if isinstance(part, Criterion):
            told = part.ask if part.when_unknown == "ask" else part.verify
            unknown = f"{words[part.when_unknown]}: {getattr(told, language) if told else ''}"
            asks = part.expr or ("記録にない" if language == "ja" else "on no record")
            name = getattr(part.label, language)
            rows.append(
                {
                    "rule": words[kind],
                    "id": part.id,
                    "label": name,
                    "asks": asks,
                    "cites": part.cites,
                    "unknown": unknown,
                }
            )
        else:
            rows += _explained(part, language)
    return rows


def _left_out(programme: Programme, language: str) -> list[dict[str, Any]]:
    rule = _WORDS[language]["out"]
    return [
        {
            "rule": rule,
            "id": one.id,
            "label": getattr(one.label, language),
            "asks": one.expr,
            "cites": one.cites,
            "unknown": "",
        }
        for one in programme.exclusions
    ]


def new(
    context: typer.Context,
    slug: str,
    ja: Annotated[str, typer.Option(prompt="名前（日本語）", help="Its name in Japanese.")],
    en: Annotated[str, typer.Option(prompt="Name (English)", help="Its name in English.")],
    law: Annotated[str, typer.Option(prompt="法律・条例", help="The law or ordinance.")],
    articles: Annotated[str, typer.Option(prompt="条", help="Its articles.")],
    office: Annotated[
        str, typer.Option(prompt="担当の課 (office)", help="The office that owns it, as the settings call it.")
    ],
    event: Annotated[str, typer.Option(prompt="きっかけ (event)", help="The event that leads to it, for example E25.")],
    into: Annotated[Path, typer.Option(help="The folder the file goes to.")] = Path(),
) -> None:
    """Writes a programme file to fill in, and says what to do next."""
    path = scaffold(
        into,
        slug,
        ja=ja,
        en=en,
        law=law,
        articles=articles,
        office=office,
        event=event,
        today=today(front(context).clock),
    )
    try:
        read_programme(path)
    except RuleError:
        path.unlink()
        raise
    typer.echo(f"{path}\nNext: change it, then\n  todoke programmes check --mutants {path}")
    typer.echo(f"  todoke programmes preview {slug} --file {path}")


def register(out: Annotated[Path | None, typer.Option(help="A file; printed if left out.")] = None) -> None:
    """The register of purposes as a page to sign: what every programme reads, on which legal basis."""
    page = register_page([read_programme(path) for path in catalogue.files()])
    if out is None:
        typer.echo(page)
    else:
        out.write_text(page, encoding="utf-8")


def schema() -> None:
    """The JSON schema of a programme file, for editors."""
    print_json(Programme.model_json_schema())
