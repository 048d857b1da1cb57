"""What readers of LlamaIndex load, as documents."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from footnote.connectors.base import DocumentError, SourceError, Syntax
from footnote.connectors.llamaindex.connector import LlamaIndexConnector
from footnote.connectors.llamaindex.settings import LlamaIndexReaderSettings

WIKI = "tests.connectors.llamaindex.readers.Wiki"
Page = dict[str, Any]

LEAVE: Page = {
    "text": "# Leave\n\nThirty days.",
    "metadata": {
        "page_id": 7,
        "title": "Leave",
        "url": "https://wiki.example.org/leave",
        "author": "Ann",
        "last_edited_time": "2026-02-03T04:05:06Z",
    },
}
TRAVEL: Page = {"text": "Book early.", "metadata": {"page_id": 8}}


def write(folder: Path, *pages: Page) -> None:
    """What the wiki holds now."""
    (folder / "wiki.json").write_text(json.dumps(pages))


def connector(folder: Path, **keys: Any) -> LlamaIndexConnector:
    """The connector of the wiki."""
    settings = {"reader": WIKI, "load": {"file": str(folder / "wiki.json")}, **keys}
    made = LlamaIndexConnector.from_settings("wiki", settings, folder)
    made.remember_in(folder / "kept")
    return made


async def listed(made: LlamaIndexConnector) -> dict[str, str]:
    """The versions by id."""
    return {ref.id: ref.version async for ref in made.list()}


async def test_what_a_reader_says_of_a_document(tmp_path: Path) -> None:
    """Its metadata give id, title, link, author and time; what they do not say is left open."""
    write(tmp_path, LEAVE, TRAVEL)
    made = connector(tmp_path)
    assert list(await listed(made)) == ["wiki:7", "wiki:8"]
    leave = await made.fetch("wiki:7")
    assert (leave.title, leave.author, leave.syntax) == ("Leave", "Ann", Syntax.MARKDOWN)
    assert leave.url == "https://wiki.example.org/leave"
    assert leave.modified_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    travel = await made.fetch("wiki:8")
    assert (travel.title, travel.author, travel.url, travel.modified_at) == ("8", None, None, None)


async def test_changes_and_deletions_follow(tmp_path: Path) -> None:
    """Another text or title is another version; what is not loaded any more is not listed."""
    write(tmp_path, LEAVE, TRAVEL)
    made = connector(tmp_path)
    before = await listed(made)
    assert await listed(made) == before
    write(tmp_path, {**LEAVE, "metadata": {**LEAVE["metadata"], "title": "Holidays"}})
    after = await listed(made)
    assert set(after) == {"wiki:7"}
    assert after["wiki:7"] != before["wiki:7"]
    with pytest.raises(DocumentError, match="does not hold it"):
        await made.fetch("wiki:8")


async def test_pages_of_one_document(tmp_path: Path) -> None:
    """What comes in pieces is one document, and a citation opens the page."""
    pages = [
        {"text": f"Page {page}.", "metadata": {"file_path": "a/guide.pdf", "page_label": str(page)}}
        for page in (1, 2)
    ]
    write(tmp_path, *pages)
    made = connector(tmp_path)
    first = await listed(made)
    guide = await made.fetch("wiki:a/guide.pdf")
    assert guide.text == "Page 1.\n\nPage 2."
    assert [(mark.start, mark.anchor, mark.label) for mark in guide.marks] == [
        (0, "page=1", "page 1"),
        (9, "page=2", "page 2"),
    ]
    write(tmp_path, pages[1], pages[0])
    assert await listed(made) != first


async def test_a_real_reader_of_files(tmp_path: Path) -> None:
    """LlamaIndex's own reader of folders, named in the settings as it is in Python."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.txt").write_text("Thirty days.")
    made = LlamaIndexConnector.from_settings(
        "docs",
        {
            "reader": "llama_index.core.readers.SimpleDirectoryReader",
            "arguments": {"input_dir": str(tmp_path / "docs")},
        },
        tmp_path,
    )
    made.remember_in(tmp_path / "kept")
    (name,) = await listed(made)
    assert (await made.fetch(name)).text == "Thirty days."


async def test_after_a_restart(tmp_path: Path) -> None:
    """What was listed is read as it was listed, without the reader."""
    write(tmp_path, LEAVE)
    before = await listed(connector(tmp_path))
    (tmp_path / "wiki.json").unlink()
    assert (await connector(tmp_path).fetch("wiki:7")).version == before["wiki:7"]


async def test_a_reader_that_fails_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is listed, what was loaded before stays, and no secret is told."""
    monkeypatch.setenv("WIKI_KEY", "s3cret")
    write(tmp_path, LEAVE, TRAVEL)
    await listed(connector(tmp_path))
    broken = connector(tmp_path, arguments={"key": {"env": "WIKI_KEY"}, "fails": 1})
    with pytest.raises(SourceError, match="the wiki does not know …") as failed:
        await listed(broken)
    assert "s3cret" not in str(failed.value)
    assert "Book" in (await connector(tmp_path).fetch("wiki:8")).text


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"reader": "no_such_package.Reader"}, "install the package"),
        ({"reader": "llama_index.readers.no_such.Reader"}, "llama-index-readers-no-such"),
        ({"reader": "llama_index.core.readers.NoSuchReader"}, "correct reader"),
        ({"reader": "tests.connectors.llamaindex.readers.NoReader"}, "no reader of LlamaIndex"),
        ({"arguments": {"wrong": 1}}, "correct arguments"),
        ({"arguments": {"key": {"env": "NOT_SET"}}}, "NOT_SET is not set"),
        ({"identified_by": "nothing"}, "set identified_by to a key"),
    ],
)
async def test_what_cannot_be_used(tmp_path: Path, keys: dict[str, Any], said: str) -> None:
    """Each is one sentence on what to do."""
    write(tmp_path, LEAVE)
    with pytest.raises(SourceError, match=said):
        await listed(connector(tmp_path, **keys))


async def test_documents_without_a_lasting_name(tmp_path: Path) -> None:
    """A random id would make every sync index everything anew, so it is refused."""
    write(tmp_path, {"text": "Book early.", "metadata": {"colour": "blue"}})
    with pytest.raises(SourceError, match=r"set identified_by to a key of its metadata \(colour"):
        await listed(connector(tmp_path))
    assert list(await listed(connector(tmp_path, identified_by="colour"))) == ["wiki:blue"]


@pytest.mark.parametrize("reader", ["Reader", "a b.C", "os.path;C", ""])
def test_a_path_that_is_none(reader: str) -> None:
    """It is refused before anything is imported."""
    with pytest.raises(ValidationError, match="the path of a class"):
        LlamaIndexReaderSettings.model_validate({"reader": reader})
