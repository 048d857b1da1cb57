"""Tries an image as compose.yaml would run it: it syncs, answers, tells its health and ends."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.docker.compose import ROOT, compose
from tests.servers.slack.server import SlackServer

NAME = VOLUME = "footnote-try"
NOTE = """# Coffee machine

The coffee machine on the third floor is descaled every Friday by the facilities team.
"""
QUESTION = "Who descales the coffee machine?"
ANSWER = "facilities team"
SECRETS = {"REDIS_PASSWORD": "x", "WEAVIATE_API_KEY": "x"}
MANY = 12
"""Questions that are asked at once: more than one replica answers side by side."""
PATIENCE_S = 120.0
USER = "10001"
NONE = "none"
"""The image has nothing that computes language models."""
INSIDE = """
import os, sys
if sys.argv[1] != "none":
    import llama_cpp
try:
    open("/opt/footnote/new", "w")
except OSError as error:
    print(error.strerror)
"""


class Trial:
    """One image under trial.

    Args:
        tool: podman or docker.
        image: The image.
        folder: An empty one.
        llama: What computes language models in it, or `NONE`.
    """

    def __init__(self, tool: str, image: str, folder: Path, llama: str) -> None:
        self._llama = llama
        self._tool = tool
        self._image = image
        self._folder = folder
        self._service = compose(SECRETS)["services"]["footnote"]

    async def run(self) -> None:
        """Exit with an error and one sentence unless all is as it has to be."""
        documents, config = self._folder / "documents", self._folder / "config"
        shutil.copytree(ROOT / "docker" / "config", config)
        documents.mkdir()
        (documents / "coffee.md").write_text(NOTE, encoding="utf-8")
        for path in (self._folder, documents, config):
            path.chmod(0o755)
        self._clear()
        try:
            self._alone()
            await self._serving()
        finally:
            self._clear()

    def _alone(self) -> None:
        """Each command in a container of its own, one after the other."""
        user = self._ran("--entrypoint=id", self._image, "--user")
        _require(user.strip() == USER, f"left to itself it runs as {user}")
        inside = self._once(["--entrypoint=python3"], ["-c", INSIDE, self._llama])
        _require(inside.strip() == "Read-only file system", f"its files can be written: {inside}")
        self._once([], ["sync"])
        printed = self._once([], ["ask", "--json", QUESTION])
        cited = json.loads(printed)["citations"][0]["document_id"]
        _require(cited == "documents:coffee.md", f"it answered without its source: {printed}")
        self._once([], self._service["healthcheck"]["test"][2:], code=1)

    async def _serving(self) -> None:
        """As a replica in a workspace of Slack's: alive, stopped among questions, started again."""
        async with SlackServer() as slack:
            acme = slack.workspace("acme")
            alice = acme.person("alice")
            channels = [acme.channel(f"general-{number}", alice) for number in range(MANY)]
            environment = {
                "SLACK_BOT_TOKEN": acme.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "FOOTNOTE_SLACK__API_URL": slack.api_url,
            }
            options = [f"--env={name}={value}" for name, value in environment.items()]
            await self._do("run", "--detach", f"--name={NAME}", *self._options(options))
            await slack.until(lambda: slack.sockets.open, PATIENCE_S)
            await self._do("exec", NAME, *self._service["healthcheck"]["test"][1:])
            text = f"{acme.mention} {QUESTION}"
            asked = [await alice.says(channel, text) for channel in channels]
            await slack.until(lambda: any(map(slack.replies_to, asked)), PATIENCE_S)
            await self._stopped()
            await self._do("start", NAME)
            await slack.until(lambda: slack.sockets.open, PATIENCE_S)
            slack.deliveries.redeliver()
            await slack.until(lambda: all(map(slack.replies_to, asked)), PATIENCE_S)
            await self._stopped()
            for question in asked:
                texts = [reply.text for reply in slack.replies_to(question)]
                _require(len(texts) == 1 and ANSWER in texts[0], f"it answered with {texts}")

    async def _stopped(self) -> None:
        """As compose stops it: killed only after its grace time."""
        grace = self._service["stop_grace_period"].removesuffix("s")
        await self._do("stop", f"--time={grace}", NAME)
        code = (await self._do("inspect", "--format={{.State.ExitCode}}", NAME)).strip()
        _require(code == "0", f"it ended with {code} when it was told to stop")

    def _options(self, options: Sequence[str]) -> list[str]:
        """The options of `run`, the image last: hardened as compose.yaml says, with its volumes."""
        service = self._service
        return [
            "--network=host",
            *(["--read-only"] if service["read_only"] else []),
            f"--user={service['user']}",
            *(f"--cap-drop={name}" for name in service["cap_drop"]),
            *(
                f"--security-opt={option.removesuffix(':true')}"
                for option in service["security_opt"]
            ),
            *(f"--tmpfs={path}" for path in service["tmpfs"]),
            f"--volume={self._folder}/config:/config:ro",
            f"--volume={self._folder}/documents:/documents:ro",
            f"--volume={VOLUME}:/data",
            *options,
            self._image,
        ]

    def _once(self, options: Sequence[str], arguments: Sequence[str], code: int = 0) -> str:
        return self._ran(*self._options(options), *arguments, code=code)

    def _ran(self, *arguments: str, code: int = 0) -> str:
        command = [self._tool, "run", "--rm", *arguments]
        ran = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
        what = " ".join(arguments[arguments.index(self._image) + 1 :])
        _require(ran.returncode == code, f"{what} ended with {ran.returncode} in the container")
        return ran.stdout

    async def _do(self, *arguments: str) -> str:
        """What a command of the tool prints; this process goes on to be Slack meanwhile."""
        process = await asyncio.create_subprocess_exec(
            self._tool, *arguments, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        _require(process.returncode == 0, f"{arguments[0]} ended with {process.returncode}")
        return printed.decode()

    def _clear(self) -> None:
        succeeds(self._tool, "rm", "--force", NAME)
        succeeds(self._tool, "volume", "rm", VOLUME)


def succeeds(*command: str) -> bool:
    """Whether a command does in ten minutes; what it says is not shown."""
    quiet = subprocess.DEVNULL
    try:
        ran = subprocess.run(command, check=False, stdout=quiet, stderr=quiet, timeout=600)
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def _require(fine: bool, trouble: str) -> None:  # noqa: FBT001  reads like an assertion
    if not fine:
        sys.exit(f"The image is wrong: {trouble}.")
