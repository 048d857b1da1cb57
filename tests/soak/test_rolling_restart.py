"""Three replicas on one Redis and one Weaviate: stopping any of them under load costs no question.

They are what `footnote serve` runs, at the times that users have.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from footnote.bot.app import open_app
from footnote.bot.questions import Outcome
from footnote.bot.settings.load import load_settings
from footnote.bot.state import redis
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept
from footnote.retrieval.stores.weaviate_options import VectorIndex, WeaviateOptions
from tests.hashing import HashEmbedder
from tests.retrieval.stores.real_weaviate import own_collections
from tests.servers.discord.server import DiscordServer
from tests.servers.redis import RedisServer, find_redis, running_redis
from tests.servers.replicas import Replicas, open_replicas
from tests.servers.slack.server import SlackServer
from tests.servers.weaviate import fake_weaviate
from tests.servers.whole_replica import MODULE, shared
from tests.soak.crowd import PATIENCE_S, Crowd

REPLICAS = 3
EACH = 12
"""People on each platform: more than the replicas have workers."""
TEAMS = {
    "amber": "Juniper", "basalt": "Kestrel", "cobalt": "Larkspur", "dapple": "Marigold",
    "ember": "Nettle", "fathom": "Osprey", "garnet": "Plover", "hazel": "Quillwort",
    "indigo": "Rowan", "jasper": "Sorrel", "kelp": "Tansy", "lichen": "Umber",
}  # fmt: skip
"""Who services which machine."""
SETTINGS = """
store = "weaviate"
state = "{state}"
log_level = "info"

[weaviate]
url = "{weaviate.url}"
grpc = "{weaviate.grpc}"
prefix = "{weaviate.prefix}"

[answer]
gate = "eager"

[sources.machines]
kind = "files"
path = "machines"
audience = ["everyone"]
"""
LEFT = "unfinished questions are handed over"

pytestmark = pytest.mark.soak


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that takes part."""

    crowd: Crowd
    state: State
    replicas: Replicas

    async def under_load(self) -> None:
        """Wait until all have something to do, and more is waiting."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.state.queue.waiting():  # noqa: ASYNC110  others have to tell
                await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Wait until every accepted question is finished."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.state.queue.idle():  # noqa: ASYNC110  others have to tell
                await asyncio.sleep(0.02)

    async def all_are_there(self, count: int) -> None:
        """Wait until so many replicas are connected to both."""
        slack, discord = self.crowd.slack, self.crowd.discord
        await slack.until(lambda: len(slack.sockets.open) == count, PATIENCE_S)
        await discord.until(lambda: len(discord.gateway.connected()) == count, PATIENCE_S)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A real Redis, or a skip."""
    executable = find_redis()
    if executable is None:
        pytest.skip("there is no redis-server")
    with running_redis(executable, tmp_path / "redis") as server:
        yield server


async def test_a_rolling_restart_under_load(
    seed: int, redis_server: RedisServer, tmp_path: Path
) -> None:
    """One after the other ends in order and starts again; each question is answered, by one.

    What a replica is answering when it is told to stop, it ends itself.
    """
    async with _stage(seed, redis_server, tmp_path) as stage:
        async with stage.crowd.asking():
            for number in range(REPLICAS):
                await stage.under_load()
                await stage.replicas.stop(number)
                await stage.replicas.start(number)
                await stage.all_are_there(REPLICAS)
                await stage.crowd.more(2 * EACH)
        for number in range(REPLICAS):
            await stage.replicas.stop(number)
        await _each_has_one_answer(stage)
        assert not [number for number in range(REPLICAS) if LEFT in stage.replicas.log(number)]
        print(f"{len(stage.crowd.asked)} questions")  # noqa: T201  for the curious


