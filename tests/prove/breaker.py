"""The breaker's proof: JSON lines, then a table. Exit 1 when a target is missed.

* A year of ordinary nights, drawn as counts for a city of 350,000, for each seed: at most one false hold a kind of event. Poisson with a
  day's noise of 15 %, at rates up to 1.6 times off the settings' yearly ones, backlogs after closed days, three times the movers at the
  turn of the fiscal year. The first 28 nights are a cold start. Counts are all that is drawn here: a year of files would take a day.
* Faults in the files of a city of 350,000 (`tests.prove.faults`), through loading, changes and detection: of those that add at least four
  times the expected count to the ordinary ones, and at least 50, 99 % must be held; no ordinary night may be.
* The power by the size of a fault, of both.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import yaml

import events.volume
from engine.core.dates import days
from engine.core.settings import Volume
from events.volume import Band, bands, days_covered
from tests.prove.faults import Tried, city, drawn

FIRST = date(2026, 4, 13)
EVERY_DAY = frozenset({"E25", "E26", "E39", "E46", "E47", "E48"})
MOVERS = frozenset({"E05", "E06", "E09", "E28"})
CODES = (
    "E01",
    "E05",
    "E06",
    "E09",
    "E10",
    "E25",
    "E26",
    "E28",
    "E30",
    "E31",
    "E35",
    "E36",
    "E38",
    "E39",
    "E46",
    "E47",
    "E48",
)
#: of faults in files: how many times the expected count one adds that must be held
MUST = (4.0, 12.0)
#: how many times the expected count a night has with the fault, in the table
SIZES = (1.5, 2.0, 3.0, 4.0, 5.0, 10.0)
_HELD, _MOST_FALSE = 0.99, 1


class Year:
    """The ordinary nights of one city, and the band the breaker had for each."""

    def __init__(self, seed: int, nights: int, residents: int) -> None:
        """Draws the nights and asks the breaker about each with only the nights before it."""
        self.rng = np.random.default_rng(seed)
        rates = yaml.safe_load((events.volume.RATES).read_text(encoding="utf-8"))
        scale = residents / rates["residents"]
        self.rates: dict[str, float] = {
            code: rates["yearly"][code] * scale * float(self.rng.uniform(0.6, 1.6)) for code in CODES
        }
        self.nights = list(days(FIRST, FIRST + timedelta(days=nights - 1)))
        self.expected = {code: {on: self._expected(code, on) for on in self.nights} for code in CODES}
        self.counts = {code: {on: self._drawn(code, on) for on in self.nights} for code in CODES}
        self.bands: dict[date, Mapping[str, Band]] = {}
        for place, on in enumerate(self.nights):
            past = self.nights[:place]
            known = {code: {night: self.counts[code][night] for night in past} for code in CODES}
            self.bands[on] = bands(CODES, known, past, on, residents, Volume())

    def _expected(self, code: str, on: date) -> float:
        rush = code in MOVERS and (3, 20) <= (on.month, on.day) <= (4, 12)
        return self.rates[code] / 365 * days_covered(on, every_day=code in EVERY_DAY) * (3.0 if rush else 1.0)

    def _drawn(self, code: str, on: date) -> int:
        return int(self.rng.poisson(self.expected[code][on] * float(self.rng.lognormal(0.0, 0.15))))

    def false_holds(self, code: str) -> int:
        """How many ordinary nights were held."""
        return sum(self.counts[code][on] > self.bands[on][code].upper for on in self.nights)

    def power(self, size: float) -> tuple[int, int]:
        """Of the nights and kinds on which a fault makes the count so many times the expected one: how many are held, of how many."""
        tried = [(code, on) for code in CODES for on in self.nights if self.expected[code][on] > 0]
        held = [
            self.counts[code][on] + round((size - 1) * self.expected[code][on]) > self.bands[on][code].upper
            for code, on in tried
        ]
        return sum(held), len(held)


def ordinary_years(seeds: Iterable[int], nights: int, residents: int) -> tuple[bool, dict[float, tuple[int, int]]]:
    """A city's year for each seed. Prints; whether no kind was held more than once, and the power by size over all seeds."""
    good, power = True, dict.fromkeys(SIZES, (0, 0))
    for seed in seeds:
        year = Year(seed, nights, residents)
        false = {code: year.false_holds(code) for code in CODES}
        _tell(seed=seed, nights=nights, false_holds=false, most=max(false.values()))
        good = good and max(false.values()) <= _MOST_FALSE
        for size in SIZES:
            held, tried = year.power(size)
            power[size] = (power[size][0] + held, power[size][1] + tried)
    return good, power


