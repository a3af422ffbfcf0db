"""A thousand spoilt feeds through the first stage of real nights: none stops it, and no row of any file is lost unsaid."""

import csv
import hashlib
import io
import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.records.contract import load_contracts
from engine.records.load import STAGE, load_records
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.truth import night_of, opened

BASELINE = date(2026, 11, 9)
NIGHTS = 36  #: times 28 tables: a little over a thousand feeds
LINES = 12
MARK = "HIDE-ME"

Mutation = Callable[[random.Random, bytes], bytes]


def cut_off(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def flip_bytes(chance: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def other_encoding(chance: random.Random, data: bytes) -> bytes:
    return data.decode(errors="replace").encode(
        chance.choice(["utf-16", "cp932", "euc_jp", "utf-8-sig"]), errors="replace"
    )


def shift_columns(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    lines[place] = chance.choice([b"," + lines[place], lines[place] + b",", lines[place].partition(b",")[2]])
    return b"\n".join(lines)


def double_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join([*lines[:-1], chance.choice(lines[1:] or [b""]), *lines[-1:]])


def swap_header(chance: random.Random, data: bytes) -> bytes:
    header, _, rest = data.partition(b"\n")
    columns = header.split(b",")
    columns[chance.randrange(len(columns))] = chance.choice([b"", b"x", columns[0], "個人番号".encode()])
    return b",".join(columns) + b"\n" + rest


def plant(value: bytes) -> Mutation:
    def planted(chance: random.Random, data: bytes) -> bytes:
        header, _, rest = data.partition(b"\n")
        lines = rest.split(b"\n")
        place = chance.randrange(len(lines))
        fields = lines[place].split(b",")
        fields[chance.randrange(len(fields))] = value
        lines[place] = b",".join(fields)
        return header + b"\n" + b"\n".join(lines)

    return planted


def no_rows(chance: random.Random, data: bytes) -> bytes:
    return data.partition(b"\n")[0] + chance.choice([b"", b"\n", b"\n\n\n"])


def nothing(chance: random.Random, data: bytes) -> bytes:
    return b""


def reorder(chance: random.Random, data: bytes) -> bytes:
    header, _, rest = data.partition(b"\n")
    lines = rest.split(b"\n")
    chance.shuffle(lines)
    return header + b"\n" + b"\n".join(lines)


MUTATIONS: tuple[Mutation, ...] = (
    cut_off, flip_bytes, other_encoding, shift_columns, double_lines, swap_header, no_rows, nothing, reorder,
    plant(b"2026-13-45"), plant(b"0000-00-00"), plant(b"9999999999999999999999"), plant(MARK.encode()), plant(b"\x00"),
    plant(b'"'), plant(b'"=cmd|\'/c calc\'!A1"'), plant(b'=HYPERLINK("http://x")'), plant(b"x" * 3_000), plant(b"\xf0\x9f\x98\x80" * 400),
    plant(b'"a\nb"'), plant(b"\r"), plant("１２３".encode()), plant(b"-1"), plant(b"NaN"), plant(b"null"),
)  # fmt: skip


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The first lines of every table of a small town, with a line of its own for tables that have none."""
    folder = tmp_path_factory.mktemp("town")
    build_town(residents=1_000, seed=1, baseline=BASELINE, nights=0, folder=folder)
    found = {}
    for name in load_contracts():
        lines = (folder / "feeds" / BASELINE.isoformat() / f"{name}.csv").read_bytes().split(b"\n")
        found[name] = b"\n".join(lines[: LINES + 1]).rstrip(b"\n") + b"\n"
    return found


def rows_in(data: bytes) -> int:
    """Records below the header, by Python's own reader; blank lines are none."""
    text = data.decode("utf-8-sig")
    return len([row for row in csv.reader(io.StringIO(text, newline="")) if row]) - 1


def spoil(chance: random.Random, data: bytes) -> bytes:
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        if data:
            data = chance.choice(MUTATIONS)(chance, data)
    return data


def test_no_row_is_lost_and_no_feed_stops_the_night(samples: dict[str, bytes], tmp_path: Path) -> None:
    chance, settings = random.Random(20261123), settings_in(tmp_path)
    outcomes = {"accepted": 0, "rejected": 0, "quarantined": 0}
    for number in range(NIGHTS):
        on = BASELINE + timedelta(days=number)
        folder = tmp_path / "feeds" / on.isoformat()
        folder.mkdir(parents=True)
        spoilt = {f"{name}.csv": spoil(chance, data) for name, data in samples.items()}
        for name, data in spoilt.items():
            (folder / name).write_bytes(data)
        lies = {name: chance.choice([{"sha256": "0" * 64}, {"rows": 99}]) for name in spoilt if chance.random() < 0.03}
        (folder / "manifest.json").write_text(json.dumps({"files": lies}), encoding="utf-8")
        with opened(settings) as warehouse:
            load_records(night_of(settings, warehouse, on))
            warehouse.mark(STAGE, settings.municipality.code, on, {})
            files = warehouse.read("SELECT * FROM history.files WHERE night = $on", {"on": on}).to_dicts()
            told = warehouse.read("SELECT reason FROM history.quarantine WHERE night = $on", {"on": on})["reason"]
        assert {file["file_name"] for file in files} == set(spoilt)
        assert MARK not in "".join(told)
        for file in files:
            data = spoilt[file["file_name"]]
            assert file["file_id"] == hashlib.sha256(data).hexdigest()
            assert (settings.paths.landing / file["file_id"][:2] / f"{file['file_id']}.csv").read_bytes() == data
            outcomes[file["state"]] += 1
            outcomes["quarantined"] += file["quarantined"]
            if file["state"] == "rejected":
                assert file["file_name"] in file["reason"]
                assert (file["rows"], file["quarantined"]) == (0, 0)
            else:
                assert file["rows"] + file["quarantined"] == rows_in(data), (file, data[:2_000])
    assert sum(outcomes[state] for state in ("accepted", "rejected")) == NIGHTS * len(samples) >= 1_000
    assert min(outcomes.values()) > 100  # each way out was taken often
