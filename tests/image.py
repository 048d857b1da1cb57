"""Builds the container's image and tries it: no root, nothing to write to but its volumes.

Run by `make image`; it needs podman or docker and the package index, so it is no part of the test
suite. Where the base image cannot be pulled, one of Debian's packages takes its place, made with
mmdebstrap.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCKERFILE = ROOT / "docker" / "Dockerfile"
IMAGE = "localhost/footnote"
OWN_BASE = "localhost/footnote-base"
SUITE = "bookworm"
CERTIFICATES = "/etc/ssl/certs"
NOTE = """# Coffee machine

The coffee machine on the third floor is descaled every Friday by the facilities team.
"""


def main() -> None:
    """Exit with an error unless the container answers from its source."""
    tool = next(filter(shutil.which, ("podman", "docker")), None)
    if tool is None:
        sys.exit("There is neither podman nor docker: install one.")
    image = Image(tool)
    image.build(image.base())
    with tempfile.TemporaryDirectory() as name:
        image.try_it(Path(name))
    sys.stdout.write("The image answers from its source, as nobody and on a file system to read.\n")


class Image:
    """The image, and what builds and runs it."""

    def __init__(self, tool: str) -> None:
        self._tool = tool

    def base(self) -> str:
        """The base image of the Dockerfile, or one made of Debian's packages."""
        (usual,) = re.findall(r"^ARG BASE=(.+)$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
        if _succeeds(self._tool, "image", "inspect", usual) or _succeeds(self._tool, "pull", usual):
            return str(usual)
        sys.stdout.write(f"{usual} cannot be pulled: a base is made of Debian's packages.\n")
        if not _succeeds(self._tool, "image", "inspect", OWN_BASE):
            with tempfile.TemporaryDirectory() as folder:
                archive = Path(folder) / "base.tar"
                packages = "ca-certificates,python3,python3-venv"
                _run(
                    "mmdebstrap",
                    "--quiet",
                    "--variant=apt",
                    f"--include={packages}",
                    SUITE,
                    archive,
                )
                _run(self._tool, "import", archive, OWN_BASE)
        return OWN_BASE

    def build(self, base: str) -> None:
        """Build it as a user would, but for the base; this takes minutes."""
        # A proxy on the way may need this machine's certificates.
        certificates = ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"]
        isolation = ["--isolation", "chroot", "--network", "host", *certificates]
        extra = isolation if self._tool == "podman" else []
        arguments = ["--build-arg", f"BASE={base}", "--file", DOCKERFILE, "--tag", IMAGE]
        _run(self._tool, "build", *extra, *arguments, ROOT)

    def try_it(self, folder: Path) -> None:
        """Sync, ask and look at its health, each in a container of its own.

        Args:
            folder: An empty one.
        """
        documents, config = folder / "documents", folder / "config"
        shutil.copytree(ROOT / "docker" / "config", config)
        documents.mkdir()
        (documents / "coffee.md").write_text(NOTE, encoding="utf-8")
        for path in (folder, documents, config):
            path.chmod(0o755)
        mounts = (f"{config}:/config:ro", f"{documents}:/documents:ro", "footnote-try:/data")
        _succeeds(self._tool, "volume", "rm", "footnote-try")
        try:
            self._footnote(mounts, "sync")
            printed = self._footnote(mounts, "ask", "--json", "Who descales the coffee machine?")
            if json.loads(printed)["citations"][0]["document_id"] != "documents:coffee.md":
                sys.exit(f"The image answered without its source: {printed}")
            self._footnote(mounts, "health", code=1)
            self._run(mounts, ["--entrypoint=python3"], ["-c", "import llama_cpp"])
        finally:
            _succeeds(self._tool, "volume", "rm", "footnote-try")

    def _footnote(self, mounts: tuple[str, ...], *arguments: str, code: int = 0) -> str:
        return self._run(mounts, [], arguments, code)

    def _run(
        self,
        mounts: tuple[str, ...],
        options: Sequence[str],
        arguments: Sequence[str],
        code: int = 0,
    ) -> str:
        hardened = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
        volumes = [part for mount in mounts for part in ("--volume", mount)]
        command = [self._tool, "run", "--rm", "--network=host", *hardened, "--tmpfs=/tmp"]
        ran = subprocess.run(
            [*command, *volumes, *options, IMAGE, *arguments],
            check=False,
            stdout=subprocess.PIPE,
            text=True,
        )
        if ran.returncode != code:
            sys.exit(f"{' '.join(arguments)} ended with {ran.returncode} in the container.")
        return ran.stdout


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, env=os.environ)


def _succeeds(*command: str) -> bool:
    ran = subprocess.run(
        command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600
    )
    return ran.returncode == 0


if __name__ == "__main__":
    main()
