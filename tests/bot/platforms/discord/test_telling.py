"""What admins are told in Discord without having asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import LostError
from footnote.bot.platforms.discord.kind import open_discord
from footnote.bot.platforms.discord.settings import DiscordSettings, Token
from footnote.bot.platforms.telling import TellsAdmins
from tests.bot.platforms import serving
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord.model import Channel
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

TEXT = "The source **docs** could not be synced: @everyone, see https://evil.example.\nI try again."


async def tell(s: Scene, channel: Channel | None, key: str) -> None:
    """Tell the admins of this channel something."""
    settings = DiscordSettings(admin_channel=channel.id if channel else None)
    services = serving.services_of(s.state, None)
    async with open_discord(settings, Token(s.discord.token), (), services) as platform:
        assert isinstance(platform, TellsAdmins)
        assert platform.tells_admins is (channel is not None)
        if channel:
            await platform.tell_admins(TEXT, key)


async def test_it_stands_in_the_channel_of_the_admins(tmp_path: Path) -> None:
    """Once for each key, in its lines; nobody is called, and nothing in it is alive."""
    async with scene(tmp_path, runs=False) as s:
        admins = s.acme.channel("admins")
        for key in ("first", "first", "second"):
            await tell(s, admins, key)
        await tell(s, None, "third")
        said = [message.content for message in admins.messages.values()]
        assert len(said) == 2
        assert said[0].endswith("\nI try again.")
        assert "https://evil.example" not in said[0]
        assert "**docs**" not in said[0]
        assert not any("@everyone" in text for text in said)


async def test_a_channel_where_the_bot_may_not_write(tmp_path: Path) -> None:
    """Is told as one sentence that says what to do; a lost answer is told as such."""
    async with scene(tmp_path, runs=False) as s:
        admins = s.acme.channel("admins")
        s.discord.faults.drop("create_message")
        with pytest.raises(LostError):
            await tell(s, admins, "key")
        bot = s.discord.application.bot
        s.acme.overwrite(admins, bot.id, deny=int(Permission.SEND_MESSAGES))
        with pytest.raises(UnavailableError, match=r"`admin_channel` in \[discord\] names"):
            await tell(s, admins, "other key")
