"""The messages that show a question's view in Slack: a pure function.

view ──▶ pages (paper) ──▶ one message each; the last one has the footer below it
         │ segments: prose, tables, code      footer: sources or what is nearest, buttons
         └ prose: links to passages, and nothing else alive
"""

from __future__ import annotations

from dataclasses import replace

from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.pages.packing import Page, pages
from footnote.bot.platforms.slack.footer import Footer, answer_footer, running_footer
from footnote.bot.platforms.slack.limits import BLOCKS, BLOCKS_IN_ALL, size
from footnote.bot.platforms.slack.messages import SlackMessage, below
from footnote.bot.platforms.slack.paper import SlackPaper, spoken
from footnote.bot.platforms.wording import conclusion
from footnote.bot.questions import Answer, Block, Outcome, View

_ALONE = "What can be done with this answer."


def render(view: View, options: RenderOptions) -> tuple[SlackMessage, ...]:
    """The messages that show this, in order; none where there is nothing to show yet.

    A later view of the same question begins with the same Markdown as far as it shows the same
    blocks, and a message that is followed by another stays as it is. A withdrawn question shows
    nothing.
    """
    if view.answer is None:
        return _messages(
            pages(view.blocks, SlackPaper(), options.messages),
            running_footer(view.question, options),
            ended=False,
        )
    if view.answer.outcome is Outcome.WITHDRAWN:
        return ()
    return _answered(view.answer, options)


def _answered(answer: Answer, options: RenderOptions) -> tuple[SlackMessage, ...]:
    shown = pages(answer.blocks, SlackPaper(), options.messages)
    said = conclusion(answer)
    if not shown:
        alone = Block(said or "There is nothing to say.")
        shown, said = pages([alone], SlackPaper(), options.messages), ""
    return _messages(shown, answer_footer(answer, said, options), ended=True)


def _messages(shown: tuple[Page, ...], footer: Footer, *, ended: bool) -> tuple[SlackMessage, ...]:
    """A message for each page; the footer is below the last, or a message of its own."""
    messages = [SlackMessage(page.text, page.said(spoken), final=True) for page in shown]
    if not messages:
        return ()
    whole, last = messages[:-1], messages[-1]
    text = f"{last.text}\n\n{footer.spoken}" if footer.spoken else last.text
    footed = replace(last, text=text, below=below(footer.blocks), final=ended)
    if _fits(footed):
        return (*whole, footed)
    if ended:
        return (
            *whole,
            last,
            SlackMessage("", footer.spoken or _ALONE, below(footer.blocks), final=True),
        )
    return (*whole, replace(last, final=False))


def _fits(message: SlackMessage) -> bool:
    room = BLOCKS_IN_ALL - size(message.markdown)
    return size(message.below) <= room and len(message.blocks) <= BLOCKS
