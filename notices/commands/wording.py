"""`todoke wording`: drafting, the wording library and its guard."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eligibility.catalogue import published
from engine.core.clock import today
from engine.core.console import front, print_json, print_rows
from engine.core.errors import InputError
from engine.core.settings import Settings
from notices.commands.store import AsJson, open_queue

if TYPE_CHECKING:
    from notices.wording.draft import DraftRequest
    from notices.wording.models import Wording

app = typer.Typer(no_args_is_help=True, help="The wording library and its guard.")

Language = Annotated[list[str] | None, typer.Option("--language", help="Only these languages.")]
Programme = Annotated[list[str] | None, typer.Option("--programme", help="Only these programmes.")]


@app.command("draft")
def draft_wordings(
    context: typer.Context, language: Language = None, programme: Programme = None, as_json: AsJson = False
) -> None:
    """Drafts what the published programmes need and the library does not hold; a failing model leaves the template.

    Where a model is configured, what waits for approval in another language is also translated back for its reviewer.
    """
    row = keep_drafted(front(context).settings, language, programme)
    print_json(row) if as_json else print_rows([row], as_json=False, columns=tuple(row))


def keep_drafted(
    settings: Settings, language: list[str] | None = None, programme: list[str] | None = None
) -> dict[str, Any]:
    """One run of drafting, as the command and the scheduler do it; returns what it did. A second run finds nothing to do."""
    open_queue(settings)
    from notices.wording.backwards import translate_back
    from notices.wording.choose import drafter_of
    from notices.wording.drafting import draft

    with drafter_of(settings.wording) as drafter:
        done = draft(_requests(settings, language, programme), drafter=drafter, at=settings.clock().now())
        done.translated = translate_back(
            settings.municipality.code, drafter=drafter, done=done, languages=language or ()
        )
        return {"drafter": drafter.name, **asdict(done)}


@app.command("check")
def check_wording(
    context: typer.Context, file: Annotated[Path | None, typer.Argument()] = None, language: Language = None
) -> None:
    """Holds a draft to guard and readability and prints {"accepted", "findings"}; without a file, every published programme.

    Exit 2 when anything is refused or the file cannot be read. What is only hard to read in a programme's own public text is
    printed with "refuses": false.
    """
    if file is not None:
        from notices.wording.checkfile import check_file

        said = check_file(file)
        print_json(said)
        accepted = bool(said["accepted"])
    else:
        accepted = _check_catalogue(front(context).settings, language)
    if not accepted:
        raise typer.Exit(2)


@app.command("list")
def list_wordings(context: typer.Context, as_json: AsJson = False) -> None:
    """Every version in the wording library."""
    settings = front(context).settings
    open_queue(settings)
    from notices.wording.models import Wording

    names = ("id", "municipality_code", "programme", "event", "kind", "language", "register", "version", "state")
    rows = Wording.objects.filter(municipality_code=settings.municipality.code).order_by(
        "programme", "event", "language", "id"
    )
    print_rows(rows.values(*names), as_json=as_json, columns=names[2:])


@app.command("show")
def show_wording(context: typer.Context, wording_id: int, as_json: AsJson = False) -> None:
    """One version as its reviewer needs it: text, findings, template, version in force, what it says in Japanese."""
    wording = _wording(context, wording_id)
    from notices.wording.reviewing import sheet

    seen = sheet(wording.pk, on=today(front(context).settings.clock()))
    names = (
        "id", "programme", "event", "kind", "language", "register", "version", "state", "office", "drafter", "model_id",
        "recipe", "approved_by", "findings", "readability", "tokens_in", "tokens_out", "cost_usd", "back_translation",
    )  # fmt: skip
    row = {name: getattr(wording, name) for name in names}
    if as_json:
        print_json({**row, "sections": wording.sections, "fallback": wording.fallback, "review": seen.as_json()})
        return
    for name, value in (row | {"fallback": seen.fallback, "not approvable": seen.obstacle}).items():
        if name != "back_translation" and value not in ("", 0, [], {}):
            typer.echo(f"{name}: {value}")
    for section in seen.sections:
        typer.echo(f"\n[{section.name}]\n{section.text}")
        if section.back:
            typer.echo(f"  日本語に戻すと: {section.back}")
        if section.template != section.text and not seen.no_template:
            typer.echo(f"  template: {section.template}")
    for what, why in (
        ("back-translation", seen.no_back),
        ("template", seen.no_template),
        ("version to compare with", seen.no_approved),
    ):
        if why:
            typer.echo(f"\nno {what}: {why}")
    typer.echo("\n".join(seen.changes))


@app.command("compare")
def compare_wordings(
    context: typer.Context,
    wording_id: int,
    other_id: Annotated[int | None, typer.Argument(help="Another version; without it the template's draft.")] = None,
    as_json: AsJson = False,
) -> None:
    """Two versions side by side, section by section, and what differs."""
    wording = _wording(context, wording_id)
    from notices.wording.library import diff

    other = _template(front(context).settings, wording) if other_id is None else _wording(context, other_id).sections
    names = list(dict.fromkeys([*other, *wording.sections]))
    if as_json:
        sides = {name: [other.get(name, ""), wording.sections.get(name, "")] for name in names}
        print_json({"id": wording_id, "other": other_id or "template", "sections": sides})
    else:
        typer.echo("\n".join(diff(other, wording.sections)) or "the same text")


@app.command("evaluate")
def evaluate_model(context: typer.Context, language: Language = None, programme: Programme = None) -> None:
    """Asks the configured drafter for the whole catalogue, stores nothing, prints how its drafts fare and how often staff edit."""
    settings = front(context).settings
    open_queue(settings)
    from notices.wording.choose import drafter_of
    from notices.wording.evaluate import edit_rate, evaluate

    with drafter_of(settings.wording) as drafter:
        done = evaluate(_requests(settings, language, programme), drafter)
        rate = edit_rate(settings.municipality.code)
        print_json({"drafter": drafter.name, **done.as_json(), "edit_rate": rate})


def _requests(
    settings: Settings, wished: list[str] | None, programmes: list[str] | None = None
) -> "Iterator[DraftRequest]":
    """Every text the published programmes need, in the languages asked for."""
    from notices.wording.draft import requests_for
    from notices.wording.language import languages
    from notices.wording.public import public_facts

    unknown = sorted(set(wished or ()) - set(languages()))
    if unknown:
        raise InputError(f"--language {unknown[0]}: there are {', '.join(languages())}")
    found = published(settings.paths.catalogue, today(settings.clock()), mode=settings.mode)
    facts = [public_facts(one.programme) for one in found if not programmes or one.programme.slug in programmes]
    return requests_for(facts, languages=wished or languages())


def _check_catalogue(settings: Settings, language: list[str] | None) -> bool:
    from notices.wording.draft import TemplateDrafter
    from notices.wording.verdict import judge

    accepted = True
    told: set[str] = set()
    for request in _requests(settings, language):
        verdict = judge(request, TemplateDrafter().draft(request))
        accepted = accepted and verdict.accepted
        for finding in (*verdict.findings, *verdict.of_programme):
            row = {"programme": request.programme, "language": request.language, **finding.as_json()}
            if str(row) not in told:  # a programme's text is the same at each of its events
                told.add(str(row))
                print_json({**row, "refuses": finding in verdict.findings})
    return accepted


def _wording(context: typer.Context, wording_id: int) -> "Wording":
    settings = front(context).settings
    open_queue(settings)
    from notices.wording.models import Wording

    found = Wording.objects.filter(municipality_code=settings.municipality.code, pk=wording_id).first()
    if found is None:
        raise InputError(f"there is no wording {wording_id}; `todoke wording list` shows them")
    return found


def _template(settings: Settings, wording: "Wording") -> Mapping[str, str]:
    from notices.wording.reviewing import template_of

    found = template_of(wording, on=today(settings.clock()))
    if not found:
        raise InputError(f"wording {wording.pk}: its programme {wording.programme} is not published now")
    return found
