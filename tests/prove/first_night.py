"""`make prove`: how often a model is asked over the whole catalogue, counted at the socket of a real llama.cpp server.

A city with an empty library runs a night and drafts; the next night and draft ask nothing; one changed programme asks for its own
texts alone. One JSON line each; exit 1 when a night itself asks a model, when the second asks at all, or when the counts differ.
"""

import argparse
import json
import re
import sqlite3
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from eligibility.catalogue import files, publish, published
from eligibility.programme import read_programme
from engine.core.clock import today
from engine.core.settings import read_settings
from fixtures.demo_settings import BASELINE
from notices.wording.draft import DraftRequest, requests_for
from notices.wording.language import languages
from notices.wording.public import public_facts
from notices.wording.served import ServedModel
from tests.support.narrowed import Counted, narrowing
from tests.support.site import Site, build
from tests.support.tiny_gguf import write

CHANGED = "child_medical_subsidy"


def main() -> None:
    """Three nights of one small town."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=1_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todoke-prove-") as folder:
        served = ServedModel(write(Path(folder) / "tiny.gguf"), context=32_768, threads=1)
        try:
            with narrowing(served.url) as counted:
                site = build(Path(folder) / "demo", residents=asked.residents, nights=1)
                fine = _nights(site, counted)
        finally:
            served.close()
    if not fine:
        sys.exit(1)


def _nights(site: Site, counted: Counted) -> bool:
    _new_library(site, counted.url)
    texts = len(_requests(site))
    first = _night(site, counted, BASELINE + timedelta(days=2), what="first night, empty library", texts=texts)
    second = _night(site, counted, BASELINE + timedelta(days=3), what="next night", texts=texts)
    own = _change_a_programme(site)
    third = _night(site, counted, BASELINE + timedelta(days=4), what=f"{CHANGED} was changed", texts=texts)
    told = all(one["night_calls"] == 0 and one["draft_calls"] == one["told"] for one in (first, second, third))
    return (
        told and first["drafts"] == texts and first["refused"] == 0
        and second["draft_calls"] == 0 and third["drafts"] == own
    )  # fmt: skip


def _night(site: Site, counted: Counted, on: date, *, what: str, texts: int) -> dict[str, Any]:
    """One night and one run of drafting; what came to the socket in each."""
    site.night(on)
    night = sum(counted.take().values())
    done = json.loads(site.ok("wording", "draft", "--json", seconds=1_800))
    came = counted.take()
    line = {"prove": "llm_calls", "what": what, "date": on.isoformat(), "texts_needed": texts, "night_calls": night}
    line |= {"draft_calls": sum(came.values()), **came, "told": done["calls"], "kept": done["kept"], "new": done["new"]}
    line |= {"refused": done["refused"], "failed": done["failed"], "tokens_out": done["tokens_out"]}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return line


def _new_library(site: Site, url: str) -> None:
    """The city begins without a text, and with a model on a server beside it."""
    path = site.folder / "todoke.toml"
    settings = re.sub(r"(?ms)^\[wording.*?(?=^\[(?!wording)|\Z)", "", path.read_text(encoding="utf-8"))
    model = f'[wording]\ndrafter = "local"\n[wording.local]\nurl = "{url}"\nmodel = "tiny"\n'
    path.write_text(f"{settings}\n{model}", encoding="utf-8")
    with sqlite3.connect(site.folder / "queue.sqlite3") as connection:
        connection.execute("DELETE FROM wording_wording")


def _requests(site: Site) -> list[DraftRequest]:
    """Every text the published programmes need on the site's own day."""
    on = today(read_settings(site.folder / "todoke.toml").clock())
    found = published(site.folder / "catalogue", on, mode="demo")
    return list(requests_for([public_facts(one.programme) for one in found], languages=languages()))


def _change_a_programme(site: Site) -> int:
    """What one programme gives is said otherwise; returns in how many texts it can be said: where no phrase is yet, nobody is asked."""
    before = _requests(site)
    programme = read_programme(next(path for path in files() if path.stem == CHANGED))
    gives = programme.gives.model_copy(
        update={"ja": f"{programme.gives.ja}窓口でご案内します。", "en": f"{programme.gives.en} We help you."}
    )
    publish(
        programme.model_copy(update={"gives": gives}), signed_off_by=["demo"], at=datetime(2026, 11, 12, tzinfo=UTC),
        folder=site.folder / "catalogue", demonstration=True,
    )  # fmt: skip
    return len([request for request in _requests(site) if request not in before and not request.untold])


if __name__ == "__main__":
    main()
