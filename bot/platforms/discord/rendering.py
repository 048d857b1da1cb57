"""The messages that show a question's view in Discord: a pure function."""

from __future__ import annotations

from dataclasses import dataclass, replace

from footnote.bot.platforms.discord.footer import Footer, answer_footer, running_footer
from footnote.bot.platforms.discord.messages import DiscordMessage, as_json
from footnote.bot.platforms.discord.paper import DiscordPaper
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.pages.packing import Page
from footnote.bot.platforms.pages.rendering import rendered
from footnote.bot.questions import Answer, Question, View


def render(view: View, options: RenderOptions) -> tuple[DiscordMessage, ...]:
    """The messages that show this (see `rendered`); each begins with the content that it had."""
    return rendered(view, options, _Writer(DiscordPaper()))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes messages; the footer has room of its own in the last one."""

    paper: DiscordPaper

    def whole(self, page: Page) -> DiscordMessage:
        return DiscordMessage(page.text, final=True)

    def running(
        self, last: Page, question: Question, options: RenderOptions
    ) -> tuple[DiscordMessage, ...]:
        return (_footed(replace(self.whole(last), final=False), running_footer(question, options)),)

    def ended(
        self, last: Page, answer: Answer, said: str, options: RenderOptions
    ) -> tuple[DiscordMessage, ...]:
        return (_footed(self.whole(last), answer_footer(answer, said, options)),)


def _footed(message: DiscordMessage, footer: Footer) -> DiscordMessage:
    return replace(message, embeds=as_json(footer.embeds), components=as_json(footer.rows))
