"""What Discord itself does not show around an answer: what was asked, and what is happening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from footnote.bot.platforms.discord.safety import escaped
from footnote.bot.questions import Block, View

QUESTION = 300
"""So much of a question is shown above its answer; more of it is cut, and marked by "…"."""


def completed(view: View, *, asked: bool) -> View:
    """A view with what Discord does not show.

    Args:
        view: The view.
        asked: Whether what was asked stands above the answer, as Discord shows of a command only
            its name.
    """
    if view.answer is None and not view.blocks and view.status:
        return replace(view, blocks=(Block(f"*{escaped(view.status)}*"),))
    if not asked or (view.answer is None and not view.blocks):
        return view
    question = Block(f"> {escaped(_shortened(view.question.text))}")
    blocks = (question, *_set_off(view.answer.blocks if view.answer else view.blocks))
    answer = replace(view.answer, blocks=blocks) if view.answer else None
    return replace(view, blocks=blocks, answer=answer)


def _set_off(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with a line before them."""
    return tuple(replace(block, gap="\n\n") if not at else block for at, block in enumerate(blocks))


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= QUESTION else f"{words[:QUESTION]}…"
