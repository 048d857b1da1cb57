"""Whom a message notifies: what it mentions, what `allowed_mentions` lets through, who may.

Documented: without `allowed_mentions` a bot's message notifies whomever it mentions; a webhook's
and an interaction's answer notifies users alone. @everyone and roles that are not mentionable
need the permission to mention everyone. Not documented, and so this server's choice: `mentions`,
`mention_roles` and `mention_everyone` of a message show who is notified, and nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import FormProblems
from tests.servers.discord.model import Channel, Message, Notified, User
from tests.servers.discord.permissions import Permission, may

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)")
MOST = 100

ALL_KINDS: Json = {"parse": ["users", "roles", "everyone"], "replied_user": True}
USERS_ALONE: Json = {"parse": ["users"], "replied_user": True}


def check_allowed(given: Json | None) -> None:
    """Refuse `allowed_mentions` that contradict themselves.

    Raises:
        DiscordError: 50035.
    """
    problems = FormProblems()
    for kind in ("users", "roles"):
        named = (given or {}).get(kind) or []
        if named and kind in ((given or {}).get("parse") or []):
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            problems.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
        if len(named) > MOST:
            problems.count(f"allowed_mentions.{kind}", named, 0, MOST)
    problems.refuse()


def notified(
    channel: Channel,
    author: User,
    content: str,
    quoted: Message | None,
    allowed: Json = ALL_KINDS,
) -> Notified:
    """Whom a message of this content notifies."""
    users = frozenset(filter(_lets(allowed, "users"), _USER.findall(content)))
    if quoted is not None and allowed.get("replied_user") and quoted.author is not author:
        users |= {quoted.author.id}
    guild = channel.guild
    if guild is None:
        return Notified(users=users & channel.recipients.keys())
    mighty = may(channel, author.id, Permission.MENTION_EVERYONE)
    roles = frozenset(
        name
        for name in filter(_lets(allowed, "roles"), _ROLE.findall(content))
        if name in guild.roles and (mighty or guild.roles[name].mentionable)
    )
    everyone = "everyone" in (allowed.get("parse") or ()) and bool(_EVERYONE.search(content))
    return Notified(mighty and everyone, roles, users & guild.members.keys())


def _lets(allowed: Json, kind: str) -> Callable[[str], bool]:
    parsed, named = allowed.get("parse") or (), allowed.get(kind) or ()
    return lambda snowflake: kind in parsed or snowflake in named
