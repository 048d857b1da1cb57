"""An answer of any length becomes messages that Slack takes, and nothing of it is lost."""

from __future__ import annotations

import html
import json
import random
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.slack.messages import SlackMessage
from footnote.bot.platforms.slack.paper import LEFT_OUT
from footnote.bot.platforms.slack.rendering import render
from footnote.bot.questions import Answer, Block, Outcome, Question, View
from tests.bot.platforms.slack.answers import (
    BLOCKS,
    CITED,
    FAMILY,
    LIVING,
    OPTIONS,
    SHAPES,
    WIKI,
    answered,
    citation,
    passage,
    running,
)
from tests.bot.platforms.slack.readers import alive, letters, mrkdwn
from tests.properties import holds_for

TEXT, MARKDOWN, IN_ALL, BLOCKS_AT_MOST, SECTION = 40_000, 12_000, 13_200, 50, 3_000
VALUE, LABEL, ACTION_ID, BUTTONS, CONTEXT = 2_000, 75, 255, 25, 10
ENDLESS = RenderOptions(messages=1_000)


def beyond_limits(message: SlackMessage) -> list[str]:
    """Each limit of Slack's that a message breaks; it may count signs beyond U+FFFF twice."""
    blocks = message.blocks
    found = []
    if not 0 < _length(message.text) <= TEXT:
        found.append("text")
    if _length(message.markdown) > MARKDOWN:
        found.append("markdown")
    if _length(json.dumps(blocks, ensure_ascii=False)) > IN_ALL:
        found.append("in all")
    if not 0 < len(blocks) <= BLOCKS_AT_MOST:
        found.append("blocks")
    if any(not 0 < _length(text) <= SECTION for text in mrkdwn(blocks)):
        found.append("section")
    for block in blocks:
        elements = block.get("elements", [])
        most = {"actions": BUTTONS, "context": CONTEXT, "context_actions": 5}
        if elements and len(elements) > most[block["type"]]:
            found.append(block["type"])
    found += [name for name, most in _parts(blocks) if most]
    json.dumps(blocks, ensure_ascii=False).encode()
    message.text.encode()
    return found


def _parts(part: Any) -> list[tuple[str, bool]]:
    if isinstance(part, list):
        return [beyond for each in part for beyond in _parts(each)]
    if not isinstance(part, dict):
        return []
    beyond = [
        ("value", len(part.get("value", "")) > VALUE),
        ("action_id", len(part.get("action_id", "")) > ACTION_ID),
        ("label", part.get("type") == "plain_text" and not 0 < len(part["text"]) <= LABEL),
        ("said", len(part.get("accessibility_label", "")) > LABEL),
    ]
    return beyond + [found for each in part.values() for found in _parts(each)]


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def words_of(blocks: Sequence[Block]) -> str:
    """The letters and digits of all blocks, in order."""
    return "".join(letters(block.text) for block in blocks)


def shown(messages: Sequence[SlackMessage]) -> str:
    """The letters and digits of all messages' Markdown, in order."""
    return "".join(letters(message.markdown) for message in messages)


def is_within(part: str, whole: str) -> bool:
    """Whether the signs of one text stand in the other in the same order."""
    rest = iter(whole)
    return all(sign in rest for sign in part)


def long_markdown(seed: int, length: int) -> str:
    """Markdown of everything at once."""
    drawn = random.Random(seed)  # noqa: S311  no secret
    pieces = [*LIVING, *SHAPES, " ", " ", " ", "\n", ". ", "word " * 9, "請假" * 40, "x" * 900]
    text = ""
    while len(text) < length:
        text += drawn.choice(pieces) * drawn.choice([1, 1, 1, 2, 40])
    return text[:length].replace("&", "+")


