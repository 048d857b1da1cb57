"""What people press below an answer, and what they write into the form that opens."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import discord

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.actions import Action, Pressed
from footnote.bot.platforms.base import Chosen, Feedback, PlatformError
from footnote.bot.platforms.cancelling import cancel
from footnote.bot.platforms.discord import forms, replies
from footnote.bot.platforms.discord.buttons import pressed_in
from footnote.bot.platforms.discord.choosing import choose
from footnote.bot.platforms.discord.claiming import claimed
from footnote.bot.platforms.discord.continuing import continue_in_thread
from footnote.bot.platforms.discord.correcting import Correcting
from footnote.bot.platforms.discord.events import NAME
from footnote.bot.platforms.discord.marks import unmarked
from footnote.bot.platforms.discord.messages import JsonObject
from footnote.bot.platforms.discord.parts import Parts
from footnote.bot.platforms.discord.persons import PeopleChannel
from footnote.bot.platforms.discord.sharing import show_to_all
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.platforms.discord.view import embeds
from footnote.bot.platforms.sharing import Sharing

NOT_NOW = "Discord did not let me do that: please press the button again."
NOTED = "Thank you: this is noted."
CANCELLING = "It is being cancelled."
SHARED = "It is shared."

_SLOW = {Action.SHARE, Action.ASK_PERSON, Action.THREAD}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Press:
    """One button that one person has pressed."""

    what: Action
    pressed: Pressed
    interaction: discord.Interaction

    @property
    def user(self) -> str:
        return str(self.interaction.user.id)

    @property
    def channel(self) -> str:
        return str(self.interaction.channel_id)


class Interactions:
    """Does what buttons and forms say.

    Args:
        parts: The parts of the bot.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._sharing = Sharing(NAME, parts.services.lookups, parts.services.records)
        self._correcting = Correcting(parts)

    async def happened(self, interaction: discord.Interaction) -> None:
        """Somebody pressed a button or sent off a form; another bot's, or version's, is not ours.

        Discord brings it to every replica; the first one does it.
        """
        data = _unmarked(interaction)
        try:
            match interaction.type:
                case discord.InteractionType.component:
                    if (found := pressed_in(data)) and await self._is_first(interaction):
                        await self._pressed(_Press(*found, interaction))
                case discord.InteractionType.modal_submit:
                    if form := forms.suggested_in(data):
                        await self._correcting.submitted(interaction, form)
        except FootnoteError as error:
            await replies.tell(interaction, str(error))
        except PlatformError as error:
            _log.warning("What somebody pressed could not be done: %s", error)
            await replies.tell(interaction, NOT_NOW)

    async def _is_first(self, interaction: discord.Interaction) -> bool:
        return await claimed(self._parts.services.records, interaction.id)

    async def _pressed(self, press: _Press) -> None:
        """Do it, and reply to the one who pressed."""
        if press.what in _SLOW and not await replies.defer(press.interaction):
            return
        if said := await self._do(press):
            await replies.say(press.interaction, said)

    async def _do(self, press: _Press) -> str:
        """Do it; what is given back is for the one who pressed."""
        question_id, asker = press.pressed.question_id, f"{NAME}:{press.user}"
        match press.what:
            case Action.CANCEL:
                await cancel(self._parts.intake, question_id, asker, lambda: self._is_admin(press))
                return CANCELLING
            case Action.FEEDBACK:
                feedback = Feedback(question_id, asker, press.pressed.verdict)
                await self._parts.intake.take(feedback)
                return NOTED
            case Action.SHOW_PASSAGE:
                await self._show(press)
            case Action.SUGGEST:
                viewer = await self._viewer(press)
                await self._correcting.open(press.interaction, question_id, viewer)
            case Action.APPROVE:
                viewer = await self._viewer(press)
                await self._correcting.approve(press.interaction, press.pressed, viewer)
            case Action.PROMOTE | Action.KEEP:
                chosen = Chosen(press.pressed.adapter, press.what is Action.PROMOTE, asker)
                is_admin = await self._is_admin(press)
                await choose(chosen, self._parts.intake, press.interaction, is_admin=is_admin)
            case Action.SHARE:
                return await self._share(press)
            case Action.ASK_PERSON:
                board = PeopleChannel(self._parts.client, self._parts.settings.people, press.user)
                viewer = await self._viewer(press)
                return await self._parts.persons.ask(question_id, asker, viewer, board)
            case Action.THREAD:
                viewer = await self._viewer(press)
                answer = await self._parts.services.lookups.answer(question_id, viewer)
                return await continue_in_thread(self._parts, press.interaction, answer.question)
        return ""

    async def _is_admin(self, press: _Press) -> bool:
        return await self._parts.people.may_command(press.interaction.user)

    async def _viewer(self, press: _Press) -> Audience:
        """Whoever has pressed, with the roles that come with it."""
        people, user = self._parts.people, press.interaction.user
        audience = await people.audience(press.channel, press.user, private=True)
        return replace(audience, admin=await people.may_command(user))

    async def _show(self, press: _Press) -> None:
        """Show a passage in its surroundings to the one who asks for it."""
        number = press.pressed.number
        excerpts = await self._parts.services.lookups.passages(
            press.pressed.question_id, number, await self._viewer(press)
        )
        shown = forms.passage(number, excerpts)
        with translated():
            await press.interaction.response.send_message(
                shown.content,
                embeds=embeds(json.loads(shown.embeds)),
                ephemeral=True,
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def _share(self, press: _Press) -> str:
        """Show a private answer where it was asked, if all may see it there."""
        question_id, viewer = press.pressed.question_id, await self._viewer(press)
        answer = await self._parts.services.lookups.answer(question_id, viewer)
        everybody = self._parts.people.channel_audience(answer.question.address["channel"])
        await self._sharing.share(
            question_id, viewer, everybody, partial(show_to_all, sending=self._parts.sending)
        )
        return SHARED


def _unmarked(interaction: discord.Interaction) -> JsonObject:
    """What Discord says of an interaction, with the component's name as it was made."""
    data: Mapping[str, Any] = interaction.data or {}
    return {**data, "custom_id": unmarked(str(data.get("custom_id", "")))}
