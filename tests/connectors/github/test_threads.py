"""What a thread becomes: one text in which each post stands under who wrote it, with its link."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnote.connectors.github.writing import contained
from footnote.retrieval.chunking.cutter import Cutter
from tests.connectors.github.reading import Reading
from tests.hashing import HashEmbedder
from tests.servers.github.server import GitHub
from tests.servers.github.world import Repo

HOME = "https://github.example/acme/handbook"


async def test_an_issue_is_its_thread(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """Text, title, link, author and time; who said what, and where on the page."""
    issue = hub.world.issue(
        repo, "It  crashes", "On start.\r\n<!-- a template's remark -->\r\n", labels=["bug", "ui"]
    )
    first = hub.world.comment(issue, "Which version?", "bo")
    second = hub.world.comment(issue, "The newest.", None)
    hub.world.comment(issue, "Spam.").hidden = True
    hub.world.close(issue, "not_planned")
    await reading.list()
    document = await reading.read("issues/1")
    assert document.text == (
        "# Issue #1 by ann on 2026-01-02, closed as not planned, labelled bug and ui\n\n"
        "On start.\n\n"
        "## bo on 2026-01-02\n\nWhich version?\n\n"
        "## ghost on 2026-01-02\n\nThe newest.\n"
    )
    assert document.title == "It crashes (#1)"
    assert document.url == f"{HOME}/issues/1"
    assert document.author == "ann"
    assert document.modified_at == datetime(2026, 1, 2, 3, 4, 10, tzinfo=UTC)
    assert [mark.anchor for mark in document.marks] == [
        f"issue-{issue.id}",
        f"issuecomment-{first.id}",
        f"issuecomment-{second.id}",
    ]
    lines = [document.text[mark.start :].split("\n")[0] for mark in document.marks]
    assert lines == [line for line in document.text.split("\n") if line.startswith("#")]
    assert document.restrictions is None
    asked = len(hub.exchanges)
    assert await reading.read("issues/1") == document
    assert len(hub.exchanges) == asked


async def test_a_passage_opens_at_its_comment(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """A citation of a comment is a link to that comment, and says who wrote it when."""
    issue = hub.world.issue(repo, "Leave", "How many days?")
    comment = hub.world.comment(issue, "# Days\n\nEvery employee gets 28 days.")
    await reading.list()
    passages = Cutter(HashEmbedder().token_spans).cut(await reading.read("issues/1"))
    found = next(passage for passage in passages if "28 days" in passage.text)
    assert found.url == f"{HOME}/issues/1#issuecomment-{comment.id}"
    assert found.place == "bo on 2026-01-02"
    assert found.heading == ("Issue #1 by ann on 2026-01-02, open", "bo on 2026-01-02", "Days")


async def test_a_pull_request_has_its_reviews(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """What reviews say, and comments on lines with their answers, in the order of their times."""
    pull = hub.world.issue(repo, "Faster", None, pull=True)
    line = hub.world.line(pull, ("src/a.py", 12), "Why?")
    hub.world.comment(pull, "Nice.")
    hub.world.review(pull, "Well done.")
    hub.world.review(pull, "", "COMMENTED")
    hub.world.line(pull, ("src/a.py", 12), "Because.", answers=line.id)
    hub.world.merge(pull)
    await reading.list()
    document = await reading.read("pulls/1")
    assert document.text == (
        "# Pull request #1 by ann on 2026-01-02, merged\n\n"
        "## cy on 2026-01-02, about src/a.py, line 12\n\nWhy?\n\n"
        "### cy on 2026-01-02, about src/a.py, line 12\n\nBecause.\n\n"
        "## bo on 2026-01-02\n\nNice.\n\n"
        "## cy on 2026-01-02, approves\n\nWell done.\n"
    )
    assert document.url == f"{HOME}/pull/1"
    assert {mark.anchor.rstrip("0123456789") for mark in document.marks} == {
        "issue-",
        "issuecomment-",
        "pullrequestreview-",
        "discussion_r",
    }


async def test_a_discussion_has_its_answers(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """Comments with what answers them, however many, and the answer that was accepted."""
    talk = hub.world.discussion(repo, "How?", "How does one?")
    for number in range(60):
        hub.world.comment(talk, f"Idea {number}.")
    chosen = talk.comments[55]
    chosen.accepted = True
    for number in range(170):
        hub.world.reply(talk, chosen, f"Reply {number}.")
    talk.comments[3].hidden = True
    await reading.list()
    document = await reading.read("discussions/1")
    assert document.text.startswith(
        "# Discussion #1 by ann on 2026-01-02, answered, in Q&A\n\nHow does one?\n\n## bo on"
    )
    said = [line for line in document.text.splitlines() if line.startswith(("Idea", "Reply"))]
    ideas = [f"Idea {number}." for number in range(60) if number != 3]
    replies = [f"Reply {number}." for number in range(170)]
    assert said == [*ideas[:55], *replies, *ideas[55:]]
    assert "## bo on 2026-01-02, the accepted answer\n\nIdea 55.\n\n### cy on" in document.text
    assert document.marks[1].anchor == f"discussioncomment-{talk.comments[0].id}"
    assert document.url == f"{HOME}/discussions/1"


async def test_a_release_is_a_document(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """Its notes under its name and tag; drafts are nobody's business."""
    made = hub.world.release(repo, "v1.2", "Spring", "## New\n\nAll.")
    hub.world.release(repo, "v1.3", None).prerelease = True
    hub.world.release(repo, "v2", "Next").draft = True
    listing = await reading.list()
    assert listing.ids == [f"acme/handbook/releases/{one.id}" for one in repo.releases[:0:-1]]
    document = await reading.read(f"releases/{made.id}")
    assert document.title == "Spring (v1.2)"
    assert document.text == "# Release by ann on 2026-01-02\n\n#### New\n\nAll.\n"
    assert document.url == f"{HOME}/releases/tag/v1.2"
    repo.releases[2].draft = True
    assert (await reading.list()).ids == listing.ids[1:]
    other = await reading.read(f"releases/{repo.releases[1].id}")
    assert (other.title, other.text[:45]) == (
        "v1.3",
        "# Release by ann on 2026-01-02, a pre-release",
    )


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("Text <!-- no --> more", "Text  more"),
        ("<!-- open\n# not a heading", ""),
        ("`<!-- code -->`", "`<!-- code -->`"),
        ("```\n<!-- code -->\n```", "```\n<!-- code -->\n```"),
        ("```python\nprint(1)", "```python\nprint(1)\n```"),
        ("~~~\ntilde", "~~~\ntilde\n~~~"),
        ("<pre>\nopen", "> <pre>\n> open"),
        ("- a\n  - b", "- a\n  - b"),
        ("Setext\n---", "Setext\n---"),
        ("   \n\n  indented", "  indented"),
    ],
)
def test_a_post_ends_where_it_ends(body: str, kept: str) -> None:
    """Whatever a post leaves open, the next one's heading is a heading."""
    assert contained(body) == kept
