"""Whether a Redis keeps what it acknowledges, and what it means where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from redis.exceptions import ResponseError

from footnote.bot.checks.check import Check
from footnote.bot.state.errors import StateError, StateUnavailableError
from footnote.bot.state.redis_link import Link, open_link

OLDEST = (6, 2)
"""The oldest version that the scripts are tested with."""

SETTINGS = ("maxmemory-policy", "appendonly", "appendfsync", "no-appendfsync-on-rewrite", "save")

_UNANSWERED = "so that it may stay without an answer or be answered twice"


async def health(url: str, *, prefix: str = "footnote") -> tuple[Check, ...]:
    """Look at a server the way Footnote would use it; nothing is written.

    It raises nothing: a server that cannot be reached, or a URL that cannot be used, is a finding.

    Args:
        url: As `open_state` takes it.
        prefix: What the keys begin with.
    """
    try:
        async with open_link(url, prefix=prefix) as link:
            info = {str(key): str(value) for key, value in (await link.command("INFO")).items()}
            if refusal := unusable(info):
                return (refusal,)
            # In a cluster, the node that does not keep this key says which one does.
            await link.command("EXISTS", link.key("counters"))
            return findings(info, await _settings(link))
    except StateError as error:
        return (Check("Redis", fine=False, text=str(error)),)


async def _settings(link: Link) -> Mapping[str, str] | None:
    """The server's settings; None where it does not let them be read."""
    found: dict[str, str] = {}
    for name in SETTINGS:
        try:
            found |= await link.command("CONFIG GET", name)
        except StateUnavailableError as error:
            if isinstance(error.__cause__, ResponseError):
                return None
            raise
    return found


def unusable(info: Mapping[str, str]) -> Check | None:
    """Why a server is of no use to Footnote, whatever its settings are.

    Args:
        info: What INFO says of it.
    """
    if info.get("redis_mode") == "sentinel":
        text = "this is a Sentinel: put the address of the primary that it watches in the URL."
        return Check("Redis", fine=False, text=text)
    version = info.get("redis_version", "0")
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST:
        text = f"it is version {version}: update it to {'.'.join(map(str, OLDEST))} or later."
        return Check("Redis", fine=False, text=text)
    if info.get("role") == "slave":
        text = "it is a replica, which takes no writes: put the address of its primary in the URL."
        return Check("Redis", fine=False, text=text)
    return None


def findings(info: Mapping[str, str], settings: Mapping[str, str] | None) -> tuple[Check, ...]:
    """What holds of a server that can be used.

    Args:
        info: What INFO says of it.
        settings: Those of `SETTINGS`, or None where they cannot be read.
    """
    version = Check("Redis", fine=True, text=f"version {info['redis_version']}")
    return (version, _memory(info, settings), _disk(info, settings), *_copies(info))


def _memory(info: Mapping[str, str], settings: Mapping[str, str] | None) -> Check:
    name = "Redis memory"
    policy = (settings or {}).get("maxmemory-policy") or info.get("maxmemory_policy")
    if policy == "noeviction":
        return Check(name, fine=True, text="nothing is dropped when it is full")
    if policy is None:
        text = "its maxmemory-policy cannot be read: make sure that it is noeviction."
        return Check(name, fine=False, text=text)
    text = (
        f"its maxmemory-policy is {policy}, so it drops questions and answers when it is full: "
        "set it to noeviction."
    )
    return Check(name, fine=False, text=text)


def _disk(info: Mapping[str, str], settings: Mapping[str, str] | None) -> Check:
    name = "Redis disk"
    if info.get("aof_last_write_status", "ok") != "ok":
        text = "it failed to write to its disk: look into its log, and give it space or rights."
        return Check(name, fine=False, text=text)
    if settings is None and info.get("aof_enabled") == "1":
        text = (
            "its appendfsync cannot be read: unless it is always, a question that was accepted "
            f"in the last second may be lost when its machine goes down, {_UNANSWERED}."
        )
        return Check(name, fine=False, text=text)
    if risk := _risk(info, settings or {}):
        text = f"{risk}, {_UNANSWERED}: set appendonly to yes and appendfsync to always."
        return Check(name, fine=False, text=text)
    if (settings or {}).get("no-appendfsync-on-rewrite") == "yes":
        text = (
            "while it rewrites its log, a question that was accepted may be lost when its machine "
            f"goes down, {_UNANSWERED}: set no-appendfsync-on-rewrite to no."
        )
        return Check(name, fine=False, text=text)
    return Check(name, fine=True, text="what it acknowledges is on its disk")


def _risk(info: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """What can be lost, and when; "" where nothing can."""
    if settings.get("appendonly", info.get("aof_enabled")) in {"yes", "1"}:
        return {
            "always": "",
            "everysec": "a question that was accepted in the last second may be lost "
            "when its machine goes down",
        }.get(
            settings.get("appendfsync", ""),
            "a question that was accepted in the last half minute may be lost "
            "when its machine goes down",
        )
    if settings.get("save"):
        return (
            "it saves a snapshot now and then, and a question that was accepted since is lost "
            "when it ends unexpectedly"
        )
    if not settings:
        return "it keeps no log, and a question that was accepted is lost when it ends unexpectedly"
    return "it saves nothing, and a question that was accepted is lost when it ends"


def _copies(info: Mapping[str, str]) -> Iterator[Check]:
    """What other servers that may take over mean."""
    replicas = int(info.get("connected_slaves", "0"))
    if info.get("redis_mode") != "cluster" and not replicas:
        return
    what = (
        "it is part of a cluster"
        if info.get("redis_mode") == "cluster"
        else (f"it has {replicas} replica{'s' if replicas > 1 else ''}")
    )
    guard = ""
    if "min_slaves_good_slaves" not in info:
        guard = ", and set min-replicas-to-write to 1 so that a primary that is cut off stops"
    yield Check(
        "Redis replicas",
        fine=False,
        text=f"{what}, and one that takes over may lack a question that was accepted just before, "
        f"{_UNANSWERED}: use a server that nothing takes over from, or live with it{guard}.",
    )