def faulty_files(
    seed: int, residents: int, *, ordinary: int, nights: int, must: int, smaller: int
) -> tuple[bool, dict[float, tuple[int, int]]]:
    """One city's files. Prints; whether enough faults were held and no ordinary night was, and the power of smaller ones by size."""
    rng, tried, small = np.random.default_rng(seed), list[Tried](), list[tuple[float, Tried]]()
    good, done, number = True, 0, 0
    with city(residents, seed, ordinary=ordinary, faulty=nights) as town:
        while done < nights:
            report, found = town.tonight()
            good = good and not report.held
            _tell(night=str(town.on), held_without_a_fault=sorted(report.held))
            if town.on in town.feeds.nights:
                done += 1
                while len(tried) < must * done / nights:
                    tried += _told(town.with_faults(drawn(town, number, MUST, rng), found, rng))
                    number += 1
                for size in SIZES[:-1] if len(small) < smaller * done / nights else ():
                    sizes = drawn(town, number, size - 1, rng)
                    small += [(size, one) for one in _told(town.with_faults(sizes, found, rng))]
                    number += 1
                back = town.tonight_again() == found
                _tell(night=str(town.on), the_night_without_faults_ends_where_it_was=back)
                good = good and back
            town.next()
    good = _summed(tried, seed, residents) and good
    return good, {
        size: (sum(one.held for of, one in small if of == size), sum(of == size for of, _ in small))
        for size in dict.fromkeys(of for of, _ in small)
    }


def _told(tried: Sequence[Tried]) -> Sequence[Tried]:
    for one in tried:
        _tell(
            fault=one.fault.name,
            floods=one.fault.code,
            added=one.added,
            times_expected_added=round(one.times, 1),
            held=one.held,
            rest_goes_on=one.alone,
            cause_named=one.named,
        )
    return tried


def _summed(tried: Sequence[Tried], seed: int, residents: int) -> bool:
    for name in dict.fromkeys(one.fault.name for one in tried):
        mine = [one for one in tried if one.fault.name == name]
        _tell(fault=name, tried=len(mine), held=sum(o.held for o in mine), cause_named=sum(o.named for o in mine))
    held, alone = sum(one.held for one in tried), all(one.alone for one in tried)
    _tell(seed=seed, residents=residents, faults=len(tried), held=held, share=held / len(tried), rest_goes_on=alone)
    return held >= _HELD * len(tried) and alone


def _tell(**figures: object) -> None:
    print(json.dumps(figures), flush=True)


def table(power: Mapping[str, Mapping[float, tuple[int, int]]]) -> str:
    """The share held by how many times the expected count a night has, a column a way of trying."""
    lines = ["", "times the expected count".ljust(28) + "".join(name.ljust(26) for name in power)]
    for size in SIZES:
        cells = [f"{size:g}".ljust(28)]
        for shares in power.values():
            held, of = shares.get(size, (0, 0))
            cells.append((f"{held / of:.1%} ({held} of {of})" if of else "not tried").ljust(26))
        lines.append("".join(cells).rstrip())
    return "\n".join(lines)


def main() -> None:
    """Everything; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=350_000)
    parser.add_argument("--nights", type=int, default=350, help="ordinary nights drawn as counts, for each seed")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--faults", type=int, default=200, help="faults in files that must be held")
    parser.add_argument("--smaller", type=int, default=60, help="smaller faults in files, for the power")
    parser.add_argument("--ordinary", type=int, default=30, help="nights of the city's files before the first fault")
    parser.add_argument("--faulty", type=int, default=8, help="office nights that the faults are spread over")
    asked = parser.parse_args()
    quiet, counts = ordinary_years(range(1, asked.seeds + 1), asked.nights, asked.residents)
    held, files = faulty_files(
        1,
        asked.residents,
        ordinary=asked.ordinary,
        nights=asked.faulty,
        must=asked.faults,
        smaller=asked.smaller,
    )
    print(table({"counts, 17 kinds": counts, "files, 4 faults": files}))
    if not (quiet and held):
        sys.exit(1)


if __name__ == "__main__":
    main()
