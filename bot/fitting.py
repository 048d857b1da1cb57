"""How much a prompt may hold: as much as is read in time, and as the context has room for.

Passages are dropped from the end, since the best come first, and earlier turns from the start.
Where turns have to go, half of them go at once: each time that the start of a prompt changes, a
generator has to read all of it anew.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from footnote.bot.generators.base import GenerationError, Generator, Prompt, Sampling
from footnote.bot.prompts import Draft, build_prompt
from footnote.retrieval.chunking.sentences import sentence_spans
from footnote.retrieval.passages import Passage

FIRST_BLOCK_TOKENS = 30
"""A sentence with its number, which has to be written before anybody sees anything."""


class QuestionTooLongError(GenerationError):
    """The question leaves no room for a single passage; its text is for the asker."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon an answer begins, where the generator knows how fast it is.

    Attributes:
        target_first_block_s: Seconds in which prompts are read and the first block is written.
        min_passage_tokens: Passages of so many tokens are read in any case, if there is room.
    """

    target_first_block_s: float = 6.0
    min_passage_tokens: int = 800


@dataclass(frozen=True, slots=True)
class Fitted:
    """A prompt that fits.

    Attributes:
        draft: What it is made of.
        prompt: The prompt.
        tokens: How many tokens it takes.
        unread: How many of them have to be read; the others were in the thread's last prompt.
    """

    draft: Draft
    prompt: Prompt
    tokens: int
    unread: int


def sampling_for(context_tokens: int) -> Sampling:
    """How tokens are chosen; an answer takes a quarter of the context at most."""
    sampling = Sampling()
    return replace(sampling, max_tokens=min(sampling.max_tokens, context_tokens // 4))


async def fitted(draft: Draft, generator: Generator, pace: Pace) -> Fitted:
    """The prompt for as much of a draft as fits.

    Turns stay as long as there is time with the passages that are read in any case; what time is
    left then is for further passages.

    Args:
        draft: All that would be given.
        generator: Counts tokens, and knows its context and its rates.
        pace: How soon the answer is to begin.

    Raises:
        GenerationError: Tokens cannot be counted.
        QuestionTooLongError: Not even the question fits with a sentence of a passage.
    """
    room = generator.context_tokens - draft.sampling.max_tokens
    limits = _Limits(room, tokens_in_time(generator, pace))
    whole = await _fitted(draft, generator)
    if limits.hold(whole):
        return whole
    alone = replace(draft, turns=())
    bare = await _fitted(replace(alone, passages=()), generator)
    least = bare.tokens + pace.min_passage_tokens
    always = max(1, await _first_passages(alone, generator, _Limits(min(room, least))))
    limits = replace(limits, unread=max(limits.unread, least))
    kept = draft
    while kept.turns and not limits.hold(await _fitted(_with(kept, always), generator)):
        kept = replace(kept, turns=kept.turns[(len(kept.turns) + 1) // 2 :])
    kept = replace(kept, passages=await _passages(kept, generator, limits))
    if draft.passages and not kept.passages:
        first = await _passages(_with(alone, 1), generator, _Limits(room))
        kept = replace(alone, passages=first)
    if bare.tokens > room or (draft.passages and not kept.passages):
        raise QuestionTooLongError(
            f"With this question {generator.name} has no room for a passage: ask a shorter one, "
            "or have context_tokens raised in the settings."
        )
    return await _fitted(kept, generator)


@dataclass(frozen=True, slots=True)
class _Limits:
    """How many tokens a prompt may have, and how many of them may be new."""

    tokens: float
    unread: float = math.inf

    def hold(self, made: Fitted) -> bool:
        return made.tokens <= self.tokens and made.unread <= self.unread


def tokens_in_time(generator: Generator, pace: Pace) -> float:
    """How much of a prompt may be new so that its first block comes within the target."""
    if generator.prefill_rate is None:
        return math.inf
    writing_s = FIRST_BLOCK_TOKENS / generator.decode_rate if generator.decode_rate else 0.0
    return generator.prefill_rate * max(0.0, pace.target_first_block_s - writing_s)


async def _fitted(draft: Draft, generator: Generator) -> Fitted:
    prompt = build_prompt(draft)
    tokens = await generator.count_tokens(prompt.messages)
    return Fitted(draft, prompt, tokens, tokens - generator.read_already(prompt))


def _with(draft: Draft, count: int) -> Draft:
    return replace(draft, passages=draft.passages[:count])


async def _first_passages(draft: Draft, generator: Generator, limits: _Limits) -> int:
    """How many passages, from the first on, fit."""

    async def fits(count: int) -> bool:
        return limits.hold(await _fitted(_with(draft, count), generator))

    return await _largest(len(draft.passages), fits)


async def _passages(draft: Draft, generator: Generator, limits: _Limits) -> tuple[Passage, ...]:
    """The passages that fit, the last of them cut behind a sentence where it has to be."""
    count = await _first_passages(draft, generator, limits)
    whole = draft.passages[:count]
    if count == len(draft.passages):
        return whole
    cuts = _beginnings(draft.passages[count])

    async def fits(sentences: int) -> bool:
        tried = replace(draft, passages=(*whole, cuts[sentences - 1]))
        return limits.hold(await _fitted(tried, generator))

    sentences = await _largest(len(cuts), fits)
    return (*whole, cuts[sentences - 1]) if sentences else whole


def _beginnings(passage: Passage) -> list[Passage]:
    """The passage up to the end of each sentence but the last."""
    ends = [end for _, end in sentence_spans(passage.text)][:-1]
    return [replace(passage, text=passage.text[:end], end=passage.start + end) for end in ends]


async def _largest(highest: int, fits: Callable[[int], Awaitable[bool]]) -> int:
    """The largest number up to `highest` that fits, where all smaller ones do; else 0."""
    low, high = 0, highest
    while low < high:
        middle = (low + high + 1) // 2
        if await fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