LONG = {
    "words": "A sentence of some words. " * 2_000,
    "one word": "a" * 50_000,
    "no space": "請假。" * 16_000,
    "emoji": FAMILY * 6_000,
    "combining": "e" + "\u0301" * 30_000,
    "right to left": "يوم من الإجازة " * 3_500,
    "escaped signs": "<>&" * 16_000,
    "quotes": '"\\' * 25_000,
    "lines": "- item [1]\n  - below [2]\n" * 2_000,
    "code": "```python\n" + "if a < b and c:\n    print(`x`)\n" * 1_800 + "```",
    "one line of code": "```\n" + "x" * 50_000 + "\n```",
    "open code": "Look:\n```\n" + "https://a.example and <!here>\n" * 1_700,
    "code in code": "````md\n" + "```\nx\n```\n" * 5_000 + "````",
    "inline code": "`" + "a b " * 12_500 + "`",
    "table": "| name | days |\n|---|---|\n" + "| Anna | 25 |\n" * 4_000,
    "wide table": "| a | b |\n|---|---|\n| " + "x" * 30_000 + " | y |\n| c | d |",
    "table of one head": "|" + "head |" * 5_000 + "\n|" + "---|" * 5_000 + "\n| c | d |",
    "citations": "It is so [1]. " * 3_500,
    "dots": "a.bb " * 10_000,
    "names": "a" + ".bb" * 16_000,
    "backticks": "`" * 50_000,
    "brackets": "](" * 25_000,
    "spaces": " \n" * 25_000 + "end",
}


@pytest.mark.parametrize("kind", LONG)
def test_one_block_of_50000_signs_becomes_messages(kind: str) -> None:
    """A block that is longer than a message is cut within, safely, and nothing of it is lost."""
    messages = render(answered([Block(LONG[kind], "", CITED)]), ENDLESS)
    assert [beyond_limits(message) for message in messages] == [[]] * len(messages)
    assert [alive(message, [WIKI]) for message in messages] == [[]] * len(messages)
    assert is_within(words_of([Block(LONG[kind])]), shown(messages))


@pytest.mark.parametrize("number", range(4))
def test_everything_at_once_becomes_messages(seed: int, number: int) -> None:
    """50,000 signs of everything, in blocks of any length, lose nothing and stay safe."""
    text = long_markdown(seed + number, 50_000)
    cuts = sorted(random.Random(seed).sample(range(50_000), number * 3))  # noqa: S311  no secret
    ends = [*cuts, 50_000]
    blocks = [Block(text[a:b], "\n", CITED) for a, b in zip([0, *cuts], ends, strict=True) if a < b]
    messages = render(answered(blocks), ENDLESS)
    assert [beyond_limits(message) for message in messages] == [[]] * len(messages)
    assert [alive(message, [WIKI]) for message in messages] == [[]] * len(messages)
    assert is_within(words_of(blocks), shown(messages))


def test_code_that_is_cut_is_code_in_every_message() -> None:
    """Each message closes its fence, and the next opens one of the same language."""
    messages = render(answered([Block(LONG["code"])]), ENDLESS)
    assert len(messages) > 2
    for message in messages:
        assert message.markdown.startswith("```python\n")
        assert message.markdown.endswith("\n```")
        assert message.markdown.count("```") == 2


def test_a_table_that_is_cut_has_its_head_in_every_message() -> None:
    """Each message begins with the head; each row is in one of them, whole."""
    messages = render(answered([Block(LONG["table"])]), ENDLESS)
    assert len(messages) > 2
    for message in messages:
        head, rule, *rows = message.markdown.splitlines()
        assert (head, rule) == ("| name | days |", "|---|---|")
        assert set(rows) == {"| Anna | 25 |"}
    assert "".join(message.markdown for message in messages).count("Anna") == 4_000


def test_words_signs_and_markers_are_not_cut() -> None:
    """A long block is cut between sentences, or words, or at least between signs and markers."""
    for message in render(answered([Block(LONG["words"])]), ENDLESS):
        assert message.markdown.endswith("words.")
    for message in render(answered([Block(LONG["emoji"])]), ENDLESS):
        assert message.markdown.startswith(FAMILY)
        assert message.markdown.endswith(FAMILY)
    messages = render(answered([Block("x[1]" * 5_000, "", CITED)]), ENDLESS)
    assert "".join(message.markdown for message in messages).count(f"[[1]({WIKI})]") == 5_000


