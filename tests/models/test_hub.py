"""Fetching a model's file: whole, checked, locked, and gone on with after a cut."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections import namedtuple
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.models.catalog import CATALOG
from footnote.models.errors import DownloadError, ModelError, WrongHashError
from footnote.models.hub import file_of, is_pulled, lock_of, pull_model
from tests.servers.hub import REVISION, Hub, hub

MODEL = CATALOG[0]
CONTENT = b"".join(hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(9_000))


@pytest.fixture(autouse=True)
def own_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No token of the user's own, and none of the environment."""
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def server() -> AsyncIterator[Hub]:
    """A hub that has the file."""
    async with hub(CONTENT) as running:
        yield running


class Told:
    """What was told of a download."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.done: list[int] = []
        self.waits = 0

    def report(self, line: str) -> None:
        """A line a step."""
        self.lines.append(line)

    def progress(self, done: int, total: int) -> None:
        """How far it is."""
        assert total == len(CONTENT)
        self.done.append(done)

    async def pause(self, seconds: float) -> None:
        """A wait, which takes no time here."""
        assert seconds > 0
        self.waits += 1


async def pulled(server: Hub, cache: Path, told: Told | None = None) -> Path:
    """One pull."""
    told = told or Told()
    return await pull_model(
        MODEL,
        cache,
        report=told.report,
        progress=told.progress,
        endpoint=server.url,
        pause=told.pause,
    )


async def failed(server: Hub, cache: Path) -> str:
    """What is said of a pull that fails, in one sentence."""
    with pytest.raises(ModelError) as caught:
        await pulled(server, cache)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert not is_pulled(MODEL, cache)
    return text


async def test_a_file_comes_with_its_lock(server: Hub, tmp_path: Path) -> None:
    """The file is whole, and beside it stands what the hub stated of it."""
    told = Told()
    path = await pulled(server, tmp_path, told)
    assert path == file_of(MODEL, tmp_path)
    assert path.read_bytes() == CONTENT
    assert json.loads(path.with_name(f"{path.name}.lock.json").read_text("utf-8")) == {
        "repository": MODEL.repository,
        "file": MODEL.file,
        "revision": REVISION,
        "sha256": server.stated,
        "size": len(CONTENT),
    }
    assert [line.partition(" ")[0] for line in told.lines] == ["Asking", "Fetching", "Checking"]
    assert told.done[-1] == len(CONTENT)
    assert server.revisions == ["main", REVISION]
    assert is_pulled(MODEL, tmp_path)
    assert not list(path.parent.glob("*.part"))


async def test_what_is_there_is_not_asked_for(server: Hub, tmp_path: Path) -> None:
    """A second pull needs no network, and the lock holds although the hub has something new."""
    await pulled(server, tmp_path)
    server.stated = "0" * 64
    server.error = (500, "")
    await pulled(server, tmp_path)
    lock = lock_of(file_of(MODEL, tmp_path))
    assert lock
    assert lock.sha256 != server.stated
    assert len(server.asked) == 1


async def test_a_connection_that_breaks_is_gone_on_with(server: Hub, tmp_path: Path) -> None:
    """Every connection begins where the one before ended."""
    server.cuts.extend([100_000, 50_000, 0, 1])
    told = Told()
    path = await pulled(server, tmp_path, told)
    assert path.read_bytes() == CONTENT
    starts = [int(asked.removeprefix("bytes=").removesuffix("-")) for asked in server.asked]
    assert starts == [0, 100_000, 150_000, 150_000, 150_001]
    assert told.done == sorted(told.done)


async def test_another_pull_goes_on_where_one_broke_off(server: Hub, tmp_path: Path) -> None:
    """What has come survives the failure, and only the rest is fetched."""
    server.cuts.extend([200_000, *[0] * 5])
    text = await failed(server, tmp_path)
    assert f"The download of {MODEL.name} broke off after 0.0 of 0.0 GB: run the same" in text
    server.asked.clear()
    path = await pulled(server, tmp_path)
    assert path.read_bytes() == CONTENT
    assert server.asked == ["bytes=200000-"]


async def test_a_hub_without_ranges_begins_anew(server: Hub, tmp_path: Path) -> None:
    """Where the whole file comes again, it takes the place of the part."""
    server.cuts.append(120_000)
    server.ranges = False
    path = await pulled(server, tmp_path)
    assert path.read_bytes() == CONTENT


async def test_a_wrong_hash_is_refused(server: Hub, tmp_path: Path) -> None:
    """What is not what the hub states is thrown away."""
    server.stated = "ab" * 32
    text = await failed(server, tmp_path)
    assert f"{MODEL.file} is not the file that Footnote knows" in text
    assert not [path for path in (tmp_path / "gguf").iterdir() if path.stat().st_size]


async def test_more_than_was_stated_is_not_fetched(server: Hub, tmp_path: Path) -> None:
    """A file that turns out larger is given up as soon as that shows."""

    class Growing(Told):
        def report(self, line: str) -> None:
            super().report(line)
            if line.startswith("Fetching"):
                server.content = CONTENT * 50

    told = Growing()
    with pytest.raises(WrongHashError):
        await pulled(server, tmp_path, told)
    assert told.done[-1] == len(CONTENT)
    assert len(told.done) < 3


async def test_two_pulls_at_once_fetch_once(server: Hub, tmp_path: Path) -> None:
    """The one that waits finds what the other has brought."""
    one, other = await asyncio.gather(pulled(server, tmp_path), pulled(server, tmp_path))
    assert one == other
    assert one.read_bytes() == CONTENT
    assert (server.revisions, len(server.asked)) == (["main", REVISION], 1)


async def test_a_file_without_its_lock_is_checked(server: Hub, tmp_path: Path) -> None:
    """A file that is right is locked without being fetched; one that is wrong is not used."""
    path = await pulled(server, tmp_path)
    path.with_name(f"{path.name}.lock.json").unlink()
    server.asked.clear()
    await pulled(server, tmp_path)
    assert (server.asked, is_pulled(MODEL, tmp_path)) == ([], True)
    path.with_name(f"{path.name}.lock.json").unlink()
    path.write_bytes(b"x" * len(CONTENT))
    with pytest.raises(WrongHashError):
        await pulled(server, tmp_path)


async def test_a_damaged_file_is_seen(server: Hub, tmp_path: Path) -> None:
    """A file that has another size than its lock says counts as missing."""
    path = await pulled(server, tmp_path)
    path.write_bytes(CONTENT[:-1])
    assert not is_pulled(MODEL, tmp_path)
    assert (await pulled(server, tmp_path)).read_bytes() == CONTENT


async def test_the_token_goes_to_the_hub_alone(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host that the hub sends to does not get it."""
    server.token = REVISION
    monkeypatch.setenv("HF_TOKEN", REVISION)
    await pulled(server, tmp_path)
    assert server.leaked == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ((401, "GatedRepo"), "asks for consent to its licence: give it on its page there, and set"),
        ((403, "GatedRepo"), "asks for consent to its licence: give it on its page there, and set"),
        ((401, ""), "is not there, or not for everybody: set HF_TOKEN"),
        ((404, "RepoNotFound"), "is not there, or not for everybody: set HF_TOKEN"),
        ((404, "EntryNotFound"), f"has no {MODEL.file} any more: update Footnote"),
        ((403, ""), "is not there, or not for everybody: set HF_TOKEN"),
        ((500, ""), "has trouble (status 500): try again in a while"),
    ],
)
async def test_a_refusal_is_one_sentence(
    server: Hub, tmp_path: Path, error: tuple[int, str], said: str
) -> None:
    """Who may not have the file hears what to do."""
    server.error = error
    assert said in await failed(server, tmp_path)
    assert server.asked == []


