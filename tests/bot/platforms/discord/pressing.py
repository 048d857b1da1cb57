"""Pressing what stands below an answer in Discord, for scenarios."""

from __future__ import annotations

from dataclasses import replace

from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.questions import Block
from tests.bot.platforms.answers import citation
from tests.bot.platforms.discord.scene import Scene
from tests.servers.discord.community import Community
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Channel, Message
from tests.servers.discord.people import Person

EXPERTS = "experts"


def asking(acme: Community) -> DiscordSettings:
    """Settings with a channel of people who can be asked."""
    return DiscordSettings(people=acme.channel(EXPERTS).id)


def experts_in(s: Scene) -> Channel:
    """That channel."""
    (found,) = [each for each in s.acme.guild.channels.values() if each.name == EXPERTS]
    return found


async def answered(
    s: Scene, text: str = "leave?", where: Channel | None = None, who: Person | None = None
) -> tuple[Message, Message]:
    """A question that mentions Footnote, and its answer, once it is final."""
    asked = await (who or s.alice).says(where or s.general, s.mention(text))
    return asked, await final(s, asked)


async def final(s: Scene, asked: Message | Interaction) -> Message:
    """The one message that answers a question, once it is final."""
    await s.ended(asked)
    await s.quiet()
    (answer,) = s.discord.replies_to(asked)
    return answer


def cited(restrictions: frozenset[str] | None = None) -> Block:
    """A block that cites something of a source for all, which may be restricted itself."""
    found = citation(1)
    passage = replace(found.passage, source="docs", restrictions=restrictions)
    return Block("28 days [1].", citations=(replace(found, passage=passage),))


async def privately(s: Scene, who: Person, block: Block) -> tuple[Interaction, Message]:
    """A question whose answer only one person sees, and that answer."""
    s.script.answers["leave"] = [block]
    asked = await who.slash("ask", s.general, question="leave?", private=True)
    answer = await final(s, asked)
    assert answer.only_for == who.id
    assert "28 days" in answer.content
    return asked, answer


async def told(s: Scene, interaction: Interaction, nth: int = 1) -> str:
    """What the one who pressed, and nobody else, is told."""
    answer = await s.discord.reply_to(interaction, nth=nth)
    assert answer.only_for == interaction.user.id
    return answer.content


def own(s: Scene, channel: Channel) -> list[Message]:
    """The messages of Footnote in a channel that everybody there sees, in order."""
    return [message for message in s.discord.messages_in(channel) if not message.ephemeral]


def thumb(message: Message, sign: str) -> str:
    """The custom id of a thumb below an answer."""
    (name,) = [
        part["custom_id"]
        for row in message.components
        for part in row["components"]
        if (part.get("emoji") or {}).get("name") == sign
    ]
    return str(name)


def labels(message: Message) -> list[str]:
    """What the buttons below a message are called."""
    return [
        part["label"]
        for row in message.components
        for part in row["components"]
        if part.get("label")
    ]
