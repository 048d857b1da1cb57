"""What a sync asks for: little where nothing changed, and what changed is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.github.reading import Reading
from tests.servers.github.server import GitHub
from tests.servers.github.world import Repo
from tests.servers.website import Trouble


def filled(hub: GitHub, repo: Repo, issues: int = 210, talks: int = 4) -> None:
    """Many issues and pull requests with comments, some discussions and releases."""
    for number in range(issues):
        topic = hub.world.issue(repo, f"Topic {number}", pull=number % 5 == 4)
        if number % 2:
            hub.world.comment(topic, f"About {number}.")
    for number in range(talks):
        hub.world.discussion(repo, f"Talk {number}")
    for number in range(3):
        hub.world.release(repo, f"v{number}", None)


async def test_where_nothing_changed_no_quota_is_used(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """All but the one question about discussions is "not modified", which GitHub does not count."""
    filled(hub, repo)
    first = await reading.list()
    assert len(first.ids) == 210 + 4 + 3
    assert await reading.list() == first
    hub.exchanges.clear()
    assert await reading.list() == first
    assert len(hub.paths(304)) == 1 + 3 + 1 + 1 + 1
    assert hub.paths(200) == ["/api/graphql"]


async def test_a_first_sync_reads_comments_together(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """Issues and releases are read from the listing; only pull requests are asked about."""
    filled(hub, repo, 30)
    listing = await reading.list()
    hub.exchanges.clear()
    connector = reading.connector()
    for name in listing.ids:
        if "discussions" not in name:
            await connector.fetch(f"docs:{name}")
    assert [path.split("?")[0].rsplit("/", 1)[1] for path in hub.paths()] == ["reviews"] * 6


async def test_pages_are_followed_as_github_links_them(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """Large listings have cursors in their links, and no numbers of pages."""
    filled(hub, repo)
    await reading.list(kinds=["issues"])
    pages = [path for path in hub.paths() if "/issues?" in path]
    assert ["after=" in page for page in pages] == [False, True, True]


async def test_an_edited_comment_is_a_change(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """Even where the thread's own time stays as it was; of a release with its number it is none."""
    filled(hub, repo, 12)
    last = hub.world.comment(repo.topics[4], "About the world.")
    made = hub.world.release(repo, "v9", None)
    made.id = 4
    before = await reading.list()
    hub.world.edit(last, "About the new world.")
    after = await reading.list()
    assert after.changed_from(before) == {"acme/handbook/issues/4"}
    assert "About the new world." in (await reading.read("issues/4")).text


