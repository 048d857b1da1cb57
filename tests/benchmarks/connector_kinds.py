"""Each kind of source on a server on loopback, filled with so many documents, for `connectors`.

A further kind is one function here and its line in `KINDS`.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from footnote.connectors.github.discussions import LIST, READ
from tests.connectors.website.reading import html, sitemap
from tests.servers.discord.server import DiscordServer
from tests.servers.git import WHO, git_server, repository
from tests.servers.github.server import TOKEN, GitHub, github
from tests.servers.slack.server import SlackServer
from tests.servers.website import website

TEXT = "Every employee gets 28 days of leave. " * 20
OLD = "2020-01-02T03:04:05Z"
MONTH_S = 30 * 86_400.0
LOOPBACK = {"private_addresses": ["127.0.0.1"], "requests_per_second": 1000.0, "at_once": 8}
"""Settings of kinds that ask over HTTP: no other limit than so many requests on their way."""


@dataclass(frozen=True, slots=True)
class Served:
    """A source that can be read.

    Attributes:
        settings: Its keys.
        bare: Lists and reads all of it as a bare client would in a loop, one after the other.
        requests: How many requests have come so far.
        environment: Variables that its settings name.
        delay: Has each answer of its server take so many seconds.
    """

    settings: Mapping[str, Any]
    bare: Callable[[], Awaitable[object]]
    requests: Callable[[], int] = lambda: 0
    environment: Mapping[str, str] = field(default_factory=dict)
    delay: Callable[[float], None] = lambda _: None


@asynccontextmanager
async def _files(count: int) -> AsyncIterator[Served]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            (folder / f"{number}.md").write_text(f"# Page {number}\n\n{TEXT}\n", encoding="utf-8")

        yield Served({"path": name}, lambda: asyncio.to_thread(_read_each, folder))


def _read_each(folder: Path) -> None:
    for path in sorted(folder.rglob("*.md")):
        path.read_text(encoding="utf-8")


@asynccontextmanager
async def _website(count: int) -> AsyncIterator[Served]:
    async with website() as site:
        addresses = [f"/{number}" for number in range(count)]
        site.pages |= {address: html(f"page {address} {TEXT}") for address in addresses}
        site.pages["/sitemap.xml"] = sitemap(*((site.url + address, OLD) for address in addresses))

        async def bare() -> None:
            async with aiohttp.ClientSession() as session:
                for address in addresses:
                    async with session.get(site.url + address) as response:
                        await response.read()

        yield Served(
            {"url": f"{site.url}/", "max_pages": 1_000_000, **LOOPBACK},
            bare,
            requests=lambda: len(site.asked),
            delay=lambda seconds: setattr(site, "latency_s", seconds),
        )


@asynccontextmanager
async def _git(count: int) -> AsyncIterator[Served]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        made = repository(root / "served" / "docs.git")
        made.commit({f"{number}.md": f"# Page {number}\n\n{TEXT}\n" for number in range(count)})
        async with git_server(root / "served") as server:
            url = f"{server.url}/docs.git"

            async def bare() -> None:
                copy = root / "copy"
                process = await asyncio.create_subprocess_exec(
                    shutil.which("git") or "git", "clone", "--quiet", url, str(copy), env=WHO
                )
                assert await process.wait() == 0
                await asyncio.to_thread(_read_each, copy)

            yield Served(
                {"url": url},
                bare,
                requests=lambda: len(server.asked),
                environment={k: v for k, v in WHO.items() if k.startswith("GIT_CONFIG")},
                delay=lambda seconds: setattr(server, "latency_s", seconds),
            )


@asynccontextmanager
async def _github(count: int) -> AsyncIterator[Served]:
    """Of ten documents six are issues, two pull requests, one a discussion and one a release."""
    async with github() as hub:
        hub.keeps = False
        repo = hub.world.repo()
        for number in range(count):
            last = number % 10
            if last == 9:
                hub.world.release(repo, f"v{number}", None, TEXT)
            elif last == 8:
                hub.world.comment(hub.world.discussion(repo, f"Talk {number}", TEXT), TEXT)
            else:
                topic = hub.world.issue(repo, f"Topic {number}", TEXT, pull=last > 5)
                hub.world.comment(topic, TEXT)
                if topic.pull:
                    hub.world.review(topic, "Well done.")
                    hub.world.line(topic, ("a.py", number), "Why?")
        yield Served(
            {"repositories": ["acme/handbook"], "api_url": hub.url, **LOOPBACK},
            lambda: _bare_github(hub),
            requests=lambda: len(hub.exchanges),
            environment={"GITHUB_TOKEN": TOKEN},
            delay=lambda seconds: setattr(hub, "latency_s", seconds),
        )


@dataclass(frozen=True, slots=True)
class _BareGitHub:
    """A client that goes page by page, and asks of each thread for what there is beside it."""

    hub: GitHub
    session: aiohttp.ClientSession

    async def read(self) -> None:
        """Everything, one after the other."""
        root = f"{self.hub.url}/repos/acme/handbook"
        async for issue in self._entries(f"{root}/issues?state=all&per_page=100"):
            parts = ["issues/{}/comments"] if issue["comments"] else []
            if "pull_request" in issue:
                parts += ["pulls/{}/reviews", "pulls/{}/comments"]
            for part in parts:
                await self._whole(f"{root}/{part.format(issue['number'])}")
        await self._whole(f"{root}/releases?per_page=100")
        await self._discussions()

    async def _entries(self, url: str) -> AsyncIterator[Any]:
        following: URL | str | None = url
        while following:
            async with self.session.get(following) as response:
                for entry in await response.json():
                    yield entry
                link = response.links.get("next")
                following = str(link["url"]) if link else None

    async def _whole(self, url: str) -> None:
        async for _ in self._entries(url):
            pass

    async def _discussions(self) -> None:
        order = {"field": "CREATED_AT", "direction": "ASC"}
        page: Any = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            page = (await self._asked(LIST, order=order, after=after))["discussions"]
            for talk in page["nodes"]:
                await self._asked(READ, number=talk["number"], after=None)

    async def _asked(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": {"owner": "acme", "name": "handbook", **variables}}
        url = self.hub.url.replace("/v3", "/graphql")
        async with self.session.post(url, json=body) as response:
            return (await response.json())["data"]["repository"]


async def _bare_github(hub: GitHub) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        await _BareGitHub(hub, session).read()


@asynccontextmanager
async def _slack_history(count: int) -> AsyncIterator[Served]:
    """A channel with so many threads, a month old as most of a history is."""
    async with SlackServer(events=frozenset()) as slack:
        slack.recording.on = False
        slack.clock.advance(-MONTH_S)
        acme = slack.workspace("acme")
        ann = acme.person("ann")
        general = acme.channel("general", ann)
        for number in range(count):
            root = await ann.says(general, f"Topic {number}? {TEXT}")
            await ann.says(general, TEXT, thread=root)
        slack.clock.advance(MONTH_S)

        async def bare() -> None:
            client = AsyncWebClient(acme.bot_token, base_url=slack.api_url)
            async for page in await client.conversations_history(channel=general.id, limit=200):
                for message in page["messages"]:
                    await client.conversations_replies(channel=general.id, ts=message["ts"])

        yield Served(
            {"channels": [general.id], "api_url": slack.api_url},
            bare,
            requests=lambda: slack.web.asked,
            environment={"SLACK_BOT_TOKEN": acme.bot_token},
            delay=lambda seconds: setattr(slack.web, "latency_s", seconds),
        )


@asynccontextmanager
async def _discord_history(count: int) -> AsyncIterator[Served]:
    """A forum with so many posts, a month old and archived as most of a history is."""
    async with DiscordServer() as discord:
        discord.recording.on = False
        discord.clock.advance(-MONTH_S)
        discord.world._last_id = 0  # ids were given out already, at the time of today
        acme = discord.guild("acme")
        ann = acme.person("ann")
        forum = acme.forum("help")
        for number in range(count):
            post = await ann.opens_post(forum, f"Topic {number}", TEXT)
            await ann.says(post.channel, TEXT)
            await ann.archives(post.channel)
        discord.clock.advance(MONTH_S)
        root = f"{discord.api_url}/channels"

        async def bare() -> None:
            login = {"Authorization": f"Bot {discord.token}"}
            listed: Any = {"has_more": True}
            query = {"limit": "100"}
            async with aiohttp.ClientSession(headers=login) as session:
                while listed["has_more"]:
                    archived = f"{root}/{forum.id}/threads/archived/public"
                    async with session.get(archived, params=query) as response:
                        listed = await response.json()
                    for thread in listed["threads"]:
                        async with session.get(f"{root}/{thread['id']}/messages") as response:
                            await response.read()
                    query["before"] = thread["thread_metadata"]["archive_timestamp"]

        yield Served(
            {"channels": [forum.id], "api_url": discord.api_url},
            bare,
            requests=lambda: discord.rest.asked,
            environment={"DISCORD_BOT_TOKEN": discord.token},
            delay=lambda seconds: setattr(discord.rest, "latency_s", seconds),
        )


KINDS: Mapping[str, Callable[[int], AbstractAsyncContextManager[Served]]] = MappingProxyType(
    {
        "files": _files,
        "website": _website,
        "git": _git,
        "github": _github,
        "slack_history": _slack_history,
        "discord_history": _discord_history,
    }
)
"""A server with so many documents, by the kind of source that reads them."""
