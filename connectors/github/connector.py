"""The github connector: issues, pull requests, discussions and releases; a thread is a document."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from yarl import URL

from footnote.connectors.base import (
    CutShortError,
    Document,
    DocumentError,
    DocumentRef,
    SourceError,
)
from footnote.connectors.github.api import VERSION, Api
from footnote.connectors.github.listing import Repository
from footnote.connectors.github.memory import Memory
from footnote.connectors.github.reading import Reader
from footnote.connectors.github.settings import GitHubSettings
from footnote.connectors.github.threads import NUMBERED, Kind, Thread, version_of
from footnote.connectors.github.trouble import (
    AnswerError,
    Identity,
    StopError,
    understood,
    wanted_wait,
)
from footnote.connectors.github.writing import document_of
from footnote.connectors.http.addresses import AddressGuard
from footnote.connectors.http.client import Credentials, HttpClient, HttpLimits
from footnote.connectors.http.pace import Clock

_LARGEST = 50_000_000
"""Bytes of one answer: a hundred issues of the longest text that GitHub takes (65,536 letters)."""
_ID = re.compile(r"(?P<repository>[^/]+/[^/]+)/(?P<kind>[a-z]+)/(?P<number>\d{1,18})")


class GitHubConnector:
    """Issues, pull requests, discussions and releases; ids are `source:owner/name/kind/number`.

    Args:
        source: The name of the configured source.
        keys: Its settings.
        folder: What it remembers between syncs is kept there.
        clock: Tells the time and waits.
    """

    settings_model = GitHubSettings

    def __init__(
        self, source: str, keys: GitHubSettings, folder: Path, *, clock: Clock | None = None
    ) -> None:
        self._source = source
        self._keys = keys
        self._folder = folder
        self._clock = clock
        self._asking: Api | None = None
        self._repositories = {name.lower(): name for name in keys.repositories}

    @classmethod
    def from_settings(cls, name: str, settings: Mapping[str, Any], root: Path) -> GitHubConnector:
        """The connector of one configured source.

        Args:
            name: The source's name.
            settings: Its keys, as `GitHubSettings` gives them back.
            root: The folder that relative paths are relative to.
        """
        keys = GitHubSettings.model_validate(settings)
        return cls(name, keys, root / ".footnote" / "sources" / name)

    def remember_in(self, folder: Path) -> None:
        """Keep what is remembered between syncs in this folder."""
        self._folder = folder

    async def list(self) -> AsyncIterator[DocumentRef]:
        """Every thread of the repositories that counts, by repository, kind and number.

        Raises:
            CutShortError: There may be more than were listed.
            SourceError: Nothing can be listed.
        """
        api, memory = self._api(), self._memory()
        failures: list[str] = []
        listed = False
        try:
            await asyncio.to_thread(memory.prepare)
            await asyncio.to_thread(memory.keep_only, self._keys.repositories)
            async with api.open():
                for name in self._repositories:
                    stop = False
                    try:
                        await self._repository(api, memory, name).update()
                    except StopError as error:
                        failures.append(str(error))
                        stop = True
                    except AnswerError as error:
                        failures.append(f"{error.reason}.")
                    async for ref in self._known(memory, name):
                        listed = True
                        yield ref
                    if stop:
                        break
        finally:
            await asyncio.to_thread(memory.close)
        if failures:
            kind = CutShortError if listed else SourceError
            raise kind(f"Source {self._source}: {failures[0]}")

    async def fetch(self, document_id: str) -> Document:
        """One thread with all that was written in it.

        Raises:
            DocumentError: It is not there, or cannot be had now.
            SourceError: No other thread could be had either.
        """
        repository, kind, number = self._place(document_id)
        api, memory = self._api(), self._memory()
        reader = Reader(api, memory, self._repositories[repository], self._keys.kinds)
        try:
            with understood():
                async with api.open():
                    known = await reader.read(kind, number)
        except AnswerError as error:
            raise DocumentError(document_id, error.reason) from error
        except StopError as error:
            raise SourceError(f"Source {self._source}: {error}") from error
        if not self._counts(known.thread):
            raise DocumentError(document_id, f"it is no part of source {self._source} any more")
        return await asyncio.to_thread(
            document_of,
            known.thread,
            known.posts,
            document_id=document_id,
            source=self._source,
            version=version_of(known.thread, known.last_edit),
        )

    def _repository(self, api: Api, memory: Memory, name: str) -> Repository:
        return Repository(api, memory, self._repositories[name], self._keys.kinds)

    async def _known(self, memory: Memory, name: str) -> AsyncIterator[DocumentRef]:
        """What is known of a repository, as far as it counts."""
        for kind in Kind:
            last = -1 if kind in self._keys.kinds else None
            while last is not None:
                last, refs = await asyncio.to_thread(self._after, memory, name, kind, last)
                for ref in refs:
                    yield ref

    def _after(
        self, memory: Memory, name: str, kind: Kind, number: int
    ) -> tuple[int | None, Sequence[DocumentRef]]:
        """The next threads of a kind that count, and the number of the last one looked at."""
        some = memory.after(self._repositories[name], kind, number)
        refs = [
            DocumentRef(
                f"{self._source}:{name}/{kind}/{known.thread.number}",
                version_of(known.thread, known.last_edit),
            )
            for known in some
            if self._counts(known.thread)
        ]
        return some[-1].thread.number if some else None, refs

    def _counts(self, thread: Thread) -> bool:
        """Whether the settings want a thread."""
        if thread.kind not in NUMBERED:
            return True
        if self._keys.state != "all" and thread.is_open != (self._keys.state == "open"):
            return False
        return {label.lower() for label in self._keys.labels} <= {
            label.lower() for label in thread.labels
        }

    def _place(self, document_id: str) -> tuple[str, Kind, int]:
        prefix, _, place = document_id.partition(":")
        found = _ID.fullmatch(place)
        if (
            prefix != self._source
            or found is None
            or found["repository"] not in self._repositories
            or found["kind"] not in self._keys.kinds
        ):
            raise DocumentError(document_id, f"source {self._source} does not hold it")
        return found["repository"], Kind(found["kind"]), int(found["number"])

    def _memory(self) -> Memory:
        rules = f"{self._keys.api_url} {sorted(self._keys.kinds)}"
        return Memory(self._folder / "threads.db", rules)

    def _api(self) -> Api:
        if self._asking is None:
            keys = self._keys
            token = os.environ.get(keys.token_env, "").strip()
            secret = {"Authorization": f"Bearer {token}"} if token else {}
            client = HttpClient(
                HttpLimits(
                    requests_per_second=keys.requests_per_second,
                    at_once=keys.at_once,
                    max_bytes=_LARGEST,
                    timeout_s=keys.timeout_s,
                ),
                headers={
                    "User-Agent": "Footnote",
                    "Accept": "application/vnd.github+json",
                    "X-GitHub-Api-Version": VERSION,
                },
                credentials=Credentials(URL(keys.api_url).origin(), secret),
                guard=AddressGuard(
                    [ipaddress.ip_network(network) for network in keys.private_addresses]
                ),
                clock=self._clock,
                waits=wanted_wait,
            )
            self._asking = Api(client, keys.api_url, Identity(keys.token_env, bool(token)))
        return self._asking
