"""The messages that show a question's view in Discord: a pure function.

view ──▶ pages (paper) ──▶ one message each; the last one has the footer below it
         │ segments: prose, tables, code      footer: sources or what is nearest, buttons
         └ prose: links to passages, and nothing else alive
"""

from __future__ import annotations

from dataclasses import replace

from footnote.bot.platforms.discord.footer import Footer, answer_footer, running_footer
from footnote.bot.platforms.discord.messages import DiscordMessage, as_json
from footnote.bot.platforms.discord.paper import DiscordPaper
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.pages.packing import Page, pages
from footnote.bot.platforms.wording import conclusion
from footnote.bot.questions import Answer, Block, Outcome, View


def render(view: View, options: RenderOptions) -> tuple[DiscordMessage, ...]:
    """The messages that show this, in order; none where there is nothing to show yet.

    A later view of the same question begins with the same content as far as it shows the same
    blocks, and a message that is followed by another stays as it is. A withdrawn question shows
    nothing.
    """
    if view.answer is None:
        return _messages(
            pages(view.blocks, DiscordPaper(), options.messages),
            running_footer(view.question, options),
            ended=False,
        )
    if view.answer.outcome is Outcome.WITHDRAWN:
        return ()
    return _answered(view.answer, options)


def _answered(answer: Answer, options: RenderOptions) -> tuple[DiscordMessage, ...]:
    shown = pages(answer.blocks, DiscordPaper(), options.messages)
    said = conclusion(answer)
    if not shown:
        alone = Block(said or "There is nothing to say.")
        shown, said = pages([alone], DiscordPaper(), options.messages), ""
    return _messages(shown, answer_footer(answer, said, options), ended=True)


def _messages(
    shown: tuple[Page, ...], footer: Footer, *, ended: bool
) -> tuple[DiscordMessage, ...]:
    """A message for each page; the footer, which has room of its own, is below the last."""
    if not shown:
        return ()
    *whole, last = (DiscordMessage(page.text, final=True) for page in shown)
    footed = replace(
        last, embeds=as_json(footer.embeds), components=as_json(footer.rows), final=ended
    )
    return (*whole, footed)
