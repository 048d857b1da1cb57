"""A real Weaviate for the tests: started, killed and started again on the same folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.servers.redis import free_port

START_S = 240.0
"""A machine that does much else needs a while."""

# The server ends when the pipe to the tests does, however they end.
GUARD = '"$@" & read -r _; kill -9 $!; wait'

PAIRS = (
    ("RAFT_PORT", "RAFT_INTERNAL_RPC_PORT"),
    ("CLUSTER_GOSSIP_BIND_PORT", "CLUSTER_DATA_BIND_PORT"),
)
"""Nodes on one machine take it that the second port of each pair follows the first."""

ALONE = {
    "CLUSTER_IN_LOCALHOST": "true",
    "CLUSTER_BIND_ADDR": "127.0.0.1",
    "CLUSTER_ADVERTISE_ADDR": "127.0.0.1",
    "RAFT_TIMEOUTS_MULTIPLIER": "1",
    "DISABLE_TELEMETRY": "true",
    "GO_PROFILING_DISABLE": "true",
    "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "true",
    "DEFAULT_VECTORIZER_MODULE": "none",
    "API_BASED_MODULES_DISABLED": "true",
    "AUTOSCHEMA_ENABLED": "false",
    "DISK_USE_READONLY_PERCENTAGE": "0",
    "LOG_LEVEL": "error",
}
"""Settings of one that talks to nobody but us."""


def weaviate_executable() -> str:
    """A weaviate that can be started here, or a skip."""
    found = shutil.which("weaviate")
    if found is None:
        pytest.skip("no weaviate on PATH: put one there, or set FOOTNOTE_TEST_WEAVIATE_URL")
    return found


class WeaviateServer:
    """One node, on ports and in a folder of its own.

    Args:
        executable: The server.
        folder: Where its data goes.
        name: Of the node.
        settings: Variables of its environment beyond those that go without saying.
    """

    def __init__(
        self,
        executable: str,
        folder: Path,
        name: str = "node1",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._executable = executable
        self._folder = folder
        self._name = name
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._http = free_port()
        self.ports = {"GRPC_PORT": free_port(), "GO_PROFILING_PORT": free_port()}
        for first, second in PAIRS:
            port = free_pair()
            self.ports |= {first: port, second: port + 1}

    @property
    def url(self) -> str:
        """Where REST is."""
        return f"http://127.0.0.1:{self._http}"

    @property
    def grpc(self) -> str:
        """Where gRPC is."""
        return f"127.0.0.1:{self.ports['GRPC_PORT']}"

    @property
    def pid(self) -> int:
        """The process, for whoever measures it."""
        assert self._process
        listed = subprocess.run(
            ["pgrep", "-P", str(self._process.pid), "-f", self._executable],
            check=True,
            capture_output=True,
        )
        return int(listed.stdout.split()[0])

    def launch(self) -> None:
        """Start it, and do not wait."""
        environment = {
            "PATH": os.environ["PATH"],
            "PERSISTENCE_DATA_PATH": str(self._folder),
            "CLUSTER_HOSTNAME": self._name,
            "RAFT_BOOTSTRAP_EXPECT": "1",
            **ALONE,
            **{variable: str(port) for variable, port in self.ports.items()},
            **self._settings,
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder.parent / f"{self._folder.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", GUARD, "sh", self._executable, "--host", "127.0.0.1",
                 "--port", str(self._http), "--scheme", "http"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Wait until it is ready on both of its interfaces."""
        until = time.monotonic() + START_S
        while not self._ready():
            if time.monotonic() > until:
                self.kill()
                said = (self._folder.parent / f"{self._folder.name}.log").read_text()
                message = f"{self._executable} did not start; it said: {said[-2000:]}"
                raise RuntimeError(message)
            time.sleep(0.1)

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.launch()
        self.wait()

    def kill(self) -> None:
        """End it as SIGKILL does."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._process = None

    def restart(self) -> None:
        """Kill it, and start it on the same folder and the same ports."""
        self.kill()
        self.start()

    def _ready(self) -> bool:
        with contextlib.suppress(OSError):
            ready = f"{self.url}/v1/.well-known/ready"
            with urllib.request.urlopen(ready, timeout=2) as answer:  # noqa: S310  ours
                if answer.status != 200:
                    return False
            port = self.ports["GRPC_PORT"]
            with socket.create_connection(("127.0.0.1", port), 2):
                return True
        return False


@contextlib.contextmanager
def running_weaviate(
    executable: str, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[WeaviateServer]:
    """A server that is started, and killed at the end."""
    server = WeaviateServer(executable, folder, settings=settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def running_cluster(
    executable: str, folder: Path, count: int = 3
) -> Iterator[Sequence[WeaviateServer]]:
    """Nodes that make one cluster, killed at the end."""
    names = [f"node{number}" for number in range(1, count + 1)]
    nodes = [WeaviateServer(executable, folder / name, name) for name in names]
    join = ",".join(
        f"{name}:{node.ports['RAFT_PORT']}" for name, node in zip(names, nodes, strict=True)
    )
    first = nodes[0].ports["CLUSTER_GOSSIP_BIND_PORT"]
    for node in nodes:
        node._settings |= {
            "RAFT_JOIN": join,
            "RAFT_BOOTSTRAP_EXPECT": str(count),
            "CLUSTER_JOIN": "" if node is nodes[0] else f"127.0.0.1:{first}",
        }
    try:
        for node in nodes:
            node.launch()
        for node in nodes:
            node.wait()
        yield nodes
    finally:
        for node in nodes:
            node.kill()


def free_pair() -> int:
    """A port that nobody listens at, and that is followed by another one."""
    while True:
        port = free_port()
        with socket.socket() as next_one, contextlib.suppress(OSError):
            next_one.bind(("127.0.0.1", port + 1))
            return port
