"""Showing an answer to all that only its asker has seen."""

from __future__ import annotations

from dataclasses import replace

from footnote.bot.audience import Audience
from footnote.bot.platforms.discord.rendering import render
from footnote.bot.platforms.discord.sending import Sending
from footnote.bot.platforms.discord.views import completed
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.questions import Answer, View


async def show_to_all(answer: Answer, sending: Sending) -> None:
    """Post the question and the answer in the channel where it was asked.

    Args:
        answer: The answer.
        sending: Brings it there.

    Raises:
        PlatformError: Discord has not taken it.
    """
    question = replace(answer.question, audience=Audience())
    # What people say of a private answer is its asker's to say.
    options = RenderOptions(suggest=False, feedback=False)
    view = View(question, answer.blocks, answer=replace(answer, question=question))
    shown = render(completed(view, asked=True), options)
    for number, message in enumerate(shown):
        await sending.post(question, message, f"{question.id}#shared{number}")
