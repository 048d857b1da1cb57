"""An answer of any length becomes messages that a platform takes, and nothing of it is lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from footnote.bot.platforms.options import RenderOptions
from footnote.bot.questions import Answer, Block, Outcome, Question, View
from tests.bot.platforms.answers import (
    BLOCKS,
    CITED,
    FAMILY,
    LIVING,
    SHAPES,
    WIKI,
    answered,
    citation,
    passage,
    running,
)
from tests.bot.platforms.discord.answers import QUESTION_ID
from tests.bot.platforms.pages.media import ENDLESS, Medium, in_each_medium
from tests.properties import holds_for

EVERYTHING = RenderOptions(ask_person=True, share=True, thread=True)
LONG: dict[str, Callable[[int], str]] = {
    "words": lambda n: "A sentence of some words. " * (n // 25),
    "one word": lambda n: "a" * n,
    "no space": lambda n: "請假。" * (n // 3),
    "emoji": lambda n: FAMILY * (n // 8),
    "combining": lambda n: "e" + "\u0301" * (n // 2),
    "right to left": lambda n: "يوم من الإجازة " * (n // 15),
    "signs": lambda n: "*_~|" * (n // 4),
    "escaped signs": lambda n: "<>&" * (n // 3),
    "quotes": lambda n: '"\\' * (n // 2),
    "quotations": lambda n: ">>> " * (n // 4),
    "headings": lambda n: "#### x\n" * (n // 7),
    "lines": lambda n: "- item [1]\n  - below [2]\n" * (n // 25),
    "code": lambda n: "```python\n" + "if a < b and c:\n    print(`x`)\n" * (n // 30) + "```",
    "one line of code": lambda n: "```\n" + "x" * n + "\n```",
    "open code": lambda n: "Look:\n```\n" + "https://a.example and <!here> or <@123>\n" * (n // 40),
    "code in code": lambda n: "````md\n" + "```\nx\n```\n" * (n // 10) + "````",
    "inline code": lambda n: "`" + "a b " * (n // 4) + "`",
    "table": lambda n: "| name | days |\n|---|---|\n" + "| Anna | 25 |\n" * (n // 13),
    "wide table": lambda n: "| a | b |\n|---|---|\n" + f"| {'x ' * 40}| y |\n" * (n // 87),
    "wider table": lambda n: "| a | b |\n|---|---|\n| " + "x" * (n // 2) + " | y |\n| c | d |",
    "table of one head": lambda n: f"|{'head |' * (n // 10)}\n|{'---|' * (n // 10)}\n| c | d |",
    "citations": lambda n: "It is so [1]. " * (n // 14),
    "dots": lambda n: "a.bb " * (n // 5),
    "names": lambda n: "a" + ".bb" * (n // 3),
    "backticks": lambda n: "`" * n,
    "brackets": lambda n: "](" * (n // 2),
    "spaces": lambda n: " \n" * (n // 2) + "end",
}  # fmt: skip
"""Texts of about so many signs."""

LENGTHS = [13_000, pytest.param(50_000, marks=pytest.mark.soak)]


def check(medium: Medium, messages: Sequence[Any], blocks: Sequence[Block]) -> None:
    """Within the limits, with nothing alive but citations, and with all letters of the blocks."""
    assert [medium.beyond_limits(message) for message in messages] == [[]] * len(messages)
    assert [medium.alive(message, [WIKI]) for message in messages] == [[]] * len(messages)
    words, shown = medium.words_of(blocks), medium.shown(messages)
    assert not Counter(words) - Counter(shown)
    if medium.keeps_order(blocks):
        assert is_within(words, shown)


def is_within(part: str, whole: str) -> bool:
    """Whether the signs of one text stand in the other in the same order."""
    rest = iter(whole)
    return all(sign in rest for sign in part)


def without_entities(blocks: Sequence[Block]) -> list[Block]:
    """The blocks such that each letter of them is one that is shown."""
    return [replace(block, text=block.text.replace("&", "+")) for block in blocks]


def long_markdown(seed: int, length: int) -> str:
    """Markdown of everything at once."""
    drawn = random.Random(seed)  # noqa: S311  no secret
    pieces = [*LIVING, *SHAPES, " ", " ", " ", "\n", ". ", "word " * 9, "請假" * 40, "x" * 900]
    text = ""
    while len(text) < length:
        text += drawn.choice(pieces) * drawn.choice([1, 1, 1, 2, 40])
    return text[:length]


@in_each_medium
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", LONG)
def test_one_long_block_becomes_messages(medium: Medium, kind: str, length: int) -> None:
    """A block that is longer than a message is cut within, safely, and nothing of it is lost."""
    blocks = [Block(LONG[kind](length), "", CITED)]
    check(medium, medium.render(answered(blocks), ENDLESS), blocks)


@in_each_medium
@pytest.mark.parametrize(
    "number", [0, 3, *(pytest.param(n, marks=pytest.mark.soak) for n in (1, 2))]
)
def test_everything_at_once_becomes_messages(medium: Medium, seed: int, number: int) -> None:
    """50,000 signs of everything, in blocks of any length, lose nothing and stay safe."""
    text = long_markdown(seed + number, 50_000)
    cuts = sorted(random.Random(seed).sample(range(50_000), number * 6))  # noqa: S311  no secret
    ends = [*cuts, 50_000]
    blocks = without_entities(
        [Block(text[a:b], "\n", CITED) for a, b in zip([0, *cuts], ends, strict=True) if a < b]
    )
    check(medium, medium.render(answered(blocks), ENDLESS), blocks)


@in_each_medium
@holds_for(BLOCKS, examples=25)
def test_no_block_is_lost(medium: Medium, blocks: list[Block]) -> None:
    """Every letter is shown, and where tables stay what they are, it alone and in order."""
    blocks = without_entities(blocks)
    messages = medium.render(running(blocks), ENDLESS)
    check(medium, messages, blocks)
    if medium.keeps_order(blocks):
        assert medium.shown(messages) == medium.words_of(blocks)


@in_each_medium
def test_code_that_is_cut_is_code_in_every_message(medium: Medium) -> None:
    """Each message closes its fence, and the next opens one of the same language."""
    messages = medium.render(answered([Block(LONG["code"](50_000))]), ENDLESS)
    assert len(messages) > 50_000 // medium.room
    for text in map(medium.text, messages):
        assert text.startswith("```python\n")
        assert text.endswith("\n```")
        assert text.count("```") == 2


@in_each_medium
def test_words_signs_and_markers_are_not_cut(medium: Medium) -> None:
    """A long block is cut between sentences, or words, or at least between signs and markers."""
    for message in medium.render(answered([Block(LONG["words"](50_000))]), ENDLESS):
        assert medium.text(message).endswith("words.")
    for message in medium.render(answered([Block(LONG["emoji"](50_000))]), ENDLESS):
        assert medium.text(message).startswith(FAMILY)
        assert medium.text(message).endswith(FAMILY)
    messages = medium.render(answered([Block("x[1]" * 1_000, "", CITED)]), ENDLESS)
    assert "".join(map(medium.text, messages)).count(medium.link) == 1_000


@in_each_medium
def test_blocks_stay_whole_where_they_fit_a_message(medium: Medium) -> None:
    """Messages are cut between blocks, each of which is in one of them, and are filled."""
    words = medium.room // 25
    blocks = [Block(f"{number} " + "word " * words, "\n\n") for number in range(40)]
    texts = list(map(medium.text, medium.render(answered(blocks), ENDLESS)))
    assert [text.count("word") % words for text in texts] == [0] * len(texts)
    assert all(len(text) > medium.room * 2 // 3 for text in texts[:-1])


@in_each_medium
def test_a_block_longer_than_a_message_has_messages_of_its_own(medium: Medium) -> None:
    """It begins a message, and what comes behind it follows in its last one."""
    blocks = [
        Block("Look:"),
        Block("Code:\n" + LONG["code"](50_000), "\n"),
        Block("That is it.", "\n\n"),
    ]
    first, second, *_, last = map(medium.text, medium.render(running(blocks), ENDLESS))
    assert first == "Look:"
    assert second.startswith("Code:")
    assert last.endswith("\n```\n\nThat is it.")


@in_each_medium
def test_what_is_left_out_is_marked_and_the_rest_stays(medium: Medium) -> None:
    """An answer that fills too many messages says that there is more, where it ends."""
    blocks = [Block("word " * (medium.room // 6), "\n\n") for _ in range(9)]
    options = RenderOptions(messages=3)
    messages = medium.render(answered(blocks), options)
    assert [medium.left_out in medium.text(each) for each in messages] == [False, False, True]
    assert [medium.beyond_limits(each) for each in messages] == [[]] * 3
    before = medium.render(running(blocks[:3]), options)
    assert messages[:2] == before[:2]
    assert medium.text(messages[2]).startswith(medium.text(before[2]))


@in_each_medium
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("part", ["<&>", "*_~", "\U0001f469", "a.bb "])
def test_titles_notes_and_ids_of_any_length_fit(
    medium: Medium, outcome: Outcome, part: str
) -> None:
    """However much stands under an answer, it is cut, and marked, to what the platform takes."""
    urls = (None, *(f"https://wiki.example.org/?{'&' * length}" for length in (470, 1_900)))
    cited = tuple(citation(number, urls[number % 3], part * 300) for number in range(1, 100))
    closest = tuple(passage(number, urls[number % 3], part * 2_000) for number in range(70))
    for question_id in (QUESTION_ID, "q" * 500, "q" * 1_900):
        blocks = (Block("So it is. [1]", "", cited),)
        question = Question(question_id, "?")
        answer = Answer(question, outcome, blocks=blocks, closest=closest, note=part * 20_000)
        messages = medium.render(View(question, answer=answer), EVERYTHING)
        assert [medium.beyond_limits(message) for message in messages] == [[]] * len(messages)
        if outcome in {Outcome.ANSWERED, Outcome.NOT_IN_SOURCES}:
            assert " more." in str([medium.below(message) for message in messages])
