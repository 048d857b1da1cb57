"""From what a generator wrote to what may be shown: known numbers, supported sentences."""

from __future__ import annotations

from dataclasses import dataclass

from footnote.bot.blocks import RawBlock
from footnote.bot.citations import (
    Numbering,
    cited_numbers,
    without_foreign_links,
    without_markers,
)
from footnote.bot.generators.base import Prompt
from footnote.bot.markdown import HEADING, plain
from footnote.bot.questions import Block, Citation
from footnote.bot.sentences import Sentence
from footnote.bot.verification import Verifier, quoted_sentences

UNSUPPORTED_MARK = "(not found in the sources)"

_CODE_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class _Supported:
    text: str
    by: tuple[tuple[int, Sentence], ...]


class BlockChecker:
    """Turns raw blocks into blocks that may be shown, and keeps the numbering.

    Attributes:
        shown: How many blocks were let through.
    """

    def __init__(self, prompt: Prompt, verifier: Verifier, *, verbatim: bool, mark: bool) -> None:
        """Check the blocks of one answer.

        Args:
            prompt: What the generator was given.
            verifier: Decides what is supported.
            verbatim: Every sentence is a quotation.
            mark: Show unsupported sentences with a mark.
        """
        self.shown = 0
        self._passages = {
            item.number: item.passage
            for item in prompt.passages
            if item.number in prompt.allowed_citations
        }
        self._everything = "\n".join(p.passage.searched for p in prompt.passages)
        self._verifier = verifier
        self._verbatim = verbatim
        self._mark = mark
        self._numbering = Numbering()
        self._held: list[RawBlock] = []
        self._gap = ""

    async def check(self, raw: RawBlock) -> list[Block]:
        """What may be shown now: nothing, this block, or it with what was held back for it.

        A heading or a line that ends in a colon claims nothing by itself; it is shown together
        with the first supported block after it.
        """
        if raw.code:
            return self._released(self._code(raw))
        if HEADING.match(raw.text) or without_markers(raw.text).endswith(":"):
            self._held.append(raw)
            return []
        return self._released(await self._sentence(raw))

    def _released(self, block: Block | None) -> list[Block]:
        if block is None:
            return []
        held = [
            Block(without_foreign_links(without_markers(raw.text), self._everything), raw.gap)
            for raw in self._held
        ]
        self._held.clear()
        self.shown += 1
        return [*held, block]

    def _code(self, raw: RawBlock) -> Block | None:
        """A code fence is shown where most of its lines stand in the passages."""
        lines = [line.strip() for line in raw.text.splitlines()[1:-1] if line.strip()]
        known = sum(line in self._everything for line in lines)
        return Block(raw.text, raw.gap) if lines and known / len(lines) >= _CODE_SHARE else None

    async def _sentence(self, raw: RawBlock) -> Block | None:
        cited = [number for number in cited_numbers(raw.text) if number in self._passages]
        claim = without_markers(raw.text)
        found = await self._support(claim, cited)
        text = without_foreign_links(raw.text, self._everything)
        if not found:
            if not self._mark or not plain(claim):
                return None
            bare = without_foreign_links(claim, self._everything)
            return Block(f"{bare} {UNSUPPORTED_MARK}", raw.gap)
        numbers = {number for number, _ in found}
        if not numbers & set(cited):
            text = f"{without_markers(text)} " + "".join(f"[{n}]" for n in sorted(numbers))
        text = self._numbering.renumber(text, numbers.__contains__)
        return Block(text, raw.gap, tuple(self._citation(n, s) for n, s in found))

    async def _support(self, claim: str, cited: list[int]) -> tuple[tuple[int, Sentence], ...]:
        """Which passages support a claim: the cited ones, or else one that was not cited."""
        if self._verbatim:
            number_of = {self._passages[number].id: number for number in cited}
            quoted = quoted_sentences(claim, [self._passages[number] for number in cited])
            return tuple((number_of[sentence.passage.id], sentence) for sentence in quoted)
        if cited:
            together = [self._passages[number] for number in cited]
            if not (await self._verifier.check(claim, together)).supported:
                return ()
            return tuple([(n, s) for n in cited if (s := await self._nearest(claim, n))])
        for number, passage in self._passages.items():
            verdict = await self._verifier.check(claim, [passage])
            if verdict.supported and verdict.nearest:
                return ((number, verdict.nearest),)
        return ()

    async def _nearest(self, claim: str, number: int) -> Sentence | None:
        return (await self._verifier.check(claim, [self._passages[number]])).nearest

    def _citation(self, number: int, sentence: Sentence) -> Citation:
        return Citation(
            number=self._numbering.of(number),
            passage=sentence.passage,
            quote=sentence.text,
            start=sentence.start,
            end=sentence.end,
        )
