"""Which state of the code a figure belongs to."""

from __future__ import annotations

import asyncio
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_HERE = Path(__file__)


async def revision() -> str:
    """The commit of the checkout, with "+" where files differ from it; else the version.

    The code may also be installed somewhere inside another project's checkout, whose commit would
    say nothing about it.
    """
    if await _git("ls-files", "--error-unmatch", _HERE.name):
        commit = await _git("describe", "--always", "--abbrev=7", "--exclude=*", "--dirty=+")
        if commit:
            return commit
    try:
        return version("footnote-bot")
    except PackageNotFoundError:
        return "unknown"


async def _git(*arguments: str) -> str:
    """What git prints, or "" where it fails or is not installed."""
    try:
        process = await asyncio.create_subprocess_exec(
            "git",
            *arguments,
            cwd=_HERE.parent,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return ""
    out, _ = await process.communicate()
    return out.decode().strip() if process.returncode == 0 else ""
