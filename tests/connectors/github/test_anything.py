"""Whatever people do at GitHub, and whatever fails on the way: what is known comes to the same."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.connectors.github.reading import Reading
from tests.servers.github.server import GitHub
from tests.servers.github.world import Repo, Topic, World
from tests.servers.website import Trouble

ACTIONS = 40
PLACES = ("/issues?", "/issues/comments", "/pulls/comments", "/releases", "query", "/reviews")


def act(world: World, repo: Repo, other: Repo, draw: random.Random) -> None:
    """Somebody does something."""
    topics, talks = [*repo.topics.values()], [*repo.talks.values()]
    match draw.randrange(10):
        case 0:
            world.issue(repo, f"Topic {draw.random()}", pull=draw.random() < 0.4)
        case 1:
            world.discussion(repo, f"Talk {draw.random()}")
        case 2:
            world.release(repo, f"v{draw.random()}", None)
        case 3 if repo.releases:
            repo.releases.pop(draw.randrange(len(repo.releases)))
        case 4 if talks:
            talk = draw.choice(talks)
            world.reply(talk, world.comment(talk, f"Idea {draw.random()}"), "So be it.")
        case 5 if talks:
            del repo.talks[draw.choice(talks).number]
        case 6 if topics:
            world.close(draw.choice(topics))
        case 7 if topics:
            topic = draw.choice(topics)
            draw.choice((world.delete, lambda r, t: world.transfer(r, t, other)))(repo, topic)
        case _ if topics:
            discuss(world, draw.choice(topics), draw)


def discuss(world: World, topic: Topic, draw: random.Random) -> None:
    """Somebody writes, edits or deletes something in an issue or a pull request."""
    match draw.randrange(5):
        case 0 if topic.comments:
            world.edit(draw.choice(topic.comments), f"Edited {draw.random()}")
        case 1 if topic.comments:
            topic.comments.remove(draw.choice(topic.comments))
        case 2 if topic.pull:
            world.review(topic, f"Review {draw.random()}")
            world.line(topic, ("a.py", 3), f"Line {draw.random()}")
        case 3 if topic.lines:
            world.edit(draw.choice(topic.lines), f"Edited {draw.random()}")
        case _:
            world.comment(topic, f"Comment {draw.random()}")


async def texts(reading: Reading, known: dict[str, tuple[str, str]]) -> dict[str, str]:
    """What a sync comes to that reads anew what has another version than it knows."""
    listing = await reading.list()
    connector = reading.connector()
    for name in [*known] if listing.error is None else ():
        if name not in listing.versions:
            del known[name]
    for name, version in listing.versions.items():
        if known.get(name, ("",))[0] != version and not await reading.refusal(name):
            known[name] = (version, (await connector.fetch(f"docs:{name}")).text)
    return {name: text for name, (_, text) in known.items()}


@pytest.mark.parametrize(
    "turn", [0, *(pytest.param(turn, marks=pytest.mark.soak) for turn in range(1, 41))]
)
async def test_what_is_remembered_comes_to_the_same_as_a_new_look(
    hub: GitHub, reading: Reading, tmp_path: Path, seed: int, turn: int
) -> None:
    """After any deeds and failures, the next whole sync has every document as it is now."""
    draw = random.Random(seed + turn)  # noqa: S311  no secret
    repo, other = hub.world.repo(), hub.world.repo("acme/other")
    known: dict[str, tuple[str, str]] = {}
    for _ in range(ACTIONS):
        act(hub.world, repo, other, draw)
        if draw.random() < 0.15:
            if draw.random() < 0.4:
                status = draw.choice((500, 404, 403, 0))
                hub.troubles.append((draw.choice(PLACES), Trouble(status, lasting=True)))
            await texts(reading, known)
            hub.troubles.clear()
    found = await texts(reading, known)
    assert found == await texts(replace(reading, folder=tmp_path / "new"), {})
