"""Libraries that few commands need and that take long to load: imported when something of them is first used."""

import importlib
from typing import Any


class Later:
    """A module by its name, `Later("scipy.stats")`: what is asked of it is that module's. Raises ImportError then, not before."""

    def __init__(self, name: str) -> None:
        """Imports nothing yet."""
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """What the module calls so."""
        return getattr(importlib.import_module(self._name), attribute)
