"""An answer of any length becomes messages that Discord takes, and nothing of it is lost."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.paper import LEFT_OUT
from footnote.bot.platforms.discord.rendering import render
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.questions import Answer, Block, Outcome, Question, View
from tests.bot.platforms.discord.answers import BLOCKS, FORMS, OBEYED, QUESTION_ID, components
from tests.bot.platforms.discord.readers import alive, length, letters, read, texts_in
from tests.bot.platforms.slack.answers import (
    CITED,
    FAMILY,
    OPTIONS,
    WIKI,
    answered,
    citation,
    passage,
    running,
)
from tests.properties import holds_for

CONTENT, TITLE, DESCRIPTION, EMBEDS_IN_ALL = 2_000, 256, 4_096, 6_000
ROWS, IN_ROW, LABEL, OPTION, MENU, CUSTOM_ID, MARK = 5, 5, 80, 100, 25, 100, 9
ENDLESS = RenderOptions(messages=1_000)


def beyond_limits(message: DiscordMessage) -> list[str]:
    """Each limit of Discord's that a message breaks; signs beyond U+FFFF count twice."""
    embeds, rows = json.loads(message.embeds), json.loads(message.components)
    names = [each["custom_id"] for each in components(message)]
    message.content.encode()
    limits = {
        "content": message.content.strip() and length(message.content) <= CONTENT,
        "embeds": len(embeds) <= 10 and all(each["description"].strip() for each in embeds),
        "title": all(length(each.get("title", "")) <= TITLE for each in embeds),
        "description": all(length(each["description"]) <= DESCRIPTION for each in embeds),
        "in all": sum(map(length, texts_in(embeds))) <= EMBEDS_IN_ALL,
        "rows": len(rows) <= ROWS,
        "in a row": all(0 < len(row["components"]) <= IN_ROW for row in rows),
        "names": len(set(names)) == len(names),
        "name": all(length(name) + MARK <= CUSTOM_ID for name in names),
        "component": all(map(_is_component, components(message))),
    }
    return [limit for limit, is_kept in limits.items() if not is_kept]


def _is_component(each: dict[str, Any]) -> bool:
    if each["type"] == 2:
        return bool(each.get("emoji") or 0 < length(each["label"]) <= LABEL)
    options = each["options"]
    return 0 < len(options) <= MENU and all(
        0 < length(option["label"]) <= OPTION and 0 < length(option["value"]) <= OPTION
        for option in options
    )


def words_of(blocks: Sequence[Block]) -> str:
    """The letters and digits of all blocks, in order."""
    return "".join(letters(block.text) for block in blocks)


def shown(messages: Sequence[DiscordMessage]) -> str:
    """The letters and digits of all messages' content, in order."""
    return "".join(letters(message.content) for message in messages)


def check(messages: Sequence[DiscordMessage], blocks: Sequence[Block]) -> None:
    """Within the limits, with nothing alive but citations, and with all letters of the blocks."""
    assert [beyond_limits(message) for message in messages] == [[]] * len(messages)
    assert [alive(message, [WIKI]) for message in messages] == [[]] * len(messages)
    assert not Counter(words_of(blocks)) - Counter(shown(messages))


def long_markdown(seed: int, size: int) -> str:
    """Markdown of everything at once."""
    drawn = random.Random(seed)  # noqa: S311  no secret
    pieces = [*OBEYED, *FORMS, " ", " ", " ", "\n", ". ", "word " * 9, "請假" * 40, "x" * 900]
    text = ""
    while len(text) < size:
        text += drawn.choice(pieces) * drawn.choice([1, 1, 1, 2, 40])
    return text[:size].replace("&", "+")


LONG = {
    "words": "A sentence of some words. " * 2_000,
    "one word": "a" * 50_000,
    "no space": "請假。" * 16_000,
    "emoji": FAMILY * 6_000,
    "combining": "e" + "\u0301" * 30_000,
    "right to left": "يوم من الإجازة " * 3_500,
    "signs": "*_~|" * 12_500,
    "lines": "- item [1]\n  - below [2]\n" * 2_000,
    "code": "```python\n" + "if a < b and c:\n    print(`x`)\n" * 1_800 + "```",
    "one line of code": "```\n" + "x" * 50_000 + "\n```",
    "open code": "Look:\n```\n" + "https://a.example and <@123>\n" * 1_700,
    "code in code": "````md\n" + "```\nx\n```\n" * 5_000 + "````",
    "inline code": "`" + "a b " * 12_500 + "`",
    "table": "| name | days |\n|---|---|\n" + "| Anna | 25 |\n" * 3_500,
    "wide table": "| a | b |\n|---|---|\n" + ("| " + "x " * 40 + "| y |\n") * 600,
    "wider table": "| a | b |\n|---|---|\n| " + "x" * 30_000 + " | y |\n| c | d |",
    "table of one head": "|" + "head |" * 5_000 + "\n|" + "---|" * 5_000 + "\n| c | d |",
    "citations": "It is so [1]. " * 3_500,
    "names": "a" + ".bb" * 16_000,
    "backticks": "`" * 50_000,
    "brackets": "](" * 25_000,
    "quotes": ">>> " * 12_500,
    "headings": "#### x\n" * 7_000,
    "spaces": " \n" * 25_000 + "end",
}  # fmt: skip


