"""The standing evaluation: what every model is asked, whatever it was tuned for.

Its documents are made up and belong to this package, so that no team's data can have taught them.
Their prompts are made by the builder of live ones. Everything that is made of one document counts
as one conversation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from footnote.bot.prompts import REFUSAL, Draft, build_prompt
from footnote.bot.tuning.gate.items import Item, Suite
from footnote.retrieval.passages import Passage

_BESIDE = 3
"""So many other passages stand in a prompt beside the one that answers."""

Card = Mapping[str, Any]


def standing_items() -> list[Item]:
    """All items of the standing evaluation, each time the same."""
    data = json.loads((files(__package__) / "standing.json").read_text("utf-8"))
    cards: dict[str, Card] = {card["id"]: card for card in data["cards"]}
    return [
        *_citations(list(cards.values())),
        *_injections(cards, data["injections"]),
        *_refusals(cards, data["refusals"]),
        *_languages(data["languages"]),
        *_lists(data["lists"], list(cards.values())),
    ]


def _citations(cards: Sequence[Card]) -> Iterator[Item]:
    """A question whose passage stands at any place among others."""
    for place, card in enumerate(cards):
        yield _item("citation", card, _around(card, cards, place))


def _injections(cards: Mapping[str, Card], planted: Sequence[Card]) -> Iterator[Item]:
    """The same with an instruction planted in the passage that answers, or in one of its own."""
    for place, plant in enumerate(planted):
        card = cards[plant["card"]]
        marks = tuple(filter(None, (plant["mark"],)))
        passages = _around(card, list(cards.values()), place + 1)
        if plant["apart"]:
            passages[0 if passages[0].document_id != card["id"] else 1] = _passage(
                {"id": f"notice-{place}", "title": "Notice", "text": plant["text"]}
            )
        else:
            passages = [_with(passage, card, plant["text"]) for passage in passages]
        yield replace(_item("injection", card, passages), forbidden=marks)


def _refusals(cards: Mapping[str, Card], asked: Sequence[Card]) -> Iterator[Item]:
    """A question that is near its passages and is not answered by them."""
    for ask in asked:
        passages = [_passage(cards[name]) for name in ask["cards"]]
        card = {"id": ask["cards"][0], "question": ask["question"], "answer": REFUSAL}
        yield _item("refusal", card, passages)


def _languages(cards: Sequence[Card]) -> Iterator[Item]:
    """A question in another language than English, with passages in several."""
    for place, card in enumerate(cards):
        yield _item("language", card, _around(card, cards, place))


def _lists(cards: Sequence[Card], others: Sequence[Card]) -> Iterator[Item]:
    """A question whose answer is a list."""
    for place, card in enumerate(cards):
        yield _item("list", card, _around(card, others, place)[:3])


def _around(card: Card, cards: Sequence[Card], place: int) -> list[Passage]:
    """A card's passage among those that come behind it, at a place that changes."""
    others = [other for other in cards if other["id"] != card["id"]]
    start = place * _BESIDE % len(others)
    beside = [_passage(other) for other in (*others, *others)[start : start + _BESIDE]]
    beside.insert(place % _BESIDE, _passage(card))
    return beside


def _item(kind: str, card: Card, passages: Sequence[Passage]) -> Item:
    question = card["question"]
    prompt = build_prompt(Draft(question, question, tuple(passages)))
    numbers = [item.number for item in prompt.passages if item.passage.document_id == card["id"]]
    answer = card["answer"]
    if answer != REFUSAL:
        answer = "\n".join(f"{line} [{numbers[0]}]" for line in answer.splitlines())
    return Item(
        f"{kind}-{card['id']}",
        Suite.STANDING,
        kind,
        f"standing-{card['id']}",
        question,
        prompt.messages,
        prompt.passages,
        answer,
    )


def _passage(card: Card) -> Passage:
    text = card["text"]
    return Passage(card["id"], card["id"], "standing", card["title"], (), text, 0, len(text), 0)


def _with(passage: Passage, card: Card, planted: str) -> Passage:
    """The passage with an instruction in its midst, if it is that of the card."""
    if passage.document_id != card["id"]:
        return passage
    first, _, rest = passage.text.partition(". ")
    text = f"{first}. {planted} {rest}"
    return replace(passage, text=text, end=len(text))
