"""Commands with which the policy team writes and tries a programme: new, preview, diff, backtest, explain, register, schema."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from eligibility import catalogue
from eligibility.backtest import backtest as backtest_of
from eligibility.japanese import in_japanese
from eligibility.lint import Finding
from eligibility.parts import Criterion, Group
from eligibility.places import place_of
from eligibility.population import population
from eligibility.preview import difference
from eligibility.preview import preview as preview_of
from eligibility.programme import Programme, read_programme
from eligibility.purposes import refusals, register_page
from eligibility.scaffold import scaffold
from engine.core.clock import today
from engine.core.console import Front, front, parse_date, print_json, print_rows
from engine.core.errors import InputError, RuleError
from engine.core.settings import Settings
from engine.records.reader import SnapshotReader
from engine.records.snapshot import read_snapshot
from events.detectors import load_detectors

AsJson = Annotated[bool, typer.Option("--json", help="JSON in place of a table.")]
From = Annotated[Path | None, typer.Option("--file", help="A programme file that is not in the catalogue yet.")]
On = Annotated[
    str | None, typer.Option("--date", help="The date asked about, YYYY-MM-DD; the snapshot's night if left out.")
]
_BAR = 40


def programme_of(slug: str, file: Path | None = None) -> Programme:
    """A programme by its file, or of the repository by its slug. Raises InputError that lists the slugs, or names the other slug."""
    path = file or catalogue.FOLDER / f"{slug}.yaml"
    if not path.exists():
        raise InputError(
            f"制度 {slug} のファイル {path.name} がありません。まだ置いていないファイルは --file で示してください / "
            f"there is no programme {slug!r} ({path.name}); there are: {', '.join(found.stem for found in catalogue.files())}"
        )
    try:
        programme = read_programme(path)
    except RuleError as error:
        raise type(error)(f"{in_japanese(str(error))} / {error}") from None
    if programme.slug != slug:
        raise InputError(f"{path.name} の slug は {programme.slug} です / the slug of {path.name} is {programme.slug}")
    return programme


def programme_to_try(slug: str, file: Path | None = None) -> Programme:
    """The same, to be held against people's records. Raises RuleError when it would read what the register of purposes does not grant."""
    programme = programme_of(slug, file)
    refused = refusals(programme)
    if refused:
        raise RuleError(f"{in_japanese(refused[0])} / {refused[0]}")
    return programme


def published_version(settings_front: Front, slug: str) -> catalogue.Published:
    """The version of a programme that the night reads. Raises InputError when it was never published."""
    signing = settings_front.settings.paths.catalogue / slug / "current.json"
    if not signing.exists():
        raise InputError(
            f"{slug} はまだ公開されていません。公開は todoke programmes publish {slug} --signed-off-by 課 / "
            f"{slug} was never published here; `todoke programmes publish {slug} --signed-off-by OFFICE`"
        )
    return catalogue.read_version(signing)


def _snapshot(context: typer.Context, on: str | None) -> tuple[SnapshotReader, date]:
    reader = read_snapshot(front(context).settings)
    return reader, parse_date(on) if on else date.fromisoformat(reader.folder.name)


def preview(context: typer.Context, slug: str, file: From = None, on: On = None, as_json: AsJson = False) -> None:
    """いま対象になる人数（年齢・地区・世帯・要件ごと）と1年の額 / who would match now, per criterion, yen a year, masked samples."""
    programme = programme_to_try(slug, file)
    reader, day = _snapshot(context, on)
    who = population(reader, [programme])
    found = preview_of(who, programme, day)
    if as_json:
        told = {"programme": slug, "on": day.isoformat(), "by_event_alone": programme.by_event_alone}
        print_json(told | found.as_json())
        return
    typer.echo(
        f"{programme.name.ja} ({slug}), {day}: 住民{found.people:,}人で試しました / {found.people:,} people registered"
    )
    if not programme.in_force(day):
        typer.echo(
            f"{day} には制度がありません（{programme.valid_from} から）。--date で始まったあとの日を指定してください / "
            f"not in force on {day}: ask about a day of its own with --date {programme.valid_from}"
        )
    if programme.by_event_alone:
        typer.echo(
            "出来事のあった人だけの制度です。全員に今日あったとして数えます / by event alone: as if everybody had one today"
        )
    for title, counts in (
        ("結果 / verdict", found.verdicts),
        ("除いた理由 / left out", found.excluded),
        ("対象になりうる人の年齢 / let in, by age", found.by_age),
        ("対象になりうる人の世帯の人数 / let in, by household", found.by_household),
        ("対象になりうる人の地区 / let in, by area", found.by_area),
    ):
        _chart(title, counts)
    typer.echo("")
    print_rows(found.criteria, as_json=False, columns=("id", "met", "not_met", "unknown", "remark"))
    least, most = found.yen_per_year
    typer.echo(
        f"\n全員が申し込むと1年に{least:,}円から{most:,}円 / yen per year if all of them apply: {least:,} to {most:,}"
    )
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
    """公開した版（またはほかのファイル）とくらべて、結果がかわる人数 / whose verdict changes from the published version to this one."""
    new = programme_to_try(slug, file)
    old = programme_to_try(slug, against) if against else published_version(front(context), slug).programme
    reader, day = _snapshot(context, on)
    who = population(reader, [old, new])
    moved = difference(who, old, new, day)
    if as_json:
        print_json({"programme": slug, "on": day.isoformat(), "changes": moved})
    elif moved:
        _chart("結果がかわる人 / change of verdict", moved)
    else:
        typer.echo(f"{slug}: {day} に結果がかわる人はいません / nobody's verdict changes on {day}")


