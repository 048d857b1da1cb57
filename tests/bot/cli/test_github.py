"""A repository's threads as a source, from the settings to an answer that links to a comment."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Footnote
from tests.servers.github.server import TOKEN, GitHub, github

QUESTION = "How many days of leave does every employee get?"
ANSWER = "Every employee gets 28 days of annual leave in a calendar year."


@pytest.fixture
def hub(footnote: Footnote, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    """A GitHub beside the command, which has a loop of its own, and settings that name it."""
    del footnote
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    started, stop, hubs = threading.Event(), asyncio.Event(), list[GitHub]()
    loop = asyncio.new_event_loop()

    async def served() -> None:
        async with github() as made:
            hubs.append(made)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(served(),))
    thread.start()
    started.wait(20.0)
    (made,) = hubs
    repo = made.world.repo()
    made.world.comment(made.world.issue(repo, "Leave", "How much is it?"), ANSWER)
    for name in ("travel", "canteen", "parking"):
        made.world.issue(repo, f"About {name}", f"All about {name}.")
    (folder / "footnote.toml").write_text(
        '[sources.tracker]\nkind = "github"\nrepositories = ["acme/handbook"]\n'
        f'audience = ["everyone"]\napi_url = "{made.url}"\nrequests_per_second = 1000\n'
        'private_addresses = ["127.0.0.1"]\n',
        encoding="utf-8",
    )
    yield made
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def test_a_comment_is_synced_asked_and_linked(footnote: Footnote, hub: GitHub) -> None:
    """The answer cites the comment; what is deleted at GitHub is deleted here."""
    assert "tracker: 4 listed; 4 new, 0 changed, 0 del" in footnote("sync").out
    citations = json.loads(footnote("ask", "--json", QUESTION).out)["citations"]
    repo = hub.world.repos["acme/handbook"]
    (comment,) = repo.topics[1].comments
    page = "https://github.example/acme/handbook/issues/1"
    urls = {citation["url"] for citation in citations if "28 days" in citation["quote"]}
    assert urls == {f"{page}#issuecomment-{comment.id}"}
    hub.world.edit(comment, ANSWER.replace("28", "31"))
    hub.world.delete(repo, repo.topics[4])
    assert "3 listed; 0 new, 1 changed, 1 deleted" in footnote("sync").out
    assert "31 days" in footnote("ask", QUESTION).out


def test_repositories_are_named_as_github_names_them(footnote: Footnote, folder: Path) -> None:
    """With or without brackets; what is none is told with an example."""
    add = ("source", "add", "github", "--audience", "everyone")
    assert footnote(*add, "repositories=acme/handbook", "--name", "one").code == 0
    assert footnote(*add, 'repositories=["acme/a", "acme/b"]', "--name", "two").code == 0
    assert 'repositories = ["acme/a", "acme/b"]' in (folder / "footnote.toml").read_text("utf-8")
    for wrong in ("acme", "acme/..", "https://github.com/acme/a", "acme/a/b", "a b/c"):
        ran = footnote(*add, f"repositories={wrong}", "--name", "three")
        assert ran.code == 1
        assert 'a repository as GitHub names it, such as "acme/handbook"' in ran.err
    ran = footnote(*add, "repositories=acme/a", "api_url=https://me:pw@x", "--name", "three")
    assert 'an address such as "https://github.example.com/api/v3"' in ran.err


def test_what_a_source_lacks_is_said(footnote: Footnote, hub: GitHub) -> None:
    """`footnote source test` says what it found, and what to do where the token has expired."""
    ran = footnote("source", "test", "tracker")
    assert ran.out.splitlines()[0].startswith("✓ list: 4 found, the first is tracker:acme/hand")
    hub.tokens.clear()
    ran = footnote("source", "test", "tracker")
    assert ran.out.startswith("✗ list: Source tracker: GitHub does not accept the token in GITH")
    assert TOKEN not in ran.out + ran.err
