"""The files connector: what it lists, what it refuses, and what a document says about itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnote.connectors.base import DocumentError, SourceError, Syntax
from footnote.connectors.files import FilesConnector
from tests.connectors.samples import leave_policy, pdf

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 60.0


async def ids(connector: FilesConnector) -> list[str]:
    """The ids of a listing, in its order."""
    return [ref.id async for ref in connector.list()]


async def reason(connector: FilesConnector, document_id: str) -> str:
    """Why a document is refused."""
    with pytest.raises(DocumentError) as refused:
        await connector.fetch(document_id)
    assert str(refused.value) == f"{document_id}: {refused.value.reason}"
    return refused.value.reason


def write(folder: Path, *paths: str) -> None:
    """Files with a line of text each."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"This is {path}.\n")


async def test_lists_known_formats_only(tmp_path: Path) -> None:
    """Known suffixes count in either case; other files, hidden ones and tools' folders do not."""
    write(tmp_path, "a.md", "B.TXT", "sub/c.py", "sub/deep/d.rst")
    write(tmp_path, "image.png", "md", ".hidden.md", ".git/e.md", "node_modules/f.md", "x.md/g.bin")
    write(tmp_path, "sub/__pycache__/h.py", "sub/.venv/i.py", "package-lock.json")
    connector = FilesConnector("docs", tmp_path)
    assert await ids(connector) == [
        "docs:B.TXT",
        "docs:a.md",
        "docs:sub/c.py",
        "docs:sub/deep/d.rst",
    ]


async def test_patterns(tmp_path: Path) -> None:
    """Include and ignore are read as in .gitignore: folders, anchors, negation, `**`."""
    write(tmp_path, "a.md", "a.txt", "docs/b.md", "docs/old/c.md", "docs/draft-d.md", "old/e.md")
    connector = FilesConnector(
        "docs", tmp_path, include=["*.md", "!/a.md"], ignore=["/docs/old/", "draft-*"]
    )
    assert await ids(connector) == ["docs:docs/b.md", "docs:old/e.md"]
    only = FilesConnector("docs", tmp_path, include=["docs/**/*.md"])
    assert await ids(only) == ["docs:docs/b.md", "docs:docs/draft-d.md", "docs:docs/old/c.md"]


async def test_what_is_not_listed_cannot_be_fetched(tmp_path: Path) -> None:
    """An id cannot reach a file that the listing leaves out."""
    paths = [".env.md", ".git/a.md", "node_modules/b.md", "drafts/c.md", "d.md", "e.bin"]
    write(tmp_path, *paths)
    connector = FilesConnector("docs", tmp_path, include=["/drafts/", "*.bin"], ignore=["drafts/"])
    assert await ids(connector) == []
    for path in paths:
        assert await reason(connector, f"docs:{path}") == "source docs does not hold it"


def test_a_bad_pattern_is_named(tmp_path: Path) -> None:
    """A pattern that cannot be read is one sentence that names it."""
    with pytest.raises(SourceError, match=r"^The pattern '!' of source docs is not valid: .*\.$"):
        FilesConnector("docs", tmp_path, ignore=["*.md", "!"])


@pytest.mark.parametrize("problem", ["missing", "a file"])
async def test_a_root_that_cannot_be_listed(tmp_path: Path, problem: str) -> None:
    """A root that is not there, or not a folder, is a SourceError of one sentence."""
    root = tmp_path / "root"
    if problem == "a file":
        root.write_text("text")
    with pytest.raises(SourceError) as failed:
        await ids(FilesConnector("docs", root))
    assert str(root) in str(failed.value)
    assert str(failed.value).endswith(".")
    assert "\n" not in str(failed.value)


