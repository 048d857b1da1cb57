"""Better answers that people suggest in Discord, and admins who approve them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import discord

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.platforms.actions import Pressed
from footnote.bot.platforms.approvals import DENIED, Approvals
from footnote.bot.platforms.base import Approved, Feedback, PlatformError
from footnote.bot.platforms.discord import forms, replies
from footnote.bot.platforms.discord.buttons import approval_buttons, rows_of
from footnote.bot.platforms.discord.claiming import claimed
from footnote.bot.platforms.discord.events import NAME
from footnote.bot.platforms.discord.marks import nonce
from footnote.bot.platforms.discord.parts import Parts
from footnote.bot.platforms.discord.safety import escaped
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.platforms.discord.view import Controls, Form
from footnote.bot.questions import Question

WRITE = "Write what the answer should have been."
TAKEN = "Thank you: your correction is kept."
KEPT = "Thank you: this is kept as the answer."
APPROVED = "Approved by <@{}>: it is kept as the answer."
NOT_LOST = "This is what you wrote:"
QUESTION = 1_000
"""So much of a question is shown above a correction."""

_log = logging.getLogger(__name__)


class Correcting:
    """Takes what people suggest, and shows it to admins.

    Args:
        parts: The parts of the bot.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        services = parts.services
        self._approvals = Approvals(NAME, services.lookups, services.records, parts.intake)

    async def open(
        self, interaction: discord.Interaction, question_id: str, viewer: Audience
    ) -> None:
        """Open an answer for editing; admins can approve what they write.

        Raises:
            FootnoteError: It is no longer kept, or this person may not see it.
            PlatformError: Discord has not opened it.
        """
        answer = await self._parts.services.lookups.answer(question_id, viewer)
        if form := forms.suggestion(answer, admin=viewer.admin):
            with translated():
                await interaction.response.send_modal(Form(form))

    async def submitted(self, interaction: discord.Interaction, form: forms.Suggested) -> None:
        """A form was sent off, and is closed: what cannot be kept is given back.

        Raises:
            PlatformError: Discord has not shown what became of it.
        """
        asker = f"{NAME}:{interaction.user.id}"
        suggested = Feedback(form.question_id, asker, correction=form.text)
        try:
            if not await claimed(self._parts.services.records, interaction.id):
                return
            if not await replies.defer(interaction):
                return
            await self._keep(suggested, interaction.user, approve=form.approve)
        except FootnoteError as error:
            lost = f"{error}\n\n{NOT_LOST}\n{form.text}" if form.text else str(error)
            await replies.tell(interaction, lost)
            return
        await replies.say(interaction, KEPT if form.approve else TAKEN)
        if not form.approve:
            await self._show(suggested)

    async def approve(
        self, interaction: discord.Interaction, pressed: Pressed, admin: Audience
    ) -> None:
        """Keep a correction as the answer, and say so below it.

        Args:
            interaction: What an admin has pressed.
            pressed: What the button carries.
            admin: Whoever has pressed it.

        Raises:
            FootnoteError: They are no admin, or it was not kept.
            PlatformError: Discord has not shown that it was.
        """
        user = interaction.user.id
        approved = Approved(pressed.question_id, pressed.author, pressed.digest, f"{NAME}:{user}")
        await self._approvals.approve(approved, admin)
        with translated():
            await interaction.response.send_message(
                APPROVED.format(user), allowed_mentions=discord.AllowedMentions.none()
            )

    async def _keep(self, suggested: Feedback, user: discord.abc.User, *, approve: bool) -> None:
        if not suggested.correction:
            raise UnavailableError(WRITE)
        if approve and not await self._parts.people.may_command(user):
            raise UnavailableError(DENIED)
        by = suggested.asker if approve else ""
        await self._parts.intake.take(replace(suggested, approved_by=by))

    async def _show(self, suggested: Feedback) -> None:
        """Show it where admins are, if there is such a channel."""
        people = self._parts.settings.people
        if not people:
            return
        try:
            everybody = self._parts.people.channel_audience(people)
            await self._approvals.show(
                suggested, everybody, partial(self._post, int(people), suggested)
            )
        except (FootnoteError, PlatformError) as error:
            _log.warning("A correction was kept, and not shown to admins: %s", error)

    async def _post(
        self, channel: int, suggested: Feedback, question: Question, digest: str
    ) -> None:
        place = self._parts.client.get_partial_messageable(channel)
        *shown, last = replies.dealt("\n".join(_lines(suggested, question)))
        key = f"{question.id}#{suggested.asker}#{digest}"
        none = discord.AllowedMentions.none()
        buttons = list(approval_buttons(question.id, suggested.asker, digest))
        with translated():
            for number, text in enumerate(shown):
                await place.send(text, nonce=nonce(f"{key}#{number}"), allowed_mentions=none)
            await place.send(
                last, view=Controls(rows_of(buttons)), nonce=nonce(key), allowed_mentions=none
            )


def _lines(suggested: Feedback, question: Question) -> Iterator[str]:
    """What admins read of a correction; nothing in it is alive."""
    author = suggested.asker.removeprefix(f"{NAME}:")
    yield f"<@{author}> suggests a better answer to: {escaped(question.text[:QUESTION])}"
    for line in suggested.correction.splitlines():
        yield escaped(line)
