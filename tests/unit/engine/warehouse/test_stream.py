"""What a command says on its standard error is its own: reading rows leaves no word of DuckDB's types there when the process ends."""

import subprocess
import sys

READS = """
import duckdb
from engine.warehouse.duck import Warehouse

with Warehouse(duckdb.connect()) as warehouse:
    print(warehouse.read("SELECT 7 AS n, ['a'] AS l, DATE '2026-11-20' AS d", {}).rows())
"""


def test_a_process_that_read_rows_ends_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", READS], capture_output=True, text=True, check=True)
    assert done.stdout == "[(7, ['a'], datetime.date(2026, 11, 20))]\n"
    assert done.stderr == ""
