"""A GGUF model served inside todoke's own process, on a free port of this machine. Needs the part local-llm."""

import gc
from pathlib import Path

from xllamacpp import CommonParams, Server

from engine.core.errors import SettingsError


class ServedModel:
    """A llama.cpp server. Started once and kept; `close` stops it."""

    def __init__(self, gguf: Path, *, context: int, threads: int = 0) -> None:
        """Starts the server; `threads` 0 leaves their number to it. Raises SettingsError when there is no such file."""
        if not gguf.is_file():
            raise SettingsError(f"[wording.local] gguf: there is no file {gguf}")
        parameters = CommonParams()
        parameters.model.path = str(gguf)
        parameters.n_ctx = context
        parameters.n_parallel = 1
        parameters.port = 0
        if threads:
            parameters.cpuparams.n_threads = threads
            parameters.cpuparams_batch.n_threads = threads
        parameters.verbosity = -1
        self._server: Server | None = Server(parameters)
        self.url = str(self._server.listening_address)

    def close(self) -> None:
        """Stops the server."""
        self._server = None
        gc.collect()
