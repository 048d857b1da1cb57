"""The messages that show a question's view in Slack: a pure function."""

from __future__ import annotations

from dataclasses import dataclass, replace

from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.pages.packing import Page
from footnote.bot.platforms.pages.rendering import rendered
from footnote.bot.platforms.slack.footer import Footer, answer_footer, running_footer
from footnote.bot.platforms.slack.limits import BLOCKS, BLOCKS_IN_ALL, size
from footnote.bot.platforms.slack.messages import SlackMessage, below
from footnote.bot.platforms.slack.paper import SlackPaper, spoken
from footnote.bot.questions import Answer, Question, View

_ALONE = "What can be done with this answer."


def render(view: View, options: RenderOptions) -> tuple[SlackMessage, ...]:
    """The messages that show this (see `rendered`); each begins with the Markdown that it had."""
    return rendered(view, options, _Writer(SlackPaper()))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes messages; a footer for which the last one has no room is a message of its own."""

    paper: SlackPaper

    def whole(self, page: Page) -> SlackMessage:
        return SlackMessage(page.text, page.said(spoken), final=True)

    def running(
        self, last: Page, question: Question, options: RenderOptions
    ) -> tuple[SlackMessage, ...]:
        message = replace(self.whole(last), final=False)
        footed = _footed(message, running_footer(question, options))
        return (footed if _fits(footed) else message,)

    def ended(
        self, last: Page, answer: Answer, said: str, options: RenderOptions
    ) -> tuple[SlackMessage, ...]:
        message = self.whole(last)
        footer = answer_footer(answer, said, options)
        footed = _footed(message, footer)
        if _fits(footed):
            return (footed,)
        alone = SlackMessage("", footer.spoken or _ALONE, below(footer.blocks), final=True)
        return (message, alone)


def _footed(message: SlackMessage, footer: Footer) -> SlackMessage:
    text = f"{message.text}\n\n{footer.spoken}" if footer.spoken else message.text
    return replace(message, text=text, below=below(footer.blocks))


def _fits(message: SlackMessage) -> bool:
    room = BLOCKS_IN_ALL - size(message.markdown)
    return size(message.below) <= room and len(message.blocks) <= BLOCKS
