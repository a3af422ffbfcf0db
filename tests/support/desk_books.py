"""What the store itself says of everything that was approved under load: each once, and nothing else.

`python -m tests.support.desk_books FOLDER QUEUE_URL` reads the approved notices' ids as JSON on standard input and prints counts.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from notices import site
from tests.support.desk_crowd import crowd_settings


def books(approved: list[int]) -> dict[str, int]:
    """Of what the clerks were told: lost, doubled; of what the store holds: approved, and how much of it no clerk was told of."""
    from notices.approval.audit import verify
    from notices.approval.models import AuditRow, Decision, Notice, OutboxRow
    from notices.site import installed

    settings = installed()
    queued = set(Notice.objects.filter(state="queued").values_list("pk", flat=True))
    out = Counter(OutboxRow.objects.values_list("notice_id", flat=True))
    decided = Counter(
        Decision.objects.filter(verdict="approve", voided=False).values_list("item__notice_id", flat=True)
    )
    rows = AuditRow.objects.filter(action="items_approved").values_list("subject", flat=True)
    written = Counter(int(subject.removeprefix("notice:")) for subject in rows)
    told = Counter(approved)
    every = queued | set(out) | set(decided) | set(written)
    whole = {one for one in every if one in queued and out[one] and decided[one] and written[one]}
    chain = verify(settings.municipality.code, settings.paths.anchor)
    return {
        "told": told.total(),
        "approved": len(every),
        "untold": len(every - set(told)),
        "lost": len((set(told) | every) - whole),
        "doubled": sum(any(of[one] > 1 for of in (told, out, decided, written)) for one in every),
        "chain_rows": chain.rows,
        "chain_broken": int(not chain.intact),
    }


def main() -> None:
    """Opens the store beside the desk that works on it."""
    folder, url = Path(sys.argv[1]), sys.argv[2]
    site.configure(crowd_settings(folder, 0, url))
    sys.stdout.write(json.dumps(books(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