async def test_an_edited_remark_on_a_line_is_a_change(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """Comments on lines of a pull request likewise."""
    filled(hub, repo, 12)
    line = hub.world.line(repo.topics[5], ("a.py", 1), "Why?")
    hub.world.review(repo.topics[5], "See below.")
    before = await reading.list()
    hub.world.edit(line, "Why not?")
    after = await reading.list()
    assert after.changed_from(before) == {"acme/handbook/pulls/5"}
    assert "Why not?" in (await reading.read("pulls/5")).text


async def test_a_deleted_comment_goes(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """The thread is read anew as GitHub counts other comments than are known."""
    issue = hub.world.issue(repo, "A")
    hub.world.comment(issue, "Stays.")
    gone = hub.world.comment(issue, "Goes.")
    before = await reading.list()
    issue.comments.remove(gone)
    after = await reading.list()
    assert after.changed_from(before) == {"acme/handbook/issues/1"}
    text = (await reading.read("issues/1")).text
    assert "Stays." in text
    assert "Goes." not in text
    hub.exchanges.clear()
    assert (await reading.read("issues/1")).text == text
    assert not hub.exchanges


async def test_what_is_new_is_found(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """New threads of every kind, also where the last page was full."""
    filled(hub, repo, 100)
    before = await reading.list()
    issue = hub.world.issue(repo, "New")
    talk = hub.world.discussion(repo, "New")
    made = hub.world.release(repo, "v9", None)
    hub.world.comment(repo.talks[102], "Me too.")
    after = await reading.list()
    assert set(after.ids) >= set(before.ids)
    assert after.changed_from(before) == {
        f"acme/handbook/issues/{issue.number}",
        f"acme/handbook/discussions/{talk.number}",
        f"acme/handbook/releases/{made.id}",
        "acme/handbook/discussions/102",
    }


async def test_discussions_that_changed_are_asked_for_alone(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """Of many discussions only the page with the changed ones; all of them where one is gone."""
    filled(hub, repo, 0, 130)
    await reading.list(kinds=["discussions"])
    hub.world.comment(repo.talks[7], "Me too.")
    hub.exchanges.clear()
    listing = await reading.list(kinds=["discussions"])
    assert len(hub.paths(200)) == 1
    for talk in repo.talks.values():
        hub.world.comment(talk, "All of them.")
    before = listing.versions
    listing = await reading.list(kinds=["discussions"])
    assert not before.items() & listing.versions.items()
    del repo.talks[9]
    hub.exchanges.clear()
    listing = await reading.list(kinds=["discussions"])
    assert len(hub.paths(200)) == 1 + 2
    assert "acme/handbook/discussions/9" not in listing.ids
    assert len(listing.ids) == 129


@pytest.mark.parametrize("way", ["delete", "transfer"])
async def test_an_issue_that_is_gone_is_not_listed(
    hub: GitHub, repo: Repo, reading: Reading, way: str
) -> None:
    """Deleted or moved to another repository: the others stay, and keep their versions."""
    filled(hub, repo, 20)
    before = await reading.list()
    topic = repo.topics[3]
    if way == "delete":
        hub.world.delete(repo, topic)
    else:
        hub.world.transfer(repo, topic, hub.world.repo("acme/other"))
    after = await reading.list()
    assert set(before.ids) - set(after.ids) == {"acme/handbook/issues/3"}
    assert not after.changed_from(before)
    assert after.error is None


async def test_without_its_memory_a_source_comes_to_the_same(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """Lost or damaged, it only costs requests."""
    filled(hub, repo, 30)
    hub.world.edit(repo.topics[4].comments[0], "Edited.")
    first = await reading.list()
    (reading.folder / "threads.db").write_bytes(b"no database" * 1000)
    assert await reading.list() == first


async def test_a_listing_goes_on_where_it_was_cut_off(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """What was read before a crash is not sent again."""
    filled(hub, repo)
    hub.troubles.append(("after=200", Trouble(500, lasting=True)))
    await reading.list(kinds=["issues", "pulls"])
    hub.troubles.clear()
    hub.exchanges.clear()
    listing = await reading.list(kinds=["issues", "pulls"])
    assert len(listing.ids) == 210
    assert len([path for path in hub.paths(200) if "/issues?" in path]) == 1


async def test_settings_say_what_counts(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """Kinds, state and labels; a thread that stops to count is not listed any more."""
    filled(hub, repo, 5)
    repo.topics[1].labels = ["FAQ", "docs"]
    repo.topics[2].labels = ["faq"]
    hub.world.close(repo.topics[2])
    assert (await reading.list(kinds=["pulls"])).ids == ["acme/handbook/pulls/5"]
    faq: dict[str, Any] = {"kinds": ["issues", "pulls"], "labels": ["Faq"]}
    both = ["acme/handbook/issues/1", "acme/handbook/issues/2"]
    assert (await reading.list(**faq)).ids == both
    assert (await reading.list(**faq, state="closed")).ids == both[1:]
    assert (await reading.list(**faq, state="open")).ids == both[:1]
    hub.world.close(repo.topics[1])
    assert (await reading.list(**faq, state="open")).ids == []
    assert "no part of source docs any more" in await reading.refusal(
        "issues/1", **faq, state="open"
    )
    assert "does not hold it" in await reading.refusal("pulls/5", kinds=["issues"])


async def test_several_repositories_are_one_source(hub: GitHub, reading: Reading) -> None:
    """Each by its name, whose letters may be large or small."""
    for name in ("acme/one", "Acme/Two"):
        hub.world.issue(hub.world.repo(name), f"In {name}")
    listing = await reading.list(repositories=["acme/one", "acme/TWO"])
    assert listing.ids == ["acme/one/issues/1", "acme/two/issues/1"]
    document = await reading.read("acme/two/issues/1", repositories=["acme/TWO"])
    assert document.title == "In Acme/Two (#1)"


async def test_a_repository_that_is_not_read_any_more_is_forgotten(
    hub: GitHub, reading: Reading
) -> None:
    """Nothing of it stays on the disk."""
    hub.world.issue(hub.world.repo("acme/one"), "One", "Kept.")
    hub.world.issue(hub.world.repo("acme/two"), "Two", "Secret.")
    both = await reading.list(repositories=["acme/one", "acme/two"])
    one = await reading.list(repositories=["acme/one"])
    assert (both.ids, one.ids) == ([*one.ids, "acme/two/issues/1"], ["acme/one/issues/1"])
    hub.exchanges.clear()
    await reading.list(repositories=["acme/one", "acme/two"])
    asked = [path for path in hub.paths(200) if "/acme/two" in path]
    assert len(asked) == len([path for path in hub.paths() if "/acme/two" in path]) == 5


async def test_pull_requests_are_read_where_issues_are_switched_off(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """GitHub lists them by themselves there, without the number of their comments."""
    filled(hub, repo, 10)
    repo.has_issues = False
    listing = await reading.list(kinds=["issues", "pulls"])
    assert listing.ids == ["acme/handbook/pulls/5", "acme/handbook/pulls/10"]
    hub.world.comment(repo.topics[5], "Still here.")
    await reading.list(kinds=["issues", "pulls"])
    assert "Still here." in (await reading.read("pulls/5", kinds=["issues", "pulls"])).text


async def test_many_comments_of_one_second_are_read_together(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """Where the time of the last edit leads no further, the link to the next page does."""
    issue = hub.world.issue(repo, "Busy")
    for number in range(250):
        hub.world.comment(issue, f"Number {number}.").updated = issue.updated
    await reading.list()
    hub.exchanges.clear()
    text = (await reading.read("issues/1")).text
    assert all(f"Number {number}." in text for number in range(250))
    assert not hub.exchanges
