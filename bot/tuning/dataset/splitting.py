"""Dealing examples out to training, validation and what is held out, without a leak.

A conversation is never cut, and neither are questions that are nearly the same, nor answers that
are and cite the same document: what is learned by heart must not pass for what was understood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Literal

from footnote.bot.citations import cited_numbers, without_markers
from footnote.bot.prompts import is_refusal
from footnote.bot.tuning.dataset.likeness import alike_pairs
from footnote.bot.tuning.examples import Example

Split = Literal["train", "validation", "heldout"]
SPLITS: dict[Split, float] = {"train": 0.7, "validation": 0.1, "heldout": 0.2}
"""The share of each, about."""


def split(examples: Sequence[Example], seed: int) -> dict[Split, list[Example]]:
    """The examples of each split, in their order.

    The place of a group of examples is that of its oldest conversation, by hash: whatever comes
    later, an example moves only where it joins an older one, or to fill a split that is empty.
    So what an adapter was once trained on does not come to be what the next one is tried with.

    Args:
        examples: The examples, oldest first.
        seed: Another one deals otherwise.
    """
    members = groups(examples)
    places = {first: _place(examples[first].conversation, seed) for first in members}
    dealt = {first: _split_at(place) for first, place in places.items()}
    for name in SPLITS:
        _fill(name, dealt, places)
    split_of = {place: dealt[first] for first, of_it in members.items() for place in of_it}
    return {
        name: [example for place, example in enumerate(examples) if split_of[place] == name]
        for name in SPLITS
    }


def groups(examples: Sequence[Example]) -> dict[int, list[int]]:
    """The places of examples that have to stay together, by that of the first of them."""
    first = list(range(len(examples)))

    def root(place: int) -> int:
        while first[place] != place:
            first[place] = first[first[place]]
            place = first[place]
        return place

    for one, other in _bonds(examples):
        low, high = sorted((root(one), root(other)))
        first[high] = low
    found: dict[int, list[int]] = defaultdict(list)
    for place in range(len(examples)):
        found[root(place)].append(place)
    return found


def _bonds(examples: Sequence[Example]) -> Iterator[tuple[int, int]]:
    """Pairs of places that have to stay together."""
    by_conversation: dict[str, int] = {}
    for place, example in enumerate(examples):
        yield place, by_conversation.setdefault(example.conversation, place)
    yield from alike_pairs([example.question for example in examples])
    yield from _same_answers(examples)


def _same_answers(examples: Sequence[Example]) -> Iterator[tuple[int, int]]:
    """Pairs whose answers are nearly the same and cite a document in common, or none at all."""
    by_document: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        if not is_refusal(example.answer):
            for document in _cited(example) or [""]:
                by_document[document].append(place)
    for places in (places for places in by_document.values() if len(places) > 1):
        answers = [without_markers(examples[place].answer) for place in places]
        yield from ((places[one], places[other]) for one, other in alike_pairs(answers))


def _cited(example: Example) -> Iterable[str]:
    numbers = set(cited_numbers(example.answer))
    found = (item for item in example.passages if item.number in numbers)
    return list(dict.fromkeys(item.passage.document_id for item in found))


def _place(conversation: str, seed: int) -> float:
    """Where a conversation is between 0 and 1, by chance, and always the same."""
    hashed = sha256(f"{seed}:{conversation}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(hashed[:8], "big") / 2**64


def _split_at(place: float) -> Split:
    reached = 0.0
    for name, share in SPLITS.items():
        reached += share
        if place < reached:
            return name
    return "heldout"


def _fill(name: Split, dealt: dict[int, Split], places: dict[int, float]) -> None:
    """Give a split that is empty a group of the one that has most, where that has another."""
    sizes = {other: list(dealt.values()).count(other) for other in SPLITS}
    largest = max(sizes, key=lambda other: sizes[other])
    if not sizes[name] and sizes[largest] > 1:
        rich = [first for first, of_it in dealt.items() if of_it == largest]
        dealt[max(rich, key=lambda first: places[first])] = name
