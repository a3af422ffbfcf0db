"""The Jinja2 environment of the desk's pages: a name nobody passed is an error, and everything is escaped."""

from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from notices.desk.sayings import in_words


def environment(**options: Any) -> Environment:
    """Called by Django with its own options (loader, autoescape)."""
    ours = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    theirs = {name: value for name, value in options.items() if name != "autoescape"}
    made = Environment(**(theirs | ours), autoescape=True)
    made.globals.update(static=static, url=address, in_words=in_words)
    return made


@lru_cache(maxsize=20_000)  # a page names a hundred notices, the next page mostly the same ones
def address(name: str, **parts: object) -> str:
    """Of a route by its name, as pages link to it."""
    return reverse(name, kwargs=parts)
