"""Watching a folder: what the system tells of paths becomes what may have changed in documents."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest
import watchfiles
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote.connectors import watching
from footnote.connectors.base import EVERYTHING, Changed, SourceError
from footnote.connectors.files import FilesConnector
from footnote.connectors.watching import network_share

PATIENCE_S = 30.0
NFS = "36 35 98:0 / /mnt/my\\040docs rw,noatime shared:1 - nfs4 server:/docs rw\n"
ROOT = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"


class Watched:
    """A folder that is watched.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connector = FilesConnector("docs", folder, ignore=["drafts/"])
        found = self.connector.watch()
        assert found is not None
        self.changes: AsyncGenerator[Changed, None] = found

    async def begin(self) -> None:
        """Wait until nothing can be missed, and list what there is."""
        assert await self.next() == EVERYTHING
        assert [ref.id async for ref in self.connector.list()]

    async def next(self) -> Changed:
        """What is told next."""
        async with asyncio.timeout(PATIENCE_S):
            return await anext(self.changes)

    async def after(self, act: Callable[[], object], *names: str) -> None:
        """Do something, and make sure that these documents, and no others, are told of."""
        wanted = {f"docs:{name}" for name in names}
        await asyncio.to_thread(act)
        told: set[str] = set()
        while told != wanted:
            changed = await self.next()
            assert not changed.everything
            assert changed.documents <= wanted
            told |= changed.documents

    async def everything_after(self, act: Callable[[], object]) -> None:
        """Do something, and make sure that it is told that everything may have changed."""
        await asyncio.to_thread(act)
        while not (await self.next()).everything:
            pass

    async def told_nothing_of(self, act: Callable[[], object]) -> None:
        """Do something that is nobody's business; a change after it is the next that is told."""
        await asyncio.to_thread(act)
        await self.after(lambda: (self.folder / "a.md").write_text("marked", "utf-8"), "a.md")


@pytest.fixture
async def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Watched, None]:
    """A folder of two documents, one of them in a folder below it."""
    monkeypatch.setattr(watching, "LOOK_MS", 100)
    monkeypatch.setattr(watching, "network_share", lambda _: "")
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.md", "sub/b.md"):
        (folder / name).write_text("Text.", "utf-8")
    found = Watched(folder)
    yield found
    await found.changes.aclose()


async def test_files_that_change_come_and_go_are_told_by_their_documents(watched: Watched) -> None:
    """However they are written, and in whatever folder."""
    await watched.begin()
    folder = watched.folder
    await watched.after(lambda: (folder / "a.md").write_text("More.", "utf-8"), "a.md")
    await watched.after(lambda: (folder / "sub/b.md").write_text("More.", "utf-8"), "sub/b.md")
    await watched.after(
        lambda: (folder / "sub/new é.md").write_text("New.", "utf-8"), "sub/new é.md"
    )

    def replace() -> None:
        (folder / "a.md.tmp").write_text("Anew.", "utf-8")
        (folder / "a.md.tmp").replace(folder / "a.md")

    await watched.after(replace, "a.md")
    await watched.after((folder / "sub/b.md").unlink, "sub/b.md")
    await watched.after(lambda: (folder / "a.md").rename(folder / "c.md"), "a.md", "c.md")


async def test_what_is_no_document_is_not_told(watched: Watched) -> None:
    """What editors leave for a moment, hidden files and folders, what is ignored and unreadable."""
    await watched.begin()
    folder = watched.folder
    await watched.told_nothing_of((folder / ".git").mkdir)
    await watched.everything_after((folder / "drafts").mkdir)

    def edit() -> None:
        (folder / "4913").touch()
        (folder / "4913").unlink()
        (folder / ".a.md.swp").touch()
        (folder / "a.md~").touch()
        (folder / "a.md~").unlink()

    await watched.told_nothing_of(edit)
    await watched.told_nothing_of((folder / ".git/index.md").touch)
    await watched.told_nothing_of((folder / "drafts/idea.md").touch)
    await watched.told_nothing_of((folder / "picture.png").touch)


async def test_a_folder_that_comes_or_goes_takes_a_listing(
    watched: Watched, tmp_path: Path
) -> None:
    """The system tells of the folder alone, and not of what is in it."""
    await watched.begin()
    inside, outside = watched.folder / "sub", tmp_path / "away"
    await watched.everything_after(lambda: shutil.move(inside, outside))
    await watched.everything_after(lambda: shutil.move(outside, inside))
    await watched.after(lambda: (inside / "b.md").write_text("More.", "utf-8"), "sub/b.md")


