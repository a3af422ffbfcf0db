"""Which signs the names and addresses of the register are written in: a character, or one with its variation selector (IVS)."""

import polars as pl

from engine.records.contract import load_contracts
from engine.records.reader import SnapshotReader

_SIGN = r"(?s).[\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]?"
_REGISTER = "now.residents"


def signs_in_use(snapshot: SnapshotReader) -> pl.DataFrame:
    """One row per sign: `sign`, `people` (how many residents have it in a name or an address), the rarest first.

    Raises InputError when no night has published the register.
    """
    register = snapshot.table(_REGISTER)
    contract = load_contracts()["residents"]
    texts = [name for name, column in contract.columns.items() if column.type == "text" and column.personal != "none"]
    said = register.select("resident_id", said=pl.concat_str([pl.col(name).fill_null("") for name in texts]))
    signs = said.select("resident_id", sign=pl.col("said").str.extract_all(_SIGN)).explode("sign").drop_nulls()
    return signs.group_by("sign").agg(people=pl.col("resident_id").n_unique()).sort("people", "sign")
