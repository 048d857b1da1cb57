"""What the git connector lists and reads of a repository behind a real git server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from footnote.connectors.base import Document, DocumentError, SourceError
from footnote.connectors.git.connector import GitConnector
from tests.servers.git import GitServer, Repository

PAGES = "https://github.com/acme/handbook"


def connector(server: GitServer, root: Path, **keys: Any) -> GitConnector:
    """The connector of the served repository, which keeps its copy below `root`."""
    made = GitConnector.from_settings("hb", {"url": f"{server.url}/handbook.git", **keys}, root)
    made.remember_in(root / "copy")
    return made


async def listed(made: GitConnector) -> dict[str, str]:
    """The versions by id."""
    return {ref.id: ref.version async for ref in made.list()}


async def test_each_file_of_a_known_format_is_a_document(server: GitServer, tmp_path: Path) -> None:
    """By its path; read as its format has it, by whom and when it was changed last."""
    made = connector(server, tmp_path, pages=PAGES)
    assert list(await listed(made)) == ["hb:docs/leave.md", "hb:docs/travel.md", "hb:tool.py"]
    leave = await made.fetch("hb:docs/leave.md")
    assert (leave.title, leave.author) == ("Leave", "Ann Example")
    assert leave.modified_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    travel = await made.fetch("hb:docs/travel.md")
    assert "very early" in travel.text
    assert travel.modified_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


async def test_a_link_is_to_the_file_as_it_was_read(
    server: GitServer, handbook: Repository, tmp_path: Path
) -> None:
    """At the commit that changed it last, whatever was committed to other files since."""
    first, second = handbook.run("rev-list", "--reverse", "HEAD").split()
    made = connector(server, tmp_path, pages=PAGES)
    await listed(made)
    assert await url(made, "docs/leave.md") == f"{PAGES}/blob/{first}/docs/leave.md"
    assert await url(made, "docs/travel.md") == f"{PAGES}/blob/{second}/docs/travel.md"
    third = handbook.commit({"tool.py": "def cancel() -> None:\n    pass\n"})
    await listed(made)
    assert await url(made, "docs/leave.md") == f"{PAGES}/blob/{first}/docs/leave.md"
    assert await url(made, "tool.py") == f"{PAGES}/blob/{third}/tool.py"


async def url(made: GitConnector, path: str) -> str | None:
    """Where people see a document."""
    return (await made.fetch(f"hb:{path}")).url


async def test_only_what_changed_has_another_version(
    server: GitServer, handbook: Repository, tmp_path: Path
) -> None:
    """A commit changes the versions of its files; what it deletes and renames is not listed."""
    made = connector(server, tmp_path)
    before = await listed(made)
    handbook.commit({"docs/travel.md": None, "docs/trips.md": "# Trips\n", "tool.py": "x = 1\n"})
    after = await listed(made)
    assert set(after) == {"hb:docs/leave.md", "hb:docs/trips.md", "hb:tool.py"}
    assert after["hb:docs/leave.md"] == before["hb:docs/leave.md"]
    assert after["hb:tool.py"] != before["hb:tool.py"]
    assert "x = 1" in (await made.fetch("hb:tool.py")).text
    with pytest.raises(DocumentError, match="does not hold it"):
        await made.fetch("hb:docs/travel.md")


async def test_only_news_is_fetched(
    server: GitServer, handbook: Repository, tmp_path: Path
) -> None:
    """Nothing new costs one look at the branches; a small commit costs little."""
    handbook.commit({"large.txt": "".join(f"line {number**5}\n" for number in range(20_000))})
    made = connector(server, tmp_path)
    await listed(made)
    first, server.sent = server.sent, 0
    server.asked.clear()
    await listed(made)
    assert len(server.asked) <= 2
    assert server.sent < 2_000
    handbook.commit({"docs/new.md": "# New\n"})
    server.sent = 0
    again = connector(server, tmp_path)  # as after a restart
    assert "hb:docs/new.md" in await listed(again)
    assert server.sent < first / 10


async def test_a_part_of_a_repository(server: GitServer, tmp_path: Path) -> None:
    """A folder's documents are called by their paths in it; patterns choose among them."""
    made = connector(server, tmp_path, folder="docs", ignore=["travel*"], pages=PAGES)
    assert list(await listed(made)) == ["hb:leave.md"]
    assert str((await made.fetch("hb:leave.md")).url).endswith("/docs/leave.md")


