"""What people would see of a text that a contestant wrote: blocks, verification, the refusal."""

from __future__ import annotations

from dataclasses import dataclass

from footnote.bot.blocks import BlockSplitter, RawBlock
from footnote.bot.generators.base import Sampling
from footnote.bot.prompts import is_refusal
from footnote.bot.questions import Block
from footnote.bot.tuning.gate.items import Item
from footnote.bot.verifying.checking import BlockChecker
from footnote.bot.verifying.support import Verifier


@dataclass(frozen=True, slots=True)
class Seen:
    """A written text and what is shown of it.

    Attributes:
        written: The text as it was written.
        raw: Its blocks, up to a refusal that ends it.
        shown: What people see, as Markdown; "" where they are told that the sources do not say.
        cited: The prompt's numbers of the passages that it shows as its sources.
        blocks: How many blocks are shown.
        hidden: How many were left out as unsupported.
    """

    written: str
    raw: tuple[str, ...]
    shown: str
    cited: frozenset[int]
    blocks: int
    hidden: int

    @property
    def refused(self) -> bool:
        """Whether people are told that the sources do not hold the answer."""
        return not self.shown


class Eyes:
    """Shows a text as `Answerer` would, through the product's own splitter and checker."""

    def __init__(self, verifier: Verifier, *, mark: bool = False) -> None:
        """See with this verifier.

        Args:
            verifier: Decides what is supported.
            mark: Whether unsupported sentences are shown with a mark.
        """
        self._verifier = verifier
        self._mark = mark

    async def see(self, item: Item, written: str) -> Seen:
        """What is shown of a text that answers an item."""
        prompt = item.prompt(Sampling())
        checker = BlockChecker(prompt, self._verifier, verbatim=False, mark=self._mark)
        read: list[RawBlock] = []
        shown: list[Block] = []
        for raw in _blocks(written):
            read.append(raw)
            if not checker.shown and is_refusal(raw.text):
                break
            shown += await checker.check(raw)
        numbers = {numbered.passage.id: numbered.number for numbered in item.passages}
        return Seen(
            written,
            tuple(raw.text for raw in read),
            "".join(block.gap + block.text for block in shown).strip(),
            frozenset(numbers[each.passage.id] for block in shown for each in block.citations),
            len(shown),
            len(checker.unsupported),
        )


def _blocks(text: str) -> list[RawBlock]:
    splitter = BlockSplitter()
    return [*splitter.feed(text), *splitter.finish()]
