"""From what a generator wrote to what may be shown: known numbers, supported sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from footnote.bot.blocks import RawBlock
from footnote.bot.citations import (
    Numbering,
    addresses,
    cited_numbers,
    without_foreign_links,
    without_markers,
)
from footnote.bot.generators.base import Prompt
from footnote.bot.markdown import FENCE, HEADING, LIST_ITEM, plain
from footnote.bot.questions import Block, Citation, Unsupported
from footnote.bot.verifying.sentences import Sentence
from footnote.bot.verifying.support import Verdict, Verifier, quoted_sentences

UNSUPPORTED_MARK = "(not found in the sources)"

_CODE_SHARE = 0.7
_LEAD_IN, _MARKED = 7, 8

_NO_QUOTATION = "it is no quotation of what it cites"
_NOT_CITED = "it cites nothing, and no passage says it"
_NO_CODE = "too little of this code stands in the passages"
_NO_ADDRESS = "it is empty, or names an address that no passage names"
_NO_NUMBER = "a number in it is in no passage"


@dataclass(frozen=True, slots=True)
class _Held:
    """A block that waits for a supported one.

    Attributes:
        block: What would be shown.
        level: 1 to 6 for a heading, then a lead-in, then a sentence with the mark.
    """

    block: Block
    level: int


@dataclass(frozen=True, slots=True)
class _Support:
    """What a claim stands on: passages by number, or why there are none."""

    found: tuple[tuple[int, Sentence], ...]
    reason: str = ""
    verdict: Verdict | None = None


class BlockChecker:
    """Turns raw blocks into blocks that may be shown, and keeps the numbering.

    Attributes:
        shown: How many blocks were let through.
        unsupported: What was written and failed, in order.
    """

    def __init__(self, prompt: Prompt, verifier: Verifier, *, verbatim: bool, mark: bool) -> None:
        """Check the blocks of one answer.

        Args:
            prompt: What the generator was given.
            verifier: Decides what is supported.
            verbatim: Every sentence is a quotation.
            mark: Show unsupported sentences with a mark, once a supported one is shown.
        """
        self.shown = 0
        self.unsupported: list[Unsupported] = []
        given = (*prompt.passages, *prompt.earlier)
        # What was given before under a number may be longer than what was found now.
        self._passages = {
            item.number: item.passage for item in given if item.number in prompt.allowed_citations
        }
        self._found = [item.number for item in prompt.passages if item.number in self._passages]
        self._everything = "\n".join(item.passage.searched for item in given)
        self._verifier = verifier
        self._verbatim = verbatim
        self._mark = mark
        self._numbering = Numbering()
        self._held: list[_Held] = []
        self._left_out = False
        self._gap = ""

    async def check(self, raw: RawBlock) -> list[Block]:
        """What may be shown now: nothing, this block, or it with what was held back for it.

        A heading or a line that ends in a colon claims nothing by itself; it is shown together
        with the first supported block after it, and never where there is none.
        """
        # Where a paragraph's first sentence is left out, the next one still begins a paragraph.
        raw = replace(raw, gap=_wider(self._gap, raw.gap))
        self._gap = ""
        if raw.code:
            return self._released(self._code(raw), raw)
        text = without_foreign_links(raw.text, self._everything)
        if level := _level(text):
            return self._hold(Block(without_markers(text), raw.gap), level)
        support = await self._support(without_markers(text), self._cited(text))
        block = self._sentence(text, raw.gap, support)
        if block is None:
            self._note(text, support, marked=self._mark)
        if block is None and self._mark and plain(text):
            marked = Block(f"{without_markers(text)} {UNSUPPORTED_MARK}", raw.gap)
            return [marked] if self.shown else self._hold(marked, _MARKED)
        return self._released(block, raw)

    def _hold(self, block: Block, level: int) -> list[Block]:
        """Keep a block back, unless its numbers are nowhere in the passages."""
        if level < _MARKED:
            self._drop_held(level if level < _LEAD_IN or self._left_out else _MARKED)
            quoted_heading = self._verbatim and level < _LEAD_IN
            known = _digits(block.text) <= _digits(self._everything)
            if not known:
                self._note(block.text, _Support((), _NO_NUMBER))
            if quoted_heading or not known:
                self._gap = _wider(block.gap, self._gap)
                return []
        self._held.append(_Held(replace(block, gap=_wider(self._gap, block.gap)), level))
        self._gap, self._left_out = "", False
        return []

    def _drop_held(self, level: int) -> None:
        """Forget what was held under a heading or lead-in that ends without a supported block."""
        while self._held and level <= self._held[-1].level < _MARKED:
            self._gap = _wider(self._held.pop().block.gap, self._gap)

    def _released(self, block: Block | None, raw: RawBlock) -> list[Block]:
        if block is None:
            self._gap, self._left_out = raw.gap, True
            return []
        in_list = raw.code or LIST_ITEM.match(raw.text) or raw.text.lstrip().startswith("|")
        if self._left_out and not in_list:
            self._drop_held(_LEAD_IN)
            block = replace(block, gap=_wider(self._gap, block.gap))
        blocks = [*(item.block for item in self._held), block]
        if not self.shown:
            blocks[0] = replace(blocks[0], gap="")
        self._held.clear()
        self._gap, self._left_out = "", False
        self.shown += 1
        return blocks

    def _code(self, raw: RawBlock) -> Block | None:
        """A code fence is shown, with its source, where most of its lines stand in a passage."""
        opening = FENCE.match(raw.text)
        fence = opening.group() if opening else "```"
        lines = [line.strip() for line in raw.text.split("\n")[1:]]
        closed = bool(lines) and lines[-1].startswith(fence.strip())
        lines = [line for line in (lines[:-1] if closed else lines) if line]
        if not lines or not addresses(raw.text) <= addresses(self._everything):
            self._note(raw.text, _Support((), _NO_ADDRESS))
            return None
        known = {
            number: [line for line in lines if line in passage.text]
            for number, passage in self._passages.items()
        }
        number = max(known, key=lambda n: (len(known[n]), -n), default=0)
        anywhere = {line for found in known.values() for line in found}
        if not anywhere or sum(line in anywhere for line in lines) < _CODE_SHARE * len(lines):
            self._note(raw.text, _Support((), _NO_CODE))
            return None
        indent = fence[: len(fence) - len(fence.lstrip())]
        text = raw.text if closed else f"{raw.text}\n{fence}"
        shown = self._numbering.of(number)
        passage = self._passages[number]
        start = passage.text.find(known[number][0])
        end = max(passage.text.rfind(line) + len(line) for line in known[number])
        citation = Citation(
            shown, passage, passage.text[start:end], passage.start + start, passage.start + end
        )
        return Block(f"{text}\n{indent}[{shown}]", raw.gap, (citation,))

    def _cited(self, text: str) -> list[int]:
        return [number for number in cited_numbers(text) if number in self._passages]

    def _sentence(self, text: str, gap: str, support: _Support) -> Block | None:
        found = support.found
        if not found:
            return None
        numbers = {number for number, _ in found}
        if not numbers & set(self._cited(text)):
            text = f"{without_markers(text)} " + "".join(f"[{n}]" for n in sorted(numbers))
        text = self._numbering.renumber(text, numbers.__contains__)
        return Block(text, gap, tuple(self._citation(n, s) for n, s in found))

    async def _support(self, claim: str, cited: list[int]) -> _Support:
        """Which passages support a claim: the cited ones, or else one that was not cited."""
        if self._verbatim:
            number_of = {self._passages[number].id: number for number in cited}
            quoted = quoted_sentences(claim, [self._passages[number] for number in cited])
            return _Support(
                tuple((number_of[sentence.passage.id], sentence) for sentence in quoted),
                _NO_QUOTATION,
            )
        if cited:
            together = [self._passages[number] for number in cited]
            verdict = await self._verifier.check(claim, together)
            if not verdict.supported:
                return _Support((), verdict.reason, verdict)
            return _Support(tuple([(n, s) for n in cited if (s := await self._nearest(claim, n))]))
        for number in self._found:
            verdict = await self._verifier.check(claim, [self._passages[number]])
            if verdict.supported and verdict.nearest:
                return _Support(((number, verdict.nearest),))
        return _Support((), _NOT_CITED)

    async def _nearest(self, claim: str, number: int) -> Sentence | None:
        return (await self._verifier.check(claim, [self._passages[number]])).nearest

    def _note(self, text: str, support: _Support, *, marked: bool = False) -> None:
        """Remember what failed, and why; markers alone claim nothing."""
        claim, verdict = without_markers(text).strip(), support.verdict
        if not claim:
            return
        failed = Unsupported(claim, support.reason, marked)
        if verdict:
            failed = replace(failed, coverage=verdict.coverage, cosine=verdict.cosine)
        self.unsupported.append(failed)

    def _citation(self, number: int, sentence: Sentence) -> Citation:
        return Citation(
            number=self._numbering.of(number),
            passage=sentence.passage,
            quote=sentence.text,
            start=sentence.start,
            end=sentence.end,
        )


def _level(text: str) -> int:
    """How a block is held back: as a heading, as a lead-in, or, with 0, not at all."""
    if HEADING.match(text):
        return len(text) - len(text.lstrip("#"))
    return _LEAD_IN if plain(without_markers(text)).endswith(":") else 0


def _digits(text: str) -> set[str]:
    return set(re.findall(r"\d+", plain(text)))


def _wider(first: str, second: str) -> str:
    """The gap with more line breaks."""
    return first if first.count("\n") > second.count("\n") else second
