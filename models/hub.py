"""Fetching a model's file from the Hugging Face hub: whole, checked, and locked to its hash.

The hub's library tells what the file is and who may have it. The bytes are fetched here, since the
library throws away what has come when a download breaks off (huggingface_hub 2.4), and these files
are large.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import re
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp
from filelock import AsyncFileLock

from footnote.models.catalog import CatalogModel
from footnote.models.errors import DownloadError, WrongHashError
from footnote.models.proxies import proxy_to

FOLDER = "gguf"
_TRIES = 5
"""So many connections in a row may bring nothing."""
_PAUSE_S = 1.0
_CHUNK = 1 << 20

Report = Callable[[str], None]
Progress = Callable[[int, int], None]
"""Told how many bytes are there, and of how many."""
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Lock:
    """What a file was when it was fetched; it stands as JSON beside it.

    Attributes:
        repository: Where it came from.
        file: Its name there.
        revision: The commit there.
        sha256: Hex digest that the hub stated, and that the file has.
        size: Its bytes.
    """

    repository: str
    file: str
    revision: str
    sha256: str
    size: int


def file_of(model: CatalogModel, cache: Path) -> Path:
    """Where a model's file is, or would be."""
    return cache / FOLDER / model.file


def lock_of(path: Path) -> Lock | None:
    """What is locked beside a file; None where there is no such lock."""
    try:
        return Lock(**json.loads(_lock_path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_pulled(model: CatalogModel, cache: Path) -> bool:
    """Whether the file is there as it was locked, by its size."""
    path = file_of(model, cache)
    lock = lock_of(path)
    try:
        return lock is not None and path.stat().st_size == lock.size
    except OSError:
        return False


async def pull_model(  # noqa: PLR0913  each but two has its default
    model: CatalogModel,
    cache: Path,
    *,
    report: Report,
    progress: Progress,
    endpoint: str | None = None,
    pause: Pause = asyncio.sleep,
) -> Path:
    """Bring a model's file into the cache, unless it is there; nothing is fetched twice.

    Args:
        model: Which.
        cache: The folder of all models.
        report: Gets a line a step.
        progress: Told how far the download is.
        endpoint: The hub's address, by default that of HF_ENDPOINT or the hub itself.
        pause: Waits for some seconds after a connection that broke.

    Returns:
        The file; `lock_of` tells its hash.

    Raises:
        DownloadError: The hub does not give it, or there is no place to keep it.
        WrongHashError: What came is not what the hub states.
    """
    from footnote.models.hub_errors import no_place  # noqa: PLC0415  the hub's library is slow

    path = file_of(model, cache)
    if is_pulled(model, cache):
        return path
    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        async with AsyncFileLock(path.with_name(f"{path.name}.pulling")):
            if not is_pulled(model, cache):
                report(f"Asking the hub for {model.repository}…")
                lock, url, headers = await asyncio.to_thread(_stated, model, endpoint)
                download = _Download(model, lock, url, headers, path, progress, pause)
                await download.run(report)
    except OSError as error:
        raise no_place(model, path.parent, error) from error
    return path


def _stated(model: CatalogModel, endpoint: str | None) -> tuple[Lock, str, dict[str, str]]:
    """What the hub states of the file today, the address of that revision, and what to send."""
    from huggingface_hub import (  # noqa: PLC0415  slow to import
        get_hf_file_metadata,
        get_token,
        hf_hub_url,
    )

    from footnote.models.hub_errors import unavailable  # noqa: PLC0415  likewise

    try:
        url = hf_hub_url(model.repository, model.file, endpoint=endpoint)
        stated = get_hf_file_metadata(url, endpoint=endpoint)
        token = get_token()
    except Exception as error:  # its kinds of error change with the library's HTTP client
        raise unavailable(error, model) from error
    if not re.fullmatch(r"[0-9a-f]{64}", stated.etag or "") or not stated.size:
        raise DownloadError(
            f"The hub states no SHA-256 for {model.file}, so it cannot be checked: choose another "
            "model, or fetch it by hand and name it with footnote models use."
        )
    revision = stated.commit_hash or "main"
    lock = Lock(model.repository, model.file, revision, str(stated.etag), stated.size)
    pinned = hf_hub_url(model.repository, model.file, revision=revision, endpoint=endpoint)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return lock, pinned, {**headers, "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class _Download:
    """One file on its way: its part lies beside where it will be, and outlives a failure."""

    model: CatalogModel
    lock: Lock
    url: str
    headers: Mapping[str, str]
    path: Path
    progress: Progress
    pause: Pause

    @property
    def part(self) -> Path:
        """Where the bytes are until they are all there and checked."""
        return self.path.with_name(f"{self.path.name}.{self.lock.sha256[:12]}.part")

    @property
    def done(self) -> int:
        """Bytes that have come."""
        return self.part.stat().st_size if self.part.exists() else 0

    async def run(self, report: Report) -> None:
        """Fetch what is missing, check the whole, and put it in its place with its lock."""
        if self.path.exists() and not self.part.exists():
            self.path.rename(self.part)  # a file without its lock may yet be the right one
        self._require_room()
        if self.done < self.lock.size:
            report(f"Fetching {self.model.file} ({self.lock.size / 1e9:.1f} GB)…")
            await self._fetch()
        report("Checking its hash…")
        found = await asyncio.to_thread(_sha256, self.part)
        if found != self.lock.sha256:
            self.part.unlink()
            raise WrongHashError(self.model.file, self.lock.sha256, found)
        written = _lock_path(self.path)
        written.write_text(json.dumps(asdict(self.lock), indent=2) + "\n", encoding="utf-8")
        self.part.rename(self.path)

    def _require_room(self) -> None:
        free = shutil.disk_usage(self.part.parent).free
        if free < self.lock.size - self.done:
            raise OSError(errno.ENOSPC, "No space left on device")

    async def _fetch(self) -> None:
        """Connect again and again as long as each connection brings something."""
        from footnote.models.hub_errors import broken_off  # noqa: PLC0415  slow to import

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
        in_vain = 0
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while (before := self.done) < self.lock.size:
                try:
                    await self._connection(session)
                except (aiohttp.ClientError, TimeoutError) as error:
                    in_vain = 0 if self.done > before else in_vain + 1
                    if in_vain >= _TRIES:
                        raise broken_off(self.model, self.done, self.lock.size) from error
                    await self.pause(_PAUSE_S)

    async def _connection(self, session: aiohttp.ClientSession) -> None:
        """Append what one connection brings, from where the part ends."""
        start = self.done
        headers = {**self.headers, "Range": f"bytes={start}-"}
        async with session.get(self.url, headers=headers, proxy=proxy_to(self.url)) as answer:
            answer.raise_for_status()
            if answer.status != HTTPStatus.PARTIAL_CONTENT:
                start = 0  # the server sends everything from the beginning
            with self.part.open("ab") as file:
                if start < self.done:
                    file.truncate(start)
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    file.write(chunk)
                    start += len(chunk)
                    self.progress(min(start, self.lock.size), self.lock.size)
                    if start > self.lock.size:
                        return  # the hash will tell that this is another file


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock.json")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