async def test_a_replica_that_goes_for_good_hands_over_what_it_holds(
    seed: int, redis_server: RedisServer, tmp_path: Path
) -> None:
    """Without time to end its answers, it leaves each to the others, who bring it to its end."""
    async with _stage(seed, redis_server, tmp_path, hasty=True) as stage:
        async with stage.crowd.asking():
            await stage.under_load()
            await stage.replicas.stop(0)
            await stage.crowd.more(EACH)
            await stage.under_load()
            await stage.replicas.stop(1)
        await stage.quiet()
        await stage.replicas.stop(2)
        await _each_has_one_answer(stage)
        # One of the two may have been between two questions.
        assert LEFT in stage.replicas.log(0) + stage.replicas.log(1)
        print(f"{len(stage.crowd.asked)} questions")  # noqa: T201  for the curious


@asynccontextmanager
async def _stage(
    seed: int, server: RedisServer, folder: Path, *, hasty: bool = False
) -> AsyncIterator[Stage]:
    random = Random(seed)  # noqa: S311  nobody has to be unable to guess it
    async with (
        _weaviate() as weaviate,
        SlackServer(random=random) as slack,
        DiscordServer() as discord,
        redis.open_state(server.url) as state,
    ):
        slack.recording.on = False
        discord.recording.on = discord.gateway.recording.on = False
        discord.application.bot_public = False
        discord.gateway.handshake.identify_every_s = 0.0
        config = folder / "footnote.toml"
        config.write_text(SETTINGS.format(state=server.url, weaviate=weaviate), "utf-8")
        await _sync(config)
        crowd = Crowd(slack, discord, list(TEAMS), EACH, random)
        arguments = shared(slack, crowd.workspace, discord, config)
        async with open_replicas(MODULE, arguments, folder) as replicas:
            stage = Stage(crowd, state, replicas)
            for number in range(REPLICAS):
                await replicas.start(number, hasty=hasty)
            await stage.all_are_there(REPLICAS)
            yield stage


@asynccontextmanager
async def _weaviate() -> AsyncIterator[WeaviateOptions]:
    """A real one where there is one, else one on the wire."""
    if os.environ.get("FOOTNOTE_TEST_WEAVIATE_URL") or shutil.which("weaviate"):
        async with own_collections(VectorIndex.HNSW) as options:
            yield options
    else:
        async with fake_weaviate() as server:
            yield WeaviateOptions(url=server.url, grpc=server.grpc)


async def _sync(config: Path) -> None:
    machines = config.parent / "machines"
    machines.mkdir()
    for machine, team in TEAMS.items():
        text = f"# {machine.title()}\n\nThe {machine} machine is serviced by team {team}.\n"
        (machines / f"{machine}.md").write_text(text, "utf-8")
    settings = load_settings(config)
    async with open_app(settings, report=print, embedder=HashEmbedder(), answers=False) as app:
        await app.sync.run(app.connectors["machines"], "machines")


async def _each_has_one_answer(stage: Stage) -> None:
    """Each question has one message, which says what the record says, and nothing else is said."""
    crowd = stage.crowd
    assert await stage.state.queue.idle()
    assert not crowd.slack.deliveries.open
    assert not crowd.slack.deliveries.given_up
    kept = {record.id: record for record in await _records(stage.state)}
    assert kept.keys() == {asked.id for asked in crowd.asked}
    for asked in crowd.asked:
        (reply,) = asked.replies()
        record = kept[asked.id]
        assert record.outcome is Outcome.ANSWERED
        assert [sent.message.rpartition("/")[2] for sent in record.sent] == [reply.id]
        assert reply.whole
        assert TEAMS[asked.topic] in reply.text
    assert len(crowd.discord.everything()) + _said_in_slack(crowd) == 2 * len(crowd.asked)


def _said_in_slack(crowd: Crowd) -> int:
    return sum(len(channel.messages) for channel in crowd.slack.world.channels.values())


async def _records(state: State) -> list[Kept]:
    records: list[Kept] = []
    while more := await state.journal.finished(after=records[-1].finished_at if records else 0.0):
        records += more
    return records
