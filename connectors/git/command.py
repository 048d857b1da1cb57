"""Running git, with nobody there to be asked and nothing that a repository could abuse."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from footnote.connectors.base import SourceError

_PROTOCOLS = "file:git:http:https:ssh"
"""Others, such as ext, would run whatever the address says."""

_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15"
_MOST = 200


class GitError(Exception):
    """git refused; the text is the first line of what it said.

    Attributes:
        whole: All that it said.
    """

    def __init__(self, first: str, whole: str) -> None:
        super().__init__(first)
        self.whole = whole


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """How a repository's server is spoken to.

    Attributes:
        url: The address that the token is for.
        user: The name that is sent with it.
        token: "" where none is needed.
        timeout_s: Seconds of silence after which the server counts as away.
    """

    url: str
    user: str = ""
    token: str = ""
    timeout_s: float = 60.0

    def environment(self) -> dict[str, str]:
        """The variables that tell git all of it: others could read its arguments."""
        settings = {
            "http.lowSpeedLimit": "1",
            "http.lowSpeedTime": str(max(1, round(self.timeout_s))),
            "core.hooksPath": os.devnull,
            "gc.auto": "0",
        }
        if self.token and self.url.startswith(("https://", "http://")):
            secret = base64.b64encode(f"{self.user}:{self.token}".encode()).decode()
            settings[f"http.{self.url}.extraHeader"] = f"Authorization: Basic {secret}"
            # Git would send the header to whatever server a redirect names.
            settings["http.followRedirects"] = "false"
        pairs = enumerate(settings.items())
        return {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
            "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", _SSH),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_COUNT": str(len(settings)),
            **{
                name: text
                for number, (key, value) in pairs
                for name, text in (
                    (f"GIT_CONFIG_KEY_{number}", key),
                    (f"GIT_CONFIG_VALUE_{number}", value),
                )
            },
        }


async def git(folder: Path, *arguments: str, more: Mapping[str, str] | None = None) -> bytes:
    """What a git command writes.

    Args:
        folder: The repository that it is about.
        arguments: The command.
        more: Variables of its environment beside those that there are.

    Raises:
        GitError: It failed.
        SourceError: There is no git on this machine.
    """
    program = shutil.which("git")
    if program is None:
        raise SourceError("A source of kind git needs git: install it (Debian: apt install git).")
    process = await asyncio.create_subprocess_exec(
        program,
        f"--git-dir={folder}",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**_inherited(), **(more or {})},
        start_new_session=True,
    )
    try:
        written, said = await process.communicate()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode:
        whole = said.decode("utf-8", "replace")
        raise GitError(_first_words(whole) or f"it ended with {process.returncode}", whole)
    return written


def _first_words(said: str) -> str:
    """The first line that says something; those after it only advise."""
    lines = (line.strip() for line in said.splitlines())
    first = next(filter(None, lines), "")
    for word in ("fatal:", "error:", "remote:"):
        first = first.removeprefix(word).strip()
    return first[:_MOST].rstrip(".")


def _inherited() -> dict[str, str]:
    """The environment without what would lead git to another repository."""
    led = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG_COUNT")
    return {name: value for name, value in os.environ.items() if name not in led}
