"""The OpenFisca-Japan side of `tests.benchmarks.openfisca`, run by the Python of that package's own environment: FOLDER DAY.

Reads FOLDER/people.npz, writes what it found to FOLDER/theirs.npz, and prints one JSON line. Imports nothing of todoke.
"""

import time

BEGIN = time.perf_counter()

import json  # noqa: E402 - the clock starts before the imports: loading them is part of what is measured
import resource  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy  # noqa: E402
from openfisca_core.simulations import SimulationBuilder  # noqa: E402
from openfisca_japan import CountryTaxBenefitSystem  # noqa: E402

ROLES = ("親", "親", "子")  #: head, spouse, child
GRADES = ("無", "一級", "二級", "三級", "四級")
ASKED = {
    "child_allowance": ("児童手当",),
    "child_rearing_allowance": ("児童扶養手当_最大", "児童扶養手当_最小"),
    "special_child_allowance": ("特別児童扶養手当_最大", "特別児童扶養手当_最小"),
}
#: what the comparison explains a difference by; calculated on the way to the amounts
PARTS = {
    "full_income": "児童扶養手当の全部支給所得条件",
    "partial_income": "児童扶養手当の一部支給所得条件",
    "special_income": "特別児童扶養手当の所得条件",
}


def peak_mb() -> float:
    """The most memory this process held. Not `ru_maxrss`: that begins with what the process that started this one held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """One process: load, three calculations, then what it takes to compare."""
    folder, day = Path(sys.argv[1]), sys.argv[2]
    people = numpy.load(folder / "people.npz")
    builder = SimulationBuilder()
    system = CountryTaxBenefitSystem()
    builder.create_entities(system)
    household, role = people["household"], people["role"]
    builder.declare_person_entity("人物", numpy.arange(household.size))
    homes = builder.declare_entity("世帯", numpy.arange(int(household.max()) + 1))
    builder.join_with_persons(homes, household, numpy.array(ROLES)[role])
    simulation = builder.build(system)
    simulation.set_input("誕生年月日", "ETERNITY", people["born"].astype("datetime64[D]"))
    simulation.set_input("所得", day, people["income"].astype("float64"))
    simulation.set_input("扶養人数", day, people["dependants"])
    simulation.set_input("身体障害者手帳等級", day, numpy.array(GRADES)[people["grade"]])
    loaded = time.perf_counter()
    seconds, found = {}, {}
    for programme, names in ASKED.items():
        begin = time.perf_counter()
        for name in names:
            found[f"{programme}:{name[-2:]}"] = simulation.calculate(name, day)
        seconds[programme] = time.perf_counter() - begin
    end = time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    said = {"load_s": loaded - BEGIN, "seconds": seconds, "total_s": end - BEGIN}
    said |= {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": peak_mb()}
    parts = {name: simulation.calculate(variable, day) for name, variable in PARTS.items()}
    numpy.savez(
        folder / "theirs.npz",
        child_allowance=found["child_allowance:手当"],
        child_rearing_allowance=found["child_rearing_allowance:最大"],
        child_rearing_least=found["child_rearing_allowance:最小"],
        special_child_allowance=found["special_child_allowance:最大"],
        **parts,
    )
    print(json.dumps(said))


if __name__ == "__main__":
    main()
