"""Citations for what a person wrote, by the same verification that live answers go through."""

from __future__ import annotations

from dataclasses import dataclass

from footnote.bot.blocks import BlockSplitter
from footnote.bot.citations import without_markers
from footnote.bot.generators.base import Prompt
from footnote.bot.questions import Block
from footnote.bot.tuning.dataset.rebuilding import under_prompt_numbers
from footnote.bot.verifying.checking import BlockChecker
from footnote.bot.verifying.support import Verifier


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A sentence that no passage supports, and why; both "" where there is no sentence at all."""

    sentence: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return f'"{self.sentence}": {self.reason}' if self.sentence else "it claims nothing"


async def cited(text: str, prompt: Prompt, verifier: Verifier) -> str | Unsupported:
    """What a person wrote, as a live answer to this prompt would say it.

    Whole or not at all: with a sentence left out it is not what its author meant, and to teach a
    sentence that no passage supports is to teach making things up. Markers of the person's own are
    taken for the prompt's; where they are wrong, others are looked for.

    Args:
        text: What they wrote.
        prompt: What it answers.
        verifier: Decides what is supported.

    Returns:
        The text with the prompt's numbers, or the first sentence that no passage supports.

    Raises:
        ModelError: The embedder cannot be used.
    """
    made = await _shown(text, prompt, verifier)
    bare = without_markers(text)
    if isinstance(made, Unsupported) and bare != text.strip():
        made = await _shown(bare, prompt, verifier)
    return made


async def _shown(text: str, prompt: Prompt, verifier: Verifier) -> str | Unsupported:
    checker = BlockChecker(prompt, verifier, verbatim=False, mark=False)
    splitter = BlockSplitter()
    blocks: list[Block] = []
    for raw in (*splitter.feed(text), *splitter.finish()):
        blocks += await checker.check(raw)
        if checker.unsupported:
            first = checker.unsupported[0]
            return Unsupported(first.text, first.reason)
    shown = "".join(block.gap + block.text for block in blocks).strip()
    citations = [citation for block in blocks for citation in block.citations]
    return under_prompt_numbers(shown, citations, prompt) or Unsupported()
