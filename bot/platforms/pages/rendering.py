"""The messages that show a question's view: a pure function, but for what a platform writes.

view ──▶ pages (paper) ──▶ one message each; the last one has the footer below it
         │ segments: prose, tables, code      footer: sources or what is nearest, buttons
         └ prose: links to passages, and nothing else alive
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.pages.packing import Page, pages
from footnote.bot.platforms.pages.paper import Paper
from footnote.bot.platforms.wording import NOTHING_TO_SAY, conclusion
from footnote.bot.questions import Answer, Block, Outcome, Question, View

M_co = TypeVar("M_co", covariant=True)


class Writer(Protocol[M_co]):
    """Makes a platform's messages of pages."""

    @property
    def paper(self) -> Paper:
        """What the messages are written on."""
        ...

    def whole(self, page: Page) -> M_co:
        """A message that another one follows, and that never changes again."""
        ...

    def running(self, last: Page, question: Question, options: RenderOptions) -> tuple[M_co, ...]:
        """The last page of an answer that is still made, with what stands under it."""
        ...

    def ended(
        self, last: Page, answer: Answer, said: str, options: RenderOptions
    ) -> tuple[M_co, ...]:
        """The last page of an answer, with what stands under it.

        Args:
            last: The page.
            answer: The answer.
            said: How it ended, if that is not said by the page itself, or "".
            options: What stands around the answer.
        """
        ...


def rendered(view: View, options: RenderOptions, writer: Writer[M_co]) -> tuple[M_co, ...]:
    """The messages that show this, in order; none where there is nothing to show yet.

    A later view of the same question begins with the same text as far as it shows the same blocks,
    and a message that is followed by another stays as it is. A withdrawn question shows nothing.
    """
    answer = view.answer
    if answer is None:
        shown = pages(view.blocks, writer.paper, options.messages)
        if not shown:
            return ()
        *whole, last = shown
        return (*map(writer.whole, whole), *writer.running(last, view.question, options))
    if answer.outcome is Outcome.WITHDRAWN:
        return ()
    said = conclusion(answer)
    shown = pages(answer.blocks, writer.paper, options.messages)
    if not shown:
        shown, said = _alone(said, writer.paper, options.messages), ""
    *whole, last = shown
    return (*map(writer.whole, whole), *writer.ended(last, answer, said, options))


def _alone(said: str, paper: Paper, most: int) -> tuple[Page, ...]:
    """How an answer ended that shows no block; something is said in any case."""
    return pages([Block(said)], paper, most) or pages([Block(NOTHING_TO_SAY)], paper, most)
