"""Who will see an answer in Slack, and who may do what: asked from Slack, remembered briefly."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, TypeVar, cast

from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.audience import Audience
from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import PlatformError, RefusedError
from footnote.bot.platforms.slack.trouble import translated

T = TypeVar("T")

REMEMBERED_S = 300.0
ADMINS_REMEMBERED_S = 30.0
PAGE = 900
"""Of so many a call, where Slack takes a thousand at most."""


class People:
    """Channels and people of one workspace.

    Args:
        client: Asks Slack.
        team: The workspace.
        admins: Users who are admins of Footnote without being admins of the workspace.
        guests_are_team: Whether guests of the workspace count as people of the team.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        team: str,
        *,
        admins: Collection[str] = (),
        guests_are_team: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._team = team
        self._admins = frozenset(admins)
        self._guests_are_team = guests_are_team
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Any]] = {}

    async def audience(self, channel: str, user: str, *, private: bool = False) -> Audience:
        """Who will see an answer there.

        Args:
            channel: Where it is asked.
            user: Who asks.
            private: Whether only they will see the answer, as of an ephemeral message.

        Raises:
            UnavailableError: Slack does not say.
        """
        if private:
            return Audience(
                labels=await self._labels(user),
                private=True,
                admin=await self.is_admin(user),
                outsiders=await self._is_outsider(user),
            )
        about = await self._channel(channel)
        outsiders = bool(
            about.get("is_ext_shared")
            or about.get("is_pending_ext_shared")
            or await self._has_outsiders(channel)
        )
        kinds = ("is_private", "is_group", "is_mpim", "is_im")
        closed = any(about.get(kind) for kind in kinds)
        return Audience(
            labels=frozenset({f"slack:{channel}"}),
            outsiders=outsiders,
            public=not closed and not outsiders,
        )

    async def is_here(self, channel: str) -> bool:
        """Whether the bot is in a channel: asked anew each time, since people invite it.

        Raises:
            UnavailableError: Slack does not say.
        """
        try:
            with translated():
                about = (await self._client.conversations_info(channel=channel))["channel"]
        except RefusedError:
            return False
        except PlatformError as error:
            raise _unsaid(error) from error
        return bool(about.get("is_member") or about.get("is_im"))

    async def is_admin(self, user: str) -> bool:
        """Whether somebody may do what admins may: asked anew nearly every time.

        Raises:
            UnavailableError: Slack does not say.
        """
        about = await self._user(user, ADMINS_REMEMBERED_S)
        if about.get("deleted") or about.get("is_bot") or self._is_foreign(about):
            return False
        ranks = ("is_admin", "is_owner", "is_primary_owner")
        return user in self._admins or any(about.get(rank) for rank in ranks)

    async def find(self, channel: str) -> str:
        """The id of a channel that the bot is in, by its id or by its name with "#" before it.

        Raises:
            UnavailableError: It is in no such channel, or Slack does not say.
        """
        if not channel.startswith("#"):
            return channel
        own = await self.own_channels()
        if channel[1:] not in own:
            raise UnavailableError(
                f"The bot is in no channel {channel}: invite it there with /invite."
            )
        return own[channel[1:]]

    async def own_channels(self) -> Mapping[str, str]:
        """The channels that the bot is in: their ids by their names.

        Raises:
            UnavailableError: Slack does not say.
        """
        return await self._remembered("own channels", "", REMEMBERED_S, self._own_channels)

    async def name(self, user: str) -> str:
        """What people call somebody, "" where they have no name.

        Raises:
            UnavailableError: Slack does not say.
        """
        about = await self._user(user, REMEMBERED_S)
        profile = about.get("profile") or {}
        names = (profile.get("display_name"), profile.get("real_name"), about.get("name"))
        return str(next(filter(None, names), ""))

    async def _labels(self, user: str) -> frozenset[str]:
        """Their own label, and those of the channels that they and the bot are both in."""
        channels = await self._remembered(
            "channels of", user, REMEMBERED_S, lambda: self._channels_of(user)
        )
        return frozenset({f"slack:{user}", *(f"slack:{channel}" for channel in channels)})

    async def _is_outsider(self, user: str) -> bool:
        return self._is_outside(await self._user(user, REMEMBERED_S))

    def _is_outside(self, about: Mapping[str, Any]) -> bool:
        guest = about.get("is_restricted") or about.get("is_ultra_restricted")
        return self._is_foreign(about) or bool(guest and not self._guests_are_team)

    async def _has_outsiders(self, channel: str) -> bool:
        members = await self._remembered(
            "members of", channel, REMEMBERED_S, lambda: self._members(channel)
        )
        everybody = await self._remembered("everybody", "", REMEMBERED_S, self._everybody)
        for member in members:
            about = everybody.get(member) or await self._user(member, REMEMBERED_S)
            if self._is_outside(about):
                return True
        return False

    def _is_foreign(self, about: Mapping[str, Any]) -> bool:
        return bool(about.get("is_stranger")) or about.get("team_id", self._team) != self._team

    async def _channel(self, channel: str) -> Mapping[str, Any]:
        async def ask() -> Mapping[str, Any]:
            return dict((await self._client.conversations_info(channel=channel))["channel"])

        return await self._remembered("channel", channel, REMEMBERED_S, ask)

    async def _user(self, user: str, for_s: float) -> Mapping[str, Any]:
        async def ask() -> Mapping[str, Any]:
            return dict((await self._client.users_info(user=user))["user"])

        return await self._remembered("user", user, for_s, ask)

    async def _members(self, channel: str) -> list[str]:
        found: list[str] = []
        async for page in await self._client.conversations_members(channel=channel, limit=PAGE):
            found += page["members"]
        return found

    async def _everybody(self) -> dict[str, Mapping[str, Any]]:
        """All users of the workspace: fewer calls than to ask for each member of a channel."""
        found: dict[str, Mapping[str, Any]] = {}
        async for page in await self._client.users_list(limit=PAGE):
            found |= {user["id"]: user for user in page["members"]}
        return found

    async def _channels_of(self, user: str) -> list[str]:
        found: list[str] = []
        kinds = "public_channel,private_channel"
        async for page in await self._client.users_conversations(
            user=user, types=kinds, limit=PAGE
        ):
            found += [channel["id"] for channel in page["channels"]]
        return found

    async def _own_channels(self) -> dict[str, str]:
        found: dict[str, str] = {}
        kinds = "public_channel,private_channel"
        async for page in await self._client.users_conversations(types=kinds, limit=PAGE):
            found |= {channel["name"]: channel["id"] for channel in page["channels"]}
        return found

    async def _remembered(
        self, kind: str, name: str, for_s: float, ask: Callable[[], Awaitable[T]]
    ) -> T:
        asked_at, known = self._known.get((kind, name), (0.0, None))
        if known is not None and self._clock() - asked_at < for_s:
            return cast("T", known)
        try:
            with translated():
                answer = await ask()
        except PlatformError as error:
            raise _unsaid(error) from error
        self._known[kind, name] = (self._clock(), answer)
        return answer


def _unsaid(error: PlatformError) -> UnavailableError:
    return UnavailableError(
        f"Slack does not say who can read along ({error}): ask again in a minute."
    )
