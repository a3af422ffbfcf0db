"""A parcel worth sending."""

from dataclasses import replace
from typing import Any

from notices.dispatch.channel import Parcel
from tests.support.wordings import written

PARCEL = Parcel(
    key="k" * 64, number="N-2026-004217", municipality="292010", language="ja", content_hash="c" * 64,
    text=written().text, name="試験 花子", postal="630-8580", address="奈良市二条大路南一丁目1番1号",
    email="hanako@example.jp", mobile="+819012345678",
)  # fmt: skip


def parcel(**changed: Any) -> Parcel:
    """The parcel with other values."""
    return replace(PARCEL, **changed)
