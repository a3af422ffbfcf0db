"""Rows on their way from DuckDB to polars. Imports nothing: polars remembers the types of what it reads as long as the process lives,
and through this one's it must not reach a type of DuckDB's, which would be said on a command's standard error when it ends."""


class Stream:
    """An Arrow stream, and nothing of who made it. It can be read once."""

    def __init__(self, capsule: object) -> None:
        """`capsule` is what `__arrow_c_stream__` gave."""
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream, as who reads it asks for it."""
        return self._capsule