@pytest.mark.parametrize("kind", LONG)
def test_one_block_of_50000_signs_becomes_messages(kind: str) -> None:
    """A block that is longer than a message is cut within, safely, and nothing of it is lost."""
    blocks = [Block(LONG[kind], "", CITED)]
    check(render(answered(blocks), ENDLESS), blocks)


@pytest.mark.parametrize("number", range(3))
def test_everything_at_once_becomes_messages(seed: int, number: int) -> None:
    """50,000 signs of everything, in blocks of any length, lose nothing and stay safe."""
    text = long_markdown(seed + number, 50_000)
    cuts = sorted(random.Random(seed).sample(range(50_000), number * 9))  # noqa: S311  no secret
    ends = [*cuts, 50_000]
    blocks = [Block(text[a:b], "\n", CITED) for a, b in zip([0, *cuts], ends, strict=True) if a < b]
    check(render(answered(blocks), ENDLESS), blocks)


@holds_for(BLOCKS, examples=60)
def test_no_block_is_lost(blocks: list[Block]) -> None:
    """Every letter is shown, in order but for tables; those of a table's head may come again."""
    blocks = [Block(block.text.replace("&", "+"), block.gap, block.citations) for block in blocks]
    messages = render(running(blocks), ENDLESS)
    check(messages, blocks)
    if not any("|" in block.text for block in blocks):
        assert shown(messages) == words_of(blocks)


def test_code_that_is_cut_is_code_in_every_message() -> None:
    """Each message closes its fence, and the next opens one of the same language."""
    messages = render(answered([Block(LONG["code"])]), ENDLESS)
    assert len(messages) > 20
    for message in messages:
        assert message.content.startswith("```python\n")
        assert message.content.endswith("\n```")
        assert read(message.content).code == [message.content]


def test_a_table_that_is_cut_has_its_head_in_every_message() -> None:
    """Each message begins with the head; each row is in one of them, whole."""
    messages = render(answered([Block(LONG["table"])]), ENDLESS)
    for message in messages:
        _, head, rule, *rows, _ = message.content.splitlines()
        assert (head, rule) == ("name | days", "-----+-----")
        assert set(rows) == {"Anna | 25"}
    assert shown(messages).count("Anna") == 3_500
    wide = render(answered([Block(LONG["wide table"])]), ENDLESS)
    assert all(message.content.startswith("- a: x x") for message in wide)


def test_words_signs_and_markers_are_not_cut() -> None:
    """A long block is cut between sentences, or words, or at least between signs and markers."""
    for message in render(answered([Block(LONG["words"])]), ENDLESS):
        assert message.content.endswith("words.")
    for message in render(answered([Block(LONG["emoji"])]), ENDLESS):
        assert message.content.startswith(FAMILY)
        assert message.content.endswith(FAMILY)
    messages = render(answered([Block("x[1]" * 500, "", CITED)]), ENDLESS)
    assert "".join(message.content for message in messages).count(f"[[1]](<{WIKI}>)") == 500


def test_blocks_stay_whole_where_they_fit_a_message() -> None:
    """Messages are cut between blocks, each of which is in one of them, and are filled."""
    blocks = [Block(f"{number} " + "word " * 80, "\n\n") for number in range(40)]
    messages = render(answered(blocks), ENDLESS)
    assert [message.content.count("word") % 80 for message in messages] == [0] * len(messages)
    assert all(len(message.content) > 1_500 for message in messages[:-1])


def test_what_is_left_out_is_marked_and_the_rest_stays() -> None:
    """An answer that fills too many messages says that there is more, where it ends."""
    blocks = [Block("word " * 380, "\n\n") for _ in range(9)]
    options = RenderOptions(messages=3)
    messages = render(answered(blocks), options)
    assert [LEFT_OUT in message.content for message in messages] == [False, False, True]
    assert [beyond_limits(message) for message in messages] == [[]] * 3
    before = render(running(blocks[:3]), options)
    assert messages[:2] == before[:2]
    assert messages[2].content.startswith(before[2].content)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("part", ["<&>", "*_~", "\U0001f469", "a.bb "])
def test_titles_notes_and_ids_of_any_length_fit(outcome: Outcome, part: str) -> None:
    """However much stands under an answer, it is cut, and marked, to what Discord takes."""
    long_url = "https://wiki.example.org/?" + "&" * 470
    cited = tuple(
        citation(number, long_url if number % 3 else None, part * 300) for number in range(1, 300)
    )
    everything = RenderOptions(ask_person=True, share=True, thread=True)
    for question_id in (QUESTION_ID, "q" * 500):
        question = Question(question_id, "?")
        answer = Answer(
            question,
            outcome,
            blocks=(Block("So it is. [1]", "", cited),),
            closest=tuple(passage(number, long_url, part * 2_000) for number in range(200)),
            note=part * 20_000,
        )
        for message in render(View(question, answer=answer), everything):
            assert beyond_limits(message) == []
            if outcome in {Outcome.ANSWERED, Outcome.NOT_IN_SOURCES}:
                assert " more." in message.embeds


def test_a_full_message_has_room_for_its_footer() -> None:
    """Sources and buttons have room of their own: they need no message more."""
    cited = tuple(citation(number, f"{WIKI}/{number}") for number in range(1, 40))
    (message,) = render(answered([Block("word " * 380, "", cited)]), OPTIONS)
    assert "[39] [Leave" in message.embeds
    assert beyond_limits(message) == []