async def test_with_links_everything_may_have_changed(watched: Watched) -> None:
    """What a link leads to decides what else is listed."""
    await watched.begin()
    await watched.everything_after(lambda: (watched.folder / "l.md").symlink_to("a.md"))
    assert [ref.id async for ref in watched.connector.list()]
    await watched.everything_after(lambda: (watched.folder / "a.md").write_text("More.", "utf-8"))
    assert await watched.connector.look(["docs:a.md"]) is None


async def test_a_folder_that_goes_away_and_comes_back(watched: Watched, tmp_path: Path) -> None:
    """Everything may have changed, each time; and it is watched again."""
    await watched.begin()
    away = tmp_path / "away"
    await watched.everything_after(lambda: watched.folder.rename(away))
    with pytest.raises(SourceError, match="cannot be listed"):
        await watched.connector.look(["docs:a.md"])
    (away / "a.md").write_text("Elsewhere.", "utf-8")
    await watched.everything_after(lambda: away.rename(watched.folder))
    await watched.after(lambda: (watched.folder / "a.md").write_text("Back.", "utf-8"), "a.md")
    await asyncio.to_thread(shutil.rmtree, watched.folder)
    while not (await watched.next()).everything:
        pass


async def test_a_folder_that_is_not_there_yet(tmp_path: Path, watched: Watched) -> None:
    """Is waited for."""
    del watched
    later = Watched(tmp_path / "later")
    assert await later.next() == EVERYTHING
    (tmp_path / "later").mkdir()
    assert await later.next() == EVERYTHING
    await later.changes.aclose()


async def test_what_the_system_refuses_is_one_sentence(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one watch too many."""

    async def refuse(*paths: str, **_options: Any) -> AsyncGenerator[set[Any], None]:
        if paths:
            raise OSError("OS file watch limit reached")
        yield set()  # what makes it a generator

    monkeypatch.setattr(watchfiles, "awatch", refuse)
    with pytest.raises(SourceError) as told:
        await watched.next()
    assert str(told.value) == (
        "The source docs is not watched, since the system refuses (OS file watch limit reached): "
        "what changes there is found by its schedule alone, or by `footnote sync`; with "
        "watch = false below [sources.docs] this is not said."
    )


async def test_a_network_share_is_not_watched(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would tell nothing of what other machines change, and nobody would know."""
    monkeypatch.setattr(watching, "network_share", lambda _: "nfs4")
    with pytest.raises(SourceError, match=r"since it is on a network share \(nfs4\)"):
        await watched.next()


def test_the_settings_can_want_no_watching(tmp_path: Path) -> None:
    """Then there is nothing to hear of, and nothing is said."""
    keys = {"path": ".", "watch": False}
    assert FilesConnector.from_settings("docs", keys, tmp_path).watch() is None
    assert FilesConnector.from_settings("docs", {"path": "."}, tmp_path).watch() is not None


def test_what_lies_on_a_network_share(tmp_path: Path) -> None:
    """The innermost mount decides; where nobody can tell, nothing is."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(NFS + ROOT, "utf-8")
    assert network_share("/mnt/my docs/handbook", mounts) == "nfs4"
    assert network_share("/mnt/my docs", mounts) == "nfs4"
    assert not network_share("/mnt/my docs too", mounts)
    assert not network_share("/srv", mounts)
    assert not network_share("/srv", tmp_path / "missing")


async def test_looking_gives_what_a_listing_would(tmp_path: Path) -> None:
    """A file's version, or that it is gone; and what is no file takes a listing."""
    (tmp_path / "a.md").write_text("Text.", "utf-8")
    connector = FilesConnector("docs", tmp_path)
    assert await connector.look(["docs:a.md"]) is None
    listed = {ref.id: ref.version async for ref in connector.list()}
    assert await connector.look(["docs:a.md", "docs:b.md", "docs:c/d.md"]) == {
        **listed,
        "docs:b.md": None,
        "docs:c/d.md": None,
    }
    (tmp_path / "b.md").mkdir()
    assert await connector.look(["docs:a.md", "docs:b.md"]) is None
    assert await connector.look(["docs:.hidden.md"]) is None


NAMES = ["a.md", "b.md", "sub/a.md", "sub/deep/c.md", "é.md", "x.png"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(["write", "remove"])), max_size=12)
)
def test_looking_never_says_otherwise_than_a_listing(acts: list[tuple[str, str]]) -> None:
    """Whatever was written and removed since the last listing."""

    async def compare(folder: Path) -> None:
        connector = FilesConnector("docs", folder)
        assert [ref async for ref in connector.list()] == []
        for name, act in acts:
            path = folder / name
            if act == "write":
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{len(acts)}", "utf-8")
            else:
                path.unlink(missing_ok=True)
        names = [f"docs:{name}" for name in NAMES if name.endswith(".md")]
        seen = await connector.look(names)
        listed = {ref.id: ref.version async for ref in connector.list()}
        assert seen == {name: listed.get(name) for name in names}

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder)))