def backtest(context: typer.Context, slug: str, file: From = None, as_json: AsJson = False) -> None:
    """過去の夜ごとの件数（その夜に分かっていた記録で判定） / cases each past night would have had, judged on the records it knew."""
    programme = programme_to_try(slug, file)
    reader, _ = _snapshot(context, None)
    rows = backtest_of(reader, programme, front(context).settings)
    print_rows(rows, as_json=as_json, columns=("night", "cases", "eligible", "possible", "ineligible"))


def explain(
    slug: str,
    file: From = None,
    language: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    as_json: AsJson = False,
) -> None:
    """制度の要件を、条とともに言葉で示す / what a programme asks, in words: criteria with articles and what unknown means, values."""
    programme = programme_of(slug, file)
    if language not in {"ja", "en"}:
        raise InputError(f"{language}: explain speaks ja and en")
    rows = [*_explained(programme.criteria, language), *_left_out(programme, language)]
    values: list[dict[str, Any]] = [
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
        dated = {
            name: [f"{on}: {number}" for on, number in one.values.items()] for name, one in programme.values.items()
        }
        print_rows(
            (row | {"values": dated[row["value"]]} for row in values),
            as_json=False,
            columns=("value", "unit", "values", "source", "next_review"),
        )


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
    """制度のひな形を作る / writes a programme file to fill in, and says what to do next."""
    here = front(context)
    path = scaffold(
        into,
        slug,
        ja=ja,
        en=en,
        law=law,
        articles=articles,
        office=office_of(here.settings, office) if here.has_settings else office,
        event=_event(event),
        today=today(here.clock),
    )
    try:
        read_programme(path)
    except RuleError:
        path.unlink()
        raise
    typer.echo(f"{path}\n書きかえてから / Next: change it, then\n  todoke programmes check --mutants {path}")
    typer.echo(f"  todoke programmes preview {slug} --file {path}")


def office_of(settings: Settings, named: str) -> str:
    """An office by its key in the settings or by its Japanese name. Raises InputError that lists them."""
    offices = settings.offices
    found = next((key for key, office in offices.items() if named in {key, office.name_ja}), None)
    if found is None:
        listed = ", ".join(f"{key}（{office.name_ja}）" for key, office in offices.items())
        raise InputError(
            f"課 {named} は設定にありません。あるのは {listed} / {named}: the settings know no such office"
        )
    return found


def _event(code: str) -> str:
    known = load_detectors()
    if code not in known:
        raise InputError(
            f"出来事 {code} はありません。docs/glossary.md の Life events から、E25 のように番号で選んでください / "
            f"there is no event {code}; they are {min(known)} to {max(known)}, docs/glossary.md lists them"
        )
    return code


def register(out: Annotated[Path | None, typer.Option(help="A file; printed if left out.")] = None) -> None:
    """目的外利用の台帳を1枚の文書にする / the register of purposes as a page to sign: what every programme reads, on which legal basis."""
    page = register_page([read_programme(path) for path in catalogue.files()])
    if out is None:
        typer.echo(page)
    else:
        out.write_text(page, encoding="utf-8")


def schema() -> None:
    """制度ファイルのJSONスキーマ（エディター用） / the JSON schema of a programme file, for editors."""
    print_json(Programme.model_json_schema())
