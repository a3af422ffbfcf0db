"""The desk as a WSGI application, and the server that runs it: a few processes that share one port, each with a few threads."""

import atexit
import gc
from wsgiref.types import WSGIApplication

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.template import engines
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from engine.core.settings import Settings
from engine.records.contract import load_contracts
from notices import site
from notices.desk.catalogue import messages

_KEEP_ALIVE_SECONDS = 75  #: a browser's connection outlives the time a clerk reads
#: a page makes some thousands, and lets go of nearly all by itself: they are searched after a few pages
_NEW_OBJECTS = 20_000
_FINISH_SECONDS = 5  #: how long what is being answered may take when the desk is stopped


def application(settings: Settings) -> WSGIApplication:
    """The desk on the queue store of the settings. Configures Django when nobody has yet."""
    site.configure(settings)
    made: WSGIApplication = get_wsgi_application()
    return made


def serve(settings: Settings) -> None:
    """Serves the desk on the configured address until it is stopped; ends the process.

    The processes that answer are forked from this one, and the threads of polars do not live on in a fork: a process that has
    read with polars must not serve, or the first page that reads a snapshot never ends.
    """
    made = application(settings)
    _read_in()
    for one in connections.all(initialized_only=True):  # a connection is of one process: those to come open their own
        one.close()
        if one.vendor == "postgresql":
            one.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    _Server(made, settings).run()


def _read_in() -> None:
    """Routes, templates and words, once for all processes: nobody's first page waits for them."""
    get_resolver().url_patterns  # noqa: B018 - reading it imports every view
    pages = engines["jinja2"].env  # type: ignore[attr-defined]  # an engine's own environment is not in Django's types
    for name in pages.list_templates(extensions=["html"]):
        pages.get_template(name)
    messages()
    load_contracts()
    gc.collect()
    gc.freeze()  # what stays for ever is not searched for what can go, which would stop every thread
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
    atexit.register(gc.unfreeze)  # or libraries count it as leaked when the process ends


class _Server(BaseApplication):  # type: ignore[misc]  # it has no types
    def __init__(self, made: WSGIApplication, settings: Settings) -> None:
        self._made, self._settings = made, settings
        super().__init__()

    def load_config(self) -> None:
        """What differs from the server's own defaults."""
        desk = self._settings.desk
        values = {
            "bind": f"{desk.host}:{desk.port}",
            "workers": desk.workers,
            "threads": desk.threads,
            "worker_class": "gthread",
            "preload_app": True,
            "keepalive": _KEEP_ALIVE_SECONDS,
            "graceful_timeout": _FINISH_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """The application, made before the processes part."""
        return self._made
