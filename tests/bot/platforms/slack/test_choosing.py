"""Admins in Slack who promote an adapter, or keep the current one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot.platforms.slack.kind import open_slack
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens
from footnote.bot.platforms.telling import AsksAdmins
from footnote.bot.tuning.adapters import Adapter
from footnote.bot.tuning.registry import Registry
from tests.bot.platforms import serving
from tests.bot.platforms.slack.scene import Scene, scene
from tests.bot.platforms.slack.test_sharing import own
from tests.bot.tuning.registry.made import filed
from tests.servers.slack.people import Person
from tests.servers.slack.world import Message

pytestmark = pytest.mark.usefixtures("brisk")

TEXT = "The run <x> has passed its gate: see https://evil.example, <!channel>."
SETTINGS = SlackSettings(admin_channel="#admins")


@dataclass(slots=True)
class Asked:
    """Admins who are asked about an adapter.

    Attributes:
        room: Where.
        registry: What is decided.
        adapter: What it is about.
        bosses: Two admins.
        message: What they are asked.
    """

    room: Scene
    registry: Registry
    adapter: Adapter
    bosses: tuple[Person, Person]
    message: Message

    async def done(self, says: str) -> None:
        """Make sure that the message says so at its end, once it does, and has no buttons."""
        await self.room.slack.until(lambda: says in self.message.shown)
        assert [block["type"] for block in self.message.blocks] == ["section", "section"]
        assert self.message.text.startswith("The run &lt;x&gt; has passed")
        assert self.message.text.endswith(says)


@asynccontextmanager
async def asked(folder: Path) -> AsyncIterator[Asked]:
    """A message in the channel of the admins, in which others are as well."""
    async with scene(folder, SETTINGS) as room:
        bosses = room.acme.person("ann", admin=True), room.acme.person("bob", admin=True)
        admins = room.acme.channel("admins", *bosses, room.alice)
        registry = Registry(room.state)
        adapter = await filed(registry, folder, "friendly")
        settings = SETTINGS.model_copy(update={"api_url": room.slack.api_url})
        services = serving.services_of(room.state, None)
        async with open_slack(settings, Tokens((room.acme.bot_token,)), services) as platform:
            assert isinstance(platform, AsksAdmins)
            await platform.ask_admins(TEXT, adapter.id, "key")
        (message,) = own(room, admins)
        yield Asked(room, registry, adapter, bosses, message)


@pytest.mark.parametrize("button", ["promote", "keep"])
async def test_an_admin_decides(tmp_path: Path, button: str) -> None:
    """The message then says what and who, and has no buttons any more."""
    async with asked(tmp_path) as here:
        assert "<!" not in here.message.shown
        ann, _ = here.bosses
        assert (await ann.clicks(here.message, button)).ok
        said = {
            "promote": f"{ann.mention} has promoted it: further answers are written with it.",
            "keep": f"{ann.mention} has kept what was current: answers are written as before.",
        }[button]
        await here.done(said)
        current = await here.registry.current()
        assert current.adapter == (here.adapter.id if button == "promote" else "")
        (choice,) = current.choices
        assert choice.by == f"slack:{ann.id}"
        assert not ann.sees


async def test_others_are_told_that_they_are_no_admins(tmp_path: Path) -> None:
    """They alone see it, and nothing is decided."""
    async with asked(tmp_path) as here:
        assert (await here.room.alice.clicks(here.message, "promote")).ok
        (told,) = await here.room.slack.until(lambda: here.room.alice.sees)
        assert told.text == "Only admins can decide this: ask one of them."
        assert not (await here.registry.current()).choices
        assert "actions" in [block["type"] for block in here.message.blocks]


async def test_of_two_presses_the_first_holds(tmp_path: Path) -> None:
    """By the same admin or by two; who comes later is told, and nobody else."""
    async with asked(tmp_path) as here:
        ann, bob = here.bosses
        # Slack shows the buttons to somebody for a moment after they are gone.
        value, before = here.adapter.id, list(here.message.blocks)
        assert (await ann.clicks(here.message, "keep")).ok
        said = f"{ann.mention} has kept what was current: answers are written as before."
        await here.done(said)
        for who in (bob, ann):
            here.message.blocks[:] = before
            assert (await who.clicks(here.message, "promote")).ok
            (told,) = await here.room.slack.until(lambda: who.sees)  # noqa: B023  it is awaited here
            assert told.text == f"This was decided already. {said}"
            await here.done(said)
        assert value not in (await here.registry.current()).line
        assert len((await here.registry.current()).choices) == 1


async def test_what_the_command_line_has_decided(tmp_path: Path) -> None:
    """Counts as decided: the message says so at the next press."""
    async with asked(tmp_path) as here:
        await here.registry.promote(here.adapter.id, "eve <x> by hand")
        ann, _ = here.bosses
        assert (await ann.clicks(here.message, "keep")).ok
        await here.done(
            "eve &lt;x&gt; by hand has promoted it: further answers are written with it."
        )
        assert (await here.registry.current()).adapter == here.adapter.id


async def test_a_comparison_that_holds_no_longer(tmp_path: Path) -> None:
    """Whoever promotes is told what to do, and the buttons stay."""
    async with asked(tmp_path) as here:
        other = await filed(here.registry, tmp_path, "other")
        await here.registry.promote(other.id, "eve at the command line")
        ann, _ = here.bosses
        assert (await ann.clicks(here.message, "promote")).ok
        (told,) = await here.room.slack.until(lambda: ann.sees)
        assert "run footnote tune gate --run run-friendly again" in told.text
        assert "actions" in [block["type"] for block in here.message.blocks]


async def test_a_message_that_could_not_be_changed(tmp_path: Path) -> None:
    """Was decided about all the same; the next press changes it."""
    async with asked(tmp_path) as here:
        ann, bob = here.bosses
        here.room.slack.faults.drop("chat.update", taken=False)
        assert (await ann.clicks(here.message, "promote")).ok
        (told,) = await here.room.slack.until(lambda: ann.sees)
        assert told.text.endswith("please press the button again.")
        assert (await bob.clicks(here.message, "keep")).ok
        await here.done(f"{ann.mention} has promoted it: further answers are written with it.")
