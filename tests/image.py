"""Builds the container's image and tries it: as nobody, with nothing to write to but its volume.

    python -m tests.image --llama none

Run by `make image`; it needs podman or docker and the package index, so it is no part of the test
suite. `--llama` sets the build argument LLAMA; "none" leaves out what takes longest. Where the base
image cannot be pulled, one of Debian's packages takes its place, made with mmdebstrap. It ends with
1 where the image is wrong, and with 75 where this machine can build or run no container at all,
which says nothing of the image.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.docker.compose import ROOT
from tests.docker.trial import NONE, Trial, succeeds

DOCKERFILE = ROOT / "docker" / "Dockerfile"
IMAGE = "localhost/footnote"
OWN_BASE = "localhost/footnote-base"
SUITE = "bookworm"
PACKAGES = "ca-certificates,python3,python3-venv"
CERTIFICATES = "/etc/ssl/certs"
CONTROL = """
FROM {base}
RUN apt-get update && apt-get install --yes --no-install-recommends make
RUN if ! python3 -c 'import ensurepip'; then apt-get install --yes python3-venv; fi
RUN python3 -m venv /tried && /tried/bin/pip download --no-deps --dest /tried setuptools
"""
"""What every image of this kind does, and nothing of Footnote."""


class MachineError(Exception):
    """This machine cannot build or run any container; the text says why."""


def main() -> None:
    """Exit with an error unless the container answers from its source, and ends in order."""
    # Whoever stops this is not left with a container that goes on.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    parser = argparse.ArgumentParser(description="Build the container's image and try it.")
    parser.add_argument("--llama", default="cpu", choices=["cpu", NONE])
    llama = parser.parse_args().llama
    try:
        tool = _tool()
        builder = Builder(tool, llama)
        builder.build(builder.base())
    except MachineError as error:
        sys.stdout.write(f"The image was not tried: {error}\n")
        sys.exit(os.EX_TEMPFAIL)
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(Trial(tool, IMAGE, Path(name), llama).run())
    sys.stdout.write("The image answers from its source, and ends in order when it is told to.\n")


def _tool() -> str:
    tool = next(filter(shutil.which, ("podman", "docker")), None)
    if tool is None:
        raise MachineError("there is neither podman nor docker: install one.")
    return tool


class Builder:
    """Builds the image.

    Args:
        tool: podman or docker.
        llama: The build argument LLAMA.
    """

    def __init__(self, tool: str, llama: str) -> None:
        self._tool = tool
        self._llama = llama

    def base(self) -> str:
        """The base image of the Dockerfile, or one made of Debian's packages.

        Raises:
            MachineError: There is neither, or no container runs.
        """
        (usual,) = re.findall(r"^ARG BASE=(.+)$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
        if succeeds(self._tool, "image", "inspect", usual) or succeeds(self._tool, "pull", usual):
            base = str(usual)
        else:
            sys.stdout.write(f"{usual} cannot be pulled: a base is made of Debian's packages.\n")
            self._make_base()
            base = OWN_BASE
        if not succeeds(self._tool, "run", "--rm", "--network=host", base, "true"):
            raise MachineError(f"{self._tool} cannot run a container here.")
        return base

    def build(self, base: str) -> None:
        """Build it as a user would, but for the base; this takes minutes.

        Raises:
            MachineError: It was not built, and no other image would be.
        """
        chosen = ("--build-arg", f"BASE={base}", "--build-arg", f"LLAMA={self._llama}")
        arguments = [*chosen, "--file", str(DOCKERFILE), "--tag", IMAGE]
        # A download may break off; what was made before it is kept for the second attempt.
        if any(self._built(*arguments, str(ROOT)) for _ in range(2)):
            return
        with tempfile.TemporaryDirectory() as folder:
            control = Path(folder) / "Dockerfile"
            control.write_text(CONTROL.format(base=base), encoding="utf-8")
            if self._built("--no-cache", "--file", str(control), folder):
                sys.exit("The image could not be built, though others can be on this machine.")
        raise MachineError(
            "no image that takes packages can be built; what was printed before says why, such as "
            "package indexes that are not reached, or a path in CONTAINERS_CONF that is relative."
        )

    def _built(self, *arguments: str) -> bool:
        # A proxy on the way may need this machine's certificates.
        certificates = ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"]
        isolation = ["--isolation", "chroot", "--network", "host", *certificates]
        extra = isolation if self._tool == "podman" else []
        return (
            subprocess.run([self._tool, "build", *extra, *arguments], check=False).returncode == 0
        )

    def _make_base(self) -> None:
        if succeeds(self._tool, "image", "inspect", OWN_BASE):
            return
        if not shutil.which("mmdebstrap"):
            raise MachineError("there is no mmdebstrap to make a base image with: install it.")
        with tempfile.TemporaryDirectory() as folder:
            archive = str(Path(folder) / "base.tar")
            made = ("mmdebstrap", "--quiet", "--variant=apt", f"--include={PACKAGES}")
            if not succeeds(*made, SUITE, archive):
                raise MachineError("mmdebstrap cannot make a base image of Debian's packages.")
            if not succeeds(self._tool, "import", archive, OWN_BASE):
                raise MachineError(f"{self._tool} cannot keep an image here.")


if __name__ == "__main__":
    main()
