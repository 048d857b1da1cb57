"""Links in a folder: what is inside is listed once, what is outside never."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.connectors.base import DocumentError
from footnote.connectors.files import FilesConnector
from footnote.connectors.folder import Folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with two documents and a hidden one, beside a file that is none of its own."""
    root = tmp_path / "root"
    (root / "docs").mkdir(parents=True)
    (root / ".store" / "deep").mkdir(parents=True)
    (root / "a.md").write_text("One.\n")
    (root / "docs" / "b.md").write_text("Two.\n")
    (root / ".store" / "deep" / "c.md").write_text("Three.\n")
    (tmp_path / "secret.md").write_text("Secret.\n")
    (tmp_path / "root-of-others").mkdir()
    (tmp_path / "root-of-others" / "d.md").write_text("Not ours.\n")
    return root


def paths(root: Path) -> list[str]:
    """The paths of a listing."""
    return [path for path, _ in Folder(str(root)).files()]


async def test_links_to_the_outside_are_not_followed(root: Path) -> None:
    """Neither a file nor a folder beyond the root is listed or fetched through a link."""
    (root / "secret.md").symlink_to(root.parent / "secret.md")
    (root / "up").symlink_to(root.parent)
    (root / "others").symlink_to(root.parent / "root-of-others")
    assert paths(root) == ["a.md", "docs/b.md"]
    connector = FilesConnector("docs", root)
    for path in ("secret.md", "up/secret.md", "others/d.md"):
        with pytest.raises(DocumentError, match="it leads outside the source's folder"):
            await connector.fetch(f"docs:{path}")


async def test_links_to_what_is_not_listed_otherwise_are_followed(root: Path) -> None:
    """A link makes a document of a file, or of a folder's files, that no other path reaches."""
    (root / "three").symlink_to(root / ".store")
    (root / "four.md").symlink_to(root / ".store" / "four.txt")
    (root / ".store" / "four.txt").write_text("Four.\n")
    assert paths(root) == ["a.md", "docs/b.md", "four.md", "three/deep/c.md"]
    document = await FilesConnector("docs", root).fetch("docs:three/deep/c.md")
    assert document.text == "Three.\n"


def test_nothing_is_listed_twice(root: Path) -> None:
    """A link to a document that is listed by its own path adds nothing."""
    (root / "again.md").symlink_to("a.md")
    (root / "docs-again").symlink_to("docs")
    (root / "twice").symlink_to(".store")
    (root / "docs" / "thrice").symlink_to("../.store")
    assert paths(root) == ["a.md", "docs/b.md", "docs/thrice/deep/c.md"]


def test_circles_of_links_end(root: Path) -> None:
    """Links to a folder above, to each other, to themselves and to nothing are left out."""
    (root / "docs" / "loop").symlink_to("..")
    (root / "docs" / "here").symlink_to(".")
    (root / ".store" / "deep" / "back").symlink_to("../../docs")
    (root / "store").symlink_to(".store")
    (root / "self.md").symlink_to("self.md")
    (root / "x.md").symlink_to("y.md")
    (root / "y.md").symlink_to("x.md")
    (root / "gone.md").symlink_to("nowhere.md")
    assert paths(root) == ["a.md", "docs/b.md", "store/deep/c.md"]


def test_ignored_links_are_not_followed(root: Path) -> None:
    """Patterns speak about the link's own path."""
    (root / "three").symlink_to(".store")
    (root / "four.md").symlink_to(".store/deep/c.md")
    listed = Folder(str(root), ignore=["three/", "four.*"]).files()
    assert [path for path, _ in listed] == ["a.md", "docs/b.md"]


def test_the_root_may_be_a_link(root: Path) -> None:
    """A root that is itself a link is the folder that it leads to."""
    link = root.parent / "link"
    link.symlink_to(root)
    assert paths(link) == ["a.md", "docs/b.md"]
    assert Folder(str(link)).real_path("a.md") == str(root / "a.md")


@given(
    st.lists(st.sampled_from(["..", ".", "a", ".git", "b.md", "", "~", "docs", "x\0"]), max_size=6)
)
def test_no_path_that_it_holds_leads_outside(parts: list[str]) -> None:
    """Whatever an id is made of, what passes by name stays below the root."""
    folder = Folder("/srv/no-such-root")
    path = "/".join(parts)
    if folder.holds(path):
        real = folder.real_path(path)
        assert real is not None
        assert real.startswith("/srv/no-such-root/")
        assert "/." not in real
