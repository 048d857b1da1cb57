"""Who will see an answer in Slack, and who may do what: asked from Slack, remembered briefly."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, TypeVar, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.audience import Audience
from footnote.bot.errors import UnavailableError

T = TypeVar("T")

REMEMBERED_S = 300.0
ADMINS_REMEMBERED_S = 30.0
PAGE = 200


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
        about = await self._channel(channel)
        if private or about.get("is_im"):
            return Audience(
                labels=await self._labels(user),
                private=True,
                admin=await self.is_admin(user),
                outsiders=await self._is_outsider(user),
            )
        outsiders = bool(
            about.get("is_ext_shared")
            or about.get("is_pending_ext_shared")
            or await self._has_outsiders(channel)
        )
        closed = bool(about.get("is_private") or about.get("is_mpim") or about.get("is_group"))
        return Audience(
            labels=frozenset({f"slack:{channel}"}),
            outsiders=outsiders,
            public=not closed and not outsiders,
        )

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

    async def _labels(self, user: str) -> frozenset[str]:
        """Their own label, and those of the channels that they and the bot are both in."""
        channels = await self._remembered(
            "channels of", user, REMEMBERED_S, lambda: self._channels_of(user)
        )
        return frozenset({f"slack:{user}", *(f"slack:{channel}" for channel in channels)})

    async def _is_outsider(self, user: str) -> bool:
        about = await self._user(user, REMEMBERED_S)
        guest = about.get("is_restricted") or about.get("is_ultra_restricted")
        return self._is_foreign(about) or bool(guest and not self._guests_are_team)

    async def _has_outsiders(self, channel: str) -> bool:
        members = await self._remembered(
            "members of", channel, REMEMBERED_S, lambda: self._members(channel)
        )
        for member in members:
            if await self._is_outsider(member):
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

    async def _channels_of(self, user: str) -> list[str]:
        found: list[str] = []
        kinds = "public_channel,private_channel,mpim"
        async for page in await self._client.users_conversations(
            user=user, types=kinds, limit=PAGE
        ):
            found += [channel["id"] for channel in page["channels"]]
        return found

    async def _remembered(
        self, kind: str, name: str, for_s: float, ask: Callable[[], Awaitable[T]]
    ) -> T:
        asked_at, known = self._known.get((kind, name), (0.0, None))
        if known is not None and self._clock() - asked_at < for_s:
            return cast("T", known)
        try:
            answer = await ask()
        except (SlackApiError, OSError, TimeoutError) as error:
            raise UnavailableError(
                f"Slack does not say who can read along ({_reason(error)}): ask again in a minute."
            ) from error
        self._known[kind, name] = (self._clock(), answer)
        return answer


def _reason(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error", "no reason given"))
    return type(error).__name__
