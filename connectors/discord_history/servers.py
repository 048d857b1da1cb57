"""The servers that the chosen channels belong to: roles, names and threads, asked once a sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from footnote.connectors.discord_history.client import Asker
from footnote.connectors.discord_history.permissions import READ, Overwrite, Rights
from footnote.connectors.history.model import Json


@dataclass(frozen=True, slots=True)
class Server:
    """A server as it is during one sync.

    Attributes:
        id: Its id, which is that of the role @everyone too.
        roles: The permissions of each role, by its id.
        role_names: The name of each role.
        own_roles: The bot's roles.
        open_channels: The names of the channels that everybody reads, by their ids.
        threads: The threads that are not archived, as the API has them.
    """

    id: str
    roles: Mapping[str, int]
    role_names: Mapping[str, str]
    own_roles: frozenset[str]
    open_channels: Mapping[str, str]
    threads: Sequence[Json]

    def rights(self, channel: Mapping[str, Any]) -> Rights:
        """Who may do what in one of its channels."""
        return _rights(self.id, self.roles, channel)


class Servers:
    """Asks for servers, each once.

    Args:
        asker: Asks Discord.
        bot: The bot's id.
    """

    def __init__(self, asker: Asker, bot: str = "") -> None:
        self._asker = asker
        self._bot = bot
        self._known: dict[str, Server] = {}

    async def of(self, name: str) -> Server:
        """The server of an id.

        Raises:
            RefusedError: The bot is not on it.
            ChannelError: Discord does not answer.
            SourceError: The token is not accepted.
        """
        if name not in self._known:
            self._known[name] = await self._ask(name)
        return self._known[name]

    def names(self) -> Json:
        """The names of roles, and of channels that everybody reads, by their ids."""
        roles: dict[str, str] = {}
        channels: dict[str, str] = {}
        for server in self._known.values():
            roles |= server.role_names
            channels |= server.open_channels
        return {"roles": roles, "channels": channels} if self._known else {}

    async def _ask(self, name: str) -> Server:
        found = await self._asker.get(f"guilds/{name}/roles")
        channels = await self._asker.get(f"guilds/{name}/channels")
        member = await self._asker.get(f"guilds/{name}/members/{self._bot}")
        active = await self._asker.get(f"guilds/{name}/threads/active")
        roles = {str(role["id"]): int(role["permissions"]) for role in found}
        return Server(
            id=name,
            roles=roles,
            role_names={str(role["id"]): role["name"].removeprefix("@") for role in found},
            own_roles=frozenset(map(str, member["roles"])),
            open_channels={
                str(one["id"]): one["name"]
                for one in channels
                if _rights(name, roles, one).granted() & READ == READ
            },
            threads=active["threads"],
        )


def _rights(server: str, roles: Mapping[str, int], channel: Mapping[str, Any]) -> Rights:
    overwrites = tuple(map(Overwrite.of, channel.get("permission_overwrites", ())))
    return Rights(server, roles, overwrites)