@pytest.mark.parametrize("stated", ["0123456789012345678901234567890123456789", ""])
async def test_a_file_without_a_hash_is_not_taken(server: Hub, tmp_path: Path, stated: str) -> None:
    """What cannot be checked is refused before a byte of it is fetched."""
    server.stated = stated
    assert "states no SHA-256" in await failed(server, tmp_path)
    assert server.asked == []


async def test_offline_is_one_sentence_at_once(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a network there is no waiting."""
    nowhere = Hub(b"", url="http://127.0.0.1:1")
    assert "The hub cannot be reached to fetch" in await failed(nowhere, tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "cannot be fetched while HF_HUB_OFFLINE is set" in await failed(server, tmp_path)


async def test_a_disk_that_is_full_at_the_start_is_one_sentence(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file will not fit, nothing is fetched."""
    usage = namedtuple("usage", "total used free")  # noqa: PYI024  as shutil has it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9, 9, len(CONTENT) - 1))
    text = await failed(server, tmp_path)
    assert text.startswith(f"There is no room in {tmp_path / 'gguf'} for {MODEL.name}")
    assert server.asked == []
    part = file_of(MODEL, tmp_path).with_name(f"{MODEL.file}.{server.stated[:12]}.part")
    part.write_bytes(CONTENT[:1])
    await pulled(server, tmp_path)


async def test_a_disk_that_fills_up_is_one_sentence(server: Hub, tmp_path: Path) -> None:
    """A write that fails ends the download, and the way out is the same."""
    part = file_of(MODEL, tmp_path).with_name(f"{MODEL.file}.{server.stated[:12]}.part")
    part.parent.mkdir()
    part.symlink_to("/dev/full")
    text = await failed(server, tmp_path)
    assert text.startswith(f"There is no room in {tmp_path / 'gguf'} for {MODEL.name}")


async def test_a_folder_that_cannot_be_written_is_one_sentence(server: Hub, tmp_path: Path) -> None:
    """A file where the folder should be is told as it is."""
    (tmp_path / "gguf").write_text("in the way", encoding="utf-8")
    with pytest.raises(DownloadError, match=r"cannot be kept in .+: set FOOTNOTE_CACHE"):
        await pulled(server, tmp_path)