async def test_a_branch_or_a_tag(server: GitServer, handbook: Repository, tmp_path: Path) -> None:
    """Other branches than the main one, and what tags name, annotated ones too."""
    handbook.run("tag", "--annotate", "--message", "a version", "v1")
    handbook.run("switch", "--quiet", "--create", "draft")
    handbook.commit({"docs/draft.md": "# Draft\n"})
    handbook.run("switch", "--quiet", "main")
    assert "hb:docs/draft.md" in await listed(connector(server, tmp_path / "a", branch="draft"))
    assert "hb:docs/draft.md" not in await listed(connector(server, tmp_path / "b", branch="v1"))
    assert "hb:docs/draft.md" not in await listed(connector(server, tmp_path / "c"))
    with pytest.raises(SourceError, match="has no branch or tag 'none': set branch to one of dra"):
        await listed(connector(server, tmp_path / "d", branch="none"))


async def test_history_that_was_written_anew(
    server: GitServer, handbook: Repository, tmp_path: Path
) -> None:
    """A branch that was forced to other commits is followed there."""
    made = connector(server, tmp_path)
    await listed(made)
    handbook.run("reset", "--quiet", "--hard", "HEAD~1")
    handbook.commit({"docs/travel.md": "# Travel\n\nBook late.\n"})
    await listed(made)
    assert "late" in (await made.fetch("hb:docs/travel.md")).text


async def test_without_the_commits_before(server: GitServer, tmp_path: Path) -> None:
    """Where history is not wanted, what is there is linked at the last commit."""
    made = connector(server, tmp_path, history=False, pages=PAGES)
    await listed(made)
    leave: Document = await made.fetch("hb:docs/leave.md")
    assert leave.modified_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


async def test_what_is_no_document(server: GitServer, handbook: Repository, tmp_path: Path) -> None:
    """Links, hidden files and unknown formats are not listed; what is too large is refused."""
    (handbook.folder / "link.md").symlink_to("/etc/passwd")
    handbook.commit(
        {".hidden.md": "# No\n", "photo.png": b"\x89PNG", "big.md": "# Big\n" + "word " * 400_000}
    )
    made = connector(server, tmp_path, max_megabytes=1)
    names = await listed(made)
    assert set(names) == {"hb:docs/leave.md", "hb:docs/travel.md", "hb:tool.py", "hb:big.md"}
    with pytest.raises(DocumentError, match="too large"):
        await made.fetch("hb:big.md")


async def test_odd_names(server: GitServer, handbook: Repository, tmp_path: Path) -> None:
    """Names with spaces, quotes, line ends and other scripts are documents like any other."""
    odd = ["with space.md", 'quo"te.md', "zwei\nzeilen.md", "später.md", "-dash.md"]
    handbook.commit({f"odd/{name}": f"# {number}\n" for number, name in enumerate(odd)})
    made = connector(server, tmp_path, folder="odd", pages=PAGES)
    assert set(await listed(made)) == {f"hb:{name}" for name in odd}
    for number, name in enumerate(odd):
        document = await made.fetch(f"hb:{name}")
        assert document.title == str(number)
        assert document.author == "Ann Example"


async def test_what_a_process_before_listed(server: GitServer, tmp_path: Path) -> None:
    """After a restart documents are read as they were listed, without the server."""
    await listed(connector(server, tmp_path))
    server.asked.clear()
    again = connector(server, tmp_path)
    assert "Thirty" in (await again.fetch("hb:docs/leave.md")).text
    assert not server.asked


async def test_a_folder_is_a_repository_too(handbook: Repository, tmp_path: Path) -> None:
    """One on this machine, also by a path that is relative to the settings file."""
    made = GitConnector.from_settings("hb", {"url": "served/handbook.git"}, tmp_path)
    assert len(await listed(made)) == 3
    assert (await made.fetch("hb:docs/leave.md")).url is None
    del handbook