def test_blocks_stay_whole_where_they_fit_a_message() -> None:
    """Messages are cut between blocks, each of which is in one of them."""
    blocks = [Block(f"{number} " + "word " * 400, "\n\n") for number in range(40)]
    messages = render(answered(blocks), ENDLESS)
    assert [message.markdown.count("word") % 400 for message in messages] == [0] * len(messages)
    assert all(len(message.markdown) > 8_000 for message in messages[:-1])


@holds_for(BLOCKS, examples=50)
def test_no_block_is_lost(blocks: list[Block]) -> None:
    """The words of all blocks are in the messages, in order, and so they are in the text."""
    blocks = [Block(block.text.replace("&", "+"), block.gap, block.citations) for block in blocks]
    messages = render(running(blocks), OPTIONS)
    assert shown(messages) == words_of(blocks)


@holds_for(BLOCKS, st.integers(1, 9), examples=50)
def test_the_text_always_carries_the_answer(blocks: list[Block], repeat: int) -> None:
    """Who hears the message hears every word of it; only a fence's language is left out."""
    blocks = [
        Block(block.text.replace("&", "+").replace("python", ""), block.gap, block.citations)
        for block in blocks
    ] * repeat
    assume(not any(re.search(r"(```|~~~)[`~]*[^\n`~]", block.text) for block in blocks))
    messages = render(answered([*blocks, Block("The end.", "\n\n")]), ENDLESS)
    heard = "".join(letters(html.unescape(message.text)) for message in messages)
    assert heard.startswith(words_of(blocks) + "Theend")


def test_a_block_longer_than_a_message_has_messages_of_its_own() -> None:
    """It begins a message, and what comes behind it follows in its last one."""
    blocks = [Block("Look:"), Block("Code:\n" + LONG["code"], "\n"), Block("That is it.", "\n\n")]
    first, second, *_, last = render(running(blocks), ENDLESS)
    assert first.markdown == "Look:"
    assert second.markdown.startswith("Code:")
    assert last.markdown.endswith("\n```\n\nThat is it.")


def test_what_is_left_out_is_marked_and_the_rest_stays() -> None:
    """An answer that fills too many messages says that there is more, where it ends."""
    blocks = [Block("word " * 2_000, "\n\n") for _ in range(9)]
    options = RenderOptions(messages=3)
    messages = render(answered(blocks), options)
    assert len(messages) == 3
    assert [LEFT_OUT in message.markdown for message in messages] == [False, False, True]
    assert [beyond_limits(message) for message in messages] == [[]] * 3
    before = render(running(blocks[:3]), options)
    assert messages[:2] == before[:2]
    assert messages[2].markdown.startswith(before[2].markdown)


@pytest.mark.parametrize("outcome", Outcome)
def test_titles_notes_and_ids_of_any_length_fit(outcome: Outcome) -> None:
    """However much stands under an answer, it is cut, and marked, to what Slack takes."""
    long_url = "https://wiki.example.org/?" + "&" * 1_900
    cited = tuple(
        citation(number, long_url if number % 3 else None, "<&>" * 300) for number in range(1, 200)
    )
    answer = Answer(
        Question("q" * 1_900, "?"),
        outcome,
        blocks=(Block("So it is. [1]", "", cited),),
        closest=tuple(passage(number, long_url, "t" * 5_000) for number in range(200)),
        note="&" * 60_000,
    )
    everything = RenderOptions(ask_person=True, share=True)
    for message in render(View(answer.question, answer=answer), everything):
        assert beyond_limits(message) == []


def test_a_footer_that_does_not_fit_is_a_message_of_its_own() -> None:
    """A full message stays as it was when the sources come."""
    cited = tuple(citation(number, f"{WIKI}/{number}") for number in range(1, 40))
    blocks = [Block("word " * 2_160 + "[1]", "", cited)]
    before = render(running(blocks), RenderOptions(cancel=False))
    full, footer = render(answered(blocks), OPTIONS)
    assert full.markdown == before[0].markdown
    assert footer.markdown == ""
    assert "[39] Leave" in footer.text
    assert footer.final
    assert beyond_limits(footer) == []
