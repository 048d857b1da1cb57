"""What is said of a Redis that may not keep what it acknowledges."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from redis.asyncio import Redis

from footnote.bot.checks.check import Check
from footnote.bot.state.redis_health import findings, health, unusable
from tests.bot.state.redis_bench import redis_executable
from tests.servers.redis import free_port, running_redis

INFO = {
    "redis_version": "7.2.4",
    "redis_mode": "standalone",
    "role": "master",
    "connected_slaves": "0",
    "maxmemory_policy": "noeviction",
    "aof_enabled": "1",
    "aof_last_write_status": "ok",
}
SAFE = {
    "maxmemory-policy": "noeviction",
    "appendonly": "yes",
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "save": "",
}


def troubles(found: tuple[Check, ...]) -> list[str]:
    """What is not fine; each is one sentence."""
    texts = [finding.text for finding in found if not finding.fine]
    assert all(text.endswith(".") and ". " not in text for text in texts)
    return texts


def started_with(tmp_path: Path, settings: dict[str, str]) -> tuple[Check, ...]:
    """What is found on a real server with these settings."""
    with running_redis(redis_executable(), tmp_path / "redis", settings) as server:
        return asyncio.run(health(server.url))


def test_a_server_that_keeps_everything_is_fine(tmp_path: Path) -> None:
    """With an append-only file that is synced always and no eviction nothing is amiss."""
    found = started_with(tmp_path, {})
    assert [finding.name for finding in found] == ["Redis", "Redis memory", "Redis disk"]
    assert not troubles(found)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"maxmemory-policy": "allkeys-lru"}, "allkeys-lru, so it drops questions"),
        ({"maxmemory-policy": "volatile-ttl"}, "set it to noeviction"),
        ({"appendfsync": "everysec"}, "in the last second may be lost when its machine goes down"),
        ({"appendfsync": "no"}, "in the last half minute may be lost when its machine"),
        ({"appendonly": "no", "save": "60 1"}, "a snapshot now and then"),
        ({"appendonly": "no"}, "it saves nothing, and a question that was accepted is lost"),
        ({"no-appendfsync-on-rewrite": "yes"}, "set no-appendfsync-on-rewrite to no"),
    ],
)
def test_each_weak_setting_is_one_sentence(
    tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    """A real server that was started with a weak setting is told what it means, and that alone."""
    (text,) = troubles(started_with(tmp_path, settings))
    assert sentence in text


def test_a_replica_and_its_primary_are_told_apart(tmp_path: Path) -> None:
    """A primary with a replica may lose writes when that takes over; the replica is refused."""
    executable = redis_executable()
    with running_redis(executable, tmp_path / "primary") as primary:
        settings = {"replicaof": f"127.0.0.1 {primary.port}"}
        with running_redis(executable, tmp_path / "replica", settings) as replica:
            (refused,) = asyncio.run(health(replica.url))
            (risk,) = troubles(asyncio.run(_once_replicating(primary.url)))
    assert not refused.fine
    assert "address of its primary" in refused.text
    assert "it has 1 replica, and one that takes over may lack a question" in risk
    assert "min-replicas-to-write" in risk


async def _once_replicating(url: str) -> tuple[Check, ...]:
    async with asyncio.timeout(10), Redis.from_url(url) as client:
        while not (await client.info("replication"))["connected_slaves"]:  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.02)
    return await health(url)


def test_settings_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """Where CONFIG is not allowed, what INFO tells is used, and the rest is to be made sure of."""
    (text,) = troubles(started_with(tmp_path, {"rename-command": 'CONFIG ""'}))
    assert "its appendfsync cannot be read: unless it is always" in text


async def test_whoever_cannot_be_asked_is_a_finding(tmp_path: Path) -> None:
    """A wrong password, a server that is away and a wrong URL are told without the password."""
    with running_redis(redis_executable(), tmp_path / "redis", {"requirepass": "right"}) as server:
        urls = [
            f"redis://:secret@127.0.0.1:{server.port}",
            f"redis://:secret@127.0.0.1:{free_port()}",
            "redis://:secret@host:port",
        ]
        for url, said in zip(urls, ["password", "cannot be reached", "understood"], strict=True):
            (finding,) = await health(url)
            assert not finding.fine
            assert said in finding.text
            assert "secret" not in finding.text


@pytest.mark.parametrize(
    ("info", "sentence"),
    [
        ({"redis_version": "5.0.14"}, "it is version 5.0.14: update it to 6.2 or later."),
        ({"redis_version": "6.0.20"}, "update it to 6.2"),
        ({"redis_version": "6.2.0"}, ""),
        ({"redis_version": "10.0"}, ""),
        ({"redis_mode": "sentinel"}, "put the address of the primary that it watches"),
        ({"role": "slave"}, "put the address of its primary"),
    ],
)
def test_what_cannot_be_used_at_all(info: Mapping[str, str], sentence: str) -> None:
    """Old versions, Sentinels and replicas are refused."""
    refusal = unusable({**INFO, **info})
    assert sentence in (refusal.text if refusal else "")
    assert (refusal is None) == (not sentence)


@pytest.mark.parametrize(
    ("info", "settings", "sentences"),
    [
        ({}, SAFE, []),
        ({}, None, ["its appendfsync cannot be read"]),
        ({"aof_enabled": "0"}, None, ["it keeps no log"]),
        ({"maxmemory_policy": "allkeys-lfu", "aof_enabled": "0"}, None, ["allkeys-lfu", "no log"]),
        ({"aof_last_write_status": "err"}, SAFE, ["it failed to write to its disk"]),
        ({"redis_mode": "cluster"}, SAFE, ["it is part of a cluster, and one that takes over"]),
        ({"connected_slaves": "2"}, SAFE, ["it has 2 replicas"]),
    ],
)
def test_what_a_server_says_of_itself(
    info: Mapping[str, str], settings: Mapping[str, str] | None, sentences: list[str]
) -> None:
    """Each trouble has its sentence, and no other is said."""
    texts = troubles(findings({**INFO, **info}, settings))
    assert len(texts) == len(sentences)
    assert all(sentence in text for sentence, text in zip(sentences, texts, strict=True))


def test_a_primary_that_waits_for_replicas_needs_no_advice_to() -> None:
    """The advice to set min-replicas-to-write is left out where that is set."""
    info = {**INFO, "connected_slaves": "2", "min_slaves_good_slaves": "2"}
    (text,) = troubles(findings(info, SAFE))
    assert "min-replicas-to-write" not in text
