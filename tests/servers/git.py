"""A real git server over HTTP: git's own `http-backend`, with faults in front of it.

async with git_server(folder) as server:
...  # repositories below the folder are at server.url
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import subprocess
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

WHO = {
    "GIT_AUTHOR_NAME": "Ann Example",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Bo Example",
    "GIT_COMMITTER_EMAIL": "bo@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@dataclass(slots=True)
class Repository:
    """A repository with a work tree, written by a test."""

    folder: Path

    def run(self, *arguments: str, at: str = "2026-01-02T03:04:05Z") -> str:
        """What a git command in it writes."""
        git = shutil.which("git")
        assert git
        times = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        done = subprocess.run(
            [git, "-C", str(self.folder), *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **WHO, **times},
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str | bytes | None], at: str = "2026-01-02T03:04:05Z") -> str:
        """Write these files, remove those that are None, and give back the commit's hash."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.run("add", "--all")
        self.run("commit", "--quiet", "--message", "a change", at=at)
        return self.run("rev-parse", "HEAD")


def repository(folder: Path) -> Repository:
    """A new, empty repository with the branch main."""
    folder.mkdir(parents=True)
    made = Repository(folder)
    made.run("init", "--quiet", "--initial-branch=main")
    return made


@dataclass(slots=True)
class GitServer:
    """The server.

    Attributes:
        root: Where the repositories are.
        url: Its address.
        token: Without it, as anybody's password, nobody gets anything; "" lets everybody in.
        refusals: With these the next requests are answered.
        elsewhere: The server to which every request is redirected; "" answers them.
        authorizations: What the requests that were answered carried to prove who asks.
        cut_after: Each answer breaks off after so many bytes; 0: none does.
        asked: The paths that were asked for, with their queries.
        sent: Bytes of all answers.
        latency_s: Seconds that each answer takes longer.
    """

    root: Path
    url: str = ""
    token: str = ""
    refusals: deque[int] = field(default_factory=deque)
    elsewhere: str = ""
    authorizations: list[str | None] = field(default_factory=list)
    cut_after: int = 0
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    latency_s: float = 0.0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Whatever git asks for."""
        self.asked.append(request.path_qs)
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if self.refusals:
            return web.Response(status=self.refusals.popleft())
        if self.elsewhere:
            raise web.HTTPFound(f"{self.elsewhere}{request.path_qs}")
        self.authorizations.append(request.headers.get("Authorization"))
        if self.token and not self._lets_in(request):
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="git"'})
        headers, body = await self._backend(request)
        status = int(headers.pop("Status", "200").split()[0])
        self.sent += len(body)
        if not self.cut_after:
            return web.Response(status=status, headers=headers, body=body)
        answer = web.StreamResponse(status=status, headers=headers)
        answer.content_length = len(body)
        await answer.prepare(request)
        await answer.write(body[: self.cut_after])
        assert request.transport
        request.transport.close()
        return answer

    def _lets_in(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(given).decode().partition(":")[2] == self.token

    async def _backend(self, request: web.Request) -> tuple[dict[str, str], bytes]:
        """What git's CGI program writes: its headers and its body."""
        git = shutil.which("git")
        assert git
        body = await request.read()
        process = await asyncio.create_subprocess_exec(
            git,
            "http-backend",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                **WHO,
                "GIT_PROJECT_ROOT": str(self.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": request.method,
                "PATH_INFO": request.path,
                "QUERY_STRING": request.query_string,
                "CONTENT_TYPE": request.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": "",
                "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            },
        )
        written, _ = await process.communicate(body)
        head, _, rest = written.partition(b"\r\n\r\n")
        lines = (line.split(": ", 1) for line in head.decode().split("\r\n"))
        return {name: text for name, text in lines if name != "Content-Length"}, rest


@asynccontextmanager
async def git_server(root: Path) -> AsyncIterator[GitServer]:
    """The server over the repositories below a folder."""
    server = GitServer(root)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()
