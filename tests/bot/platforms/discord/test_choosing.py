"""Admins in Discord who promote an adapter, or keep the current one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot.platforms.discord.kind import open_discord
from footnote.bot.platforms.discord.settings import DiscordSettings, Token
from footnote.bot.platforms.telling import AsksAdmins
from footnote.bot.tuning.adapters import Adapter
from footnote.bot.tuning.registry import Registry
from tests.bot.platforms import serving
from tests.bot.platforms.discord.pressing import labels, told
from tests.bot.platforms.discord.scene import Scene, scene
from tests.bot.tuning.registry.made import filed
from tests.servers.discord.model import Message
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

TEXT = "The run **x** has passed its gate: see https://evil.example, @everyone."


@dataclass(slots=True)
class Asked:
    """Admins who are asked about an adapter.

    Attributes:
        s: Where.
        registry: What is decided.
        adapter: What it is about.
        bosses: Two admins.
        message: What they are asked.
    """

    s: Scene
    registry: Registry
    adapter: Adapter
    bosses: tuple[Person, Person]
    message: Message

    async def done(self, says: str) -> None:
        """Make sure that the message says so at its end, once it does, and has no buttons."""
        await self.s.discord.until(lambda: self.message.content.endswith(f"\n{says}"))
        assert not labels(self.message)


@asynccontextmanager
async def asked(folder: Path, text: str = TEXT) -> AsyncIterator[Asked]:
    """A message in the channel of the admins."""
    async with scene(folder) as s:
        admins = s.acme.channel("admins")
        manager = s.acme.role("manager", int(Permission.MANAGE_GUILD))
        bosses = s.acme.person("ann", manager), s.acme.person("bob", manager)
        registry = Registry(s.state)
        adapter = await filed(registry, folder, "friendly")
        settings = DiscordSettings(admin_channel=admins.id)
        services = serving.services_of(s.state, None)
        async with open_discord(settings, Token(s.discord.token), (), services) as platform:
            assert isinstance(platform, AsksAdmins)
            for _ in range(2):
                await platform.ask_admins(text, adapter.id, "key")
        (message,) = admins.messages.values()
        yield Asked(s, registry, adapter, bosses, message)


@pytest.mark.parametrize("button", ["Promote", "Keep"])
async def test_an_admin_decides(tmp_path: Path, button: str) -> None:
    """The message then says what and who, and has no buttons any more."""
    async with asked(tmp_path) as here:
        assert labels(here.message) == ["Promote", "Keep"]
        assert "https://evil.example" not in here.message.content
        ann, _ = here.bosses
        await ann.presses(here.message, button)
        said = {
            "Promote": f"<@{ann.id}> has promoted it: further answers are written with it.",
            "Keep": f"<@{ann.id}> has kept what was current: answers are written as before.",
        }[button]
        await here.done(said)
        current = await here.registry.current()
        assert current.adapter == (here.adapter.id if button == "Promote" else "")
        (choice,) = current.choices
        assert choice.by == f"discord:{ann.id}"


async def test_others_are_told_that_they_are_no_admins(tmp_path: Path) -> None:
    """They alone see it, and nothing is decided."""
    async with asked(tmp_path) as here:
        pressed = await here.s.alice.presses(here.message, "Promote")
        assert await told(here.s, pressed) == "Only admins can decide this: ask one of them."
        assert not (await here.registry.current()).choices
        assert labels(here.message) == ["Promote", "Keep"]


async def test_of_two_presses_the_first_holds(tmp_path: Path) -> None:
    """By the same admin or by two; who comes later is told, and nobody else."""
    async with asked(tmp_path) as here:
        ann, bob = here.bosses
        before = list(here.message.components)
        await ann.presses(here.message, "Keep")
        said = f"<@{ann.id}> has kept what was current: answers are written as before."
        await here.done(said)
        content = here.message.content.removesuffix(f"\n{said}")
        for who in (bob, ann):
            # Discord shows the buttons to somebody for a moment after they are gone.
            here.message.components, here.message.content = before, content
            pressed = await who.presses(here.message, "Promote")
            assert await told(here.s, pressed) == f"This was decided already. {said}"
            await here.done(said)
        assert (await here.registry.current()).adapter == ""
        assert len((await here.registry.current()).choices) == 1


async def test_what_another_platform_has_decided(tmp_path: Path) -> None:
    """Is said without a name that nobody here knows; a long message has room for it."""
    async with asked(tmp_path, "x" * 3_000) as here:
        await here.registry.settle(here.adapter.id, "slack:U1", promote=True)
        ann, _ = here.bosses
        pressed = await ann.presses(here.message, "Keep")
        said = "An admin on Slack has promoted it: further answers are written with it."
        await here.done(said)
        assert await told(here.s, pressed) == f"This was decided already. {said}"


async def test_a_comparison_that_holds_no_longer(tmp_path: Path) -> None:
    """Whoever promotes is told what to do, and the buttons stay."""
    async with asked(tmp_path) as here:
        other = await filed(here.registry, tmp_path, "other")
        await here.registry.promote(other.id, "eve at the command line")
        ann, _ = here.bosses
        pressed = await ann.presses(here.message, "Promote")
        assert "run footnote tune gate --run run-friendly again" in await told(here.s, pressed)
        assert labels(here.message) == ["Promote", "Keep"]
