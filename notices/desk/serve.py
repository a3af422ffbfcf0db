"""The desk as a WSGI application, and the server that runs it."""

from wsgiref.types import WSGIApplication

from django.core.wsgi import get_wsgi_application
from waitress import serve as serve_wsgi

from engine.core.settings import Settings
from notices import site

_THREADS = 8


def application(settings: Settings) -> WSGIApplication:
    """The desk on the queue store of the settings. Configures Django when nobody has yet."""
    site.configure(settings)
    made: WSGIApplication = get_wsgi_application()
    return made


def serve(settings: Settings) -> None:
    """Serves the desk on the configured address until it is stopped."""
    serve_wsgi(application(settings), host=settings.desk.host, port=settings.desk.port, threads=_THREADS, ident="")
