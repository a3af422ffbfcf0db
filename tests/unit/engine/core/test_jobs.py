"""The ledger's protocol: what a claim may be, and that the ledger of the tests speaks it like the real one."""

from datetime import date

from engine.core.jobs import Claim, JobLedger
from tests.support.ledger import MemoryLedger

NIGHT = ("night", "292010", date(2026, 11, 23))


def test_a_claim_is_ours_done_or_held() -> None:
    assert [claim.value for claim in Claim] == ["taken", "done", "held"]


def test_the_ledger_of_the_tests_keeps_the_promises_of_the_protocol() -> None:
    ledger: JobLedger = MemoryLedger()
    assert ledger.last_done("night", "292010") is None
    assert ledger.start(*NIGHT) is Claim.TAKEN
    ledger.beat(*NIGHT)
    ledger.finish(*NIGHT, outcome="done", summary={})
    assert ledger.start(*NIGHT) is Claim.DONE
    assert ledger.start(*NIGHT, again=True) is Claim.TAKEN
    ledger.finish(*NIGHT, outcome="failed", summary={})
    assert (ledger.is_done(*NIGHT), ledger.is_done(*NIGHT, ever=True)) == (False, True)
    assert ledger.last_done("night", "292010") == NIGHT[2]
