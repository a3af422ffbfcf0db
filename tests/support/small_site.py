"""Settings for tests of the engine: a municipality and stores in one folder, without keys or a queue."""

from pathlib import Path

from engine.core.settings import Municipality, Paths, Settings

CODE = "292010"


def small_settings(folder: Path) -> Settings:
    """Every store in the folder."""
    names = ("records", "landing", "snapshot", "catalogue", "outbox", "keys", "anchor", "scratch")
    return Settings(
        mode="demo",
        municipality=Municipality(code=CODE, name_ja="奈良市", name_en="Nara City"),
        paths=Paths(feeds=str(folder / "feeds"), **{name: folder / name for name in names}),
        queue_url=f"sqlite:///{folder / 'queue.sqlite3'}",
    )