async def test_an_unreadable_folder_fails_the_listing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that cannot be read makes the listing incomplete, unless it is ignored."""
    write(tmp_path, "a.md", "locked/b.md")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.rstrip("/").endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(SourceError, match=r"locked/? cannot be read \(permission denied\)"):
        await ids(FilesConnector("docs", tmp_path))
    assert await ids(FilesConnector("docs", tmp_path, ignore=["locked/"])) == ["docs:a.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
async def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """A file without permission to read is refused with that reason."""
    write(tmp_path, "a.md")
    (tmp_path / "a.md").chmod(0)
    connector = FilesConnector("docs", tmp_path)
    assert await reason(connector, "docs:a.md") == "it cannot be read (permission denied)"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", pdf([["Hello"]])[:400], "it is broken, or not a PDF file"),
        ("b.pdf", pdf([["Hello"]], locked=True), "it is encrypted with a password"),
        ("c.pdf", pdf([[]]), "it has no text, perhaps it is scanned"),
        ("d.docx", leave_policy()[:900], "it is broken, or not a Word document"),
        ("e.txt", "Café".encode("latin-1"), "it is not UTF-8 text (byte 3); save it as UTF-8"),
        ("f.md", b"# Title\n\x00\x01\x02", "it looks binary"),
        ("picture.md", b"\x89PNG\r\n\x00\xff", "it looks binary"),
        ("g.md", b"", "it has no text"),
        ("h.md", b"---\ntitle: Moved\n---\n\n", "it has no text"),
        ("i.ipynb", b"[1, 2", "it is not a notebook, as it is not valid JSON"),
        ("j.txt", b"x" * 5001, "it is too large (5,001 bytes; at most 5,000 are read)"),
    ],
)
async def test_bad_files_are_refused_with_a_reason(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    """A file that cannot be read is listed, and its fetch says why in plain words."""
    (tmp_path / name).write_bytes(content)
    large = 5_000 if name == "j.txt" else 20_000_000
    connector = FilesConnector("docs", tmp_path, max_bytes=large)
    assert await ids(connector) == [f"docs:{name}"]
    assert await reason(connector, f"docs:{name}") == expected


@pytest.mark.parametrize(
    "path",
    [
        "../secret.md",
        "a/../../secret.md",
        "/etc/secret.md",
        "a//b.md",
        "./a.md",
        "a/./b.md",
        "a\0.md",
    ],
)
async def test_ids_cannot_lead_outside(tmp_path: Path, path: str) -> None:
    """An id is a plain relative path; anything else is refused, even where the file exists."""
    write(tmp_path, "secret.md", "root/a/b.md", "root/a.md")
    connector = FilesConnector("docs", tmp_path / "root")
    assert await reason(connector, f"docs:{path}") == "source docs does not hold it"


async def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """A named pipe is no document: it is not listed, and a fetch does not wait for a writer."""
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    connector = FilesConnector("docs", tmp_path)
    assert await ids(connector) == []
    try:
        assert await asyncio.wait_for(reason(connector, "docs:pipe.md"), 5) == "it is not a file"
    finally:
        os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))  # lets a waiting reader go


async def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    """A file whose name is not UTF-8 has an id that can be stored, and is read by it."""
    (tmp_path / "caf\udce9.md").write_text("Coffee.\n")
    connector = FilesConnector("docs", tmp_path, base_url="https://docs.example")
    listed = await ids(connector)
    assert listed == ["docs:caf\\xe9.md"]
    document = await connector.fetch(listed[0])
    assert document.text == "Coffee.\n"
    assert document.url == "https://docs.example/caf%E9.md"
    document.title.encode()


async def test_what_a_document_says_about_itself(tmp_path: Path) -> None:
    """Text, title, link, author and time come from the file; the version is the listed one."""
    page = tmp_path / "how to" / "leave.md"
    page.parent.mkdir()
    page.write_text("---\ntitle: Leave\nauthor: Ann Lee\n---\nYou have 25 days.\n")
    os.utime(page, (1_700_000_000, 1_700_000_000))
    connector = FilesConnector("docs", tmp_path, base_url="https://docs.example/{path}?raw=1")
    listed = [ref async for ref in connector.list()]
    document = await connector.fetch("docs:how to/leave.md")
    assert (document.id, document.version) == (listed[0].id, listed[0].version)
    assert document.text == "You have 25 days.\n"
    assert (document.title, document.author, document.syntax) == (
        "Leave",
        "Ann Lee",
        Syntax.MARKDOWN,
    )
    assert document.url == "https://docs.example/how%20to/leave.md?raw=1"
    assert document.modified_at == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        (None, None),
        ("https://x.example", "https://x.example/a%20b/caf%C3%A9.md"),
        ("https://x.example/docs//", "https://x.example/docs/a%20b/caf%C3%A9.md"),
        ("https://x.example/{stem}/", "https://x.example/a%20b/caf%C3%A9/"),
        ("https://x.example/?p={path}#{x}", "https://x.example/?p=a%20b/caf%C3%A9.md#{x}"),
    ],
)
async def test_links(tmp_path: Path, base_url: str | None, url: str | None) -> None:
    """A base URL takes the quoted path, or the path without suffix, or has it appended."""
    write(tmp_path, "a b/café.md")
    document = await FilesConnector("docs", tmp_path, base_url=base_url).fetch("docs:a b/café.md")
    assert document.url == url


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("leave-policy.txt", "Leave policy"),
        ("HR_handbook-2024.txt", "HR handbook 2024"),
        ("sick-leave/index.txt", "Sick leave"),
        ("README.txt", "README"),
        ("v1.2-notes.txt", "V1.2 notes"),
        ("src/app.py", "src/app.py"),
    ],
)
async def test_a_title_from_the_name(tmp_path: Path, path: str, title: str) -> None:
    """A file that does not name itself is called by its name in words; code by its path."""
    write(tmp_path, path)
    assert (await FilesConnector("docs", tmp_path).fetch(f"docs:{path}")).title == title


async def test_a_new_base_url_is_a_new_version(tmp_path: Path) -> None:
    """Links are part of what is indexed, so that changing them makes a sync read files again."""
    write(tmp_path, "a.md")
    versions = [
        [ref.version async for ref in FilesConnector("docs", tmp_path, base_url=url).list()]
        for url in (None, "https://a.example", "https://b.example")
    ]
    assert len({version for (version,) in versions}) == 3


async def test_the_loop_runs_while_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listing, looking and reading go on here only when the event loop has come to something."""
    write(tmp_path, "a.txt")
    connector = FilesConnector("docs", tmp_path)
    loop = asyncio.get_running_loop()
    waited: list[str] = []

    def first_the_loop(name: str) -> None:
        work = getattr(FilesConnector, name)

        def late(self: FilesConnector, *asked: object) -> object:
            came = threading.Event()
            loop.call_soon_threadsafe(came.set)
            assert came.wait(PATIENCE_S)
            waited.append(name)
            return work(self, *asked)

        monkeypatch.setattr(FilesConnector, name, late)

    for name in ("_refs", "_versions", "_read"):
        first_the_loop(name)
    assert await ids(connector) == ["docs:a.txt"]
    assert await connector.look(["docs:a.txt"])
    assert (await connector.fetch("docs:a.txt")).text
    assert waited == ["_refs", "_versions", "_read"]


def test_the_connector_loads_no_format_before_it_reads() -> None:
    """Importing the connector loads none of the formats' libraries."""
    program = (
        "import sys, footnote.connectors.files\n"
        "heavy = {'bs4', 'pypdfium2', 'docx', 'yaml', 'markdownify', 'lxml'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
