"""What everything that comes in from Discord is handled with."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from footnote.bot.platforms.base import Intake, Services
from footnote.bot.platforms.discord.people import People
from footnote.bot.platforms.discord.places import Places
from footnote.bot.platforms.discord.sending import Sending
from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.platforms.persons import Persons


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the bot in Discord.

    Attributes:
        client: Calls Discord.
        settings: How Footnote behaves there.
        intake: Takes what people do.
        services: What the platform may use of the rest.
        people: Knows who may see and do what.
        places: Knows which conversation a message belongs to.
        sending: Brings messages.
        persons: Who can be asked.
    """

    client: discord.Client
    settings: DiscordSettings
    intake: Intake
    services: Services
    people: People
    places: Places
    sending: Sending
    persons: Persons
