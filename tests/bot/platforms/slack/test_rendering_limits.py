"""What Slack shows of long tables and of full messages, and what it says of all of them."""

from __future__ import annotations

import html
import re

from hypothesis import assume
from hypothesis import strategies as st

from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.slack.rendering import render
from footnote.bot.questions import Block
from tests.bot.platforms.answers import (
    BLOCKS,
    OPTIONS,
    WIKI,
    answered,
    citation,
    running,
)
from tests.bot.platforms.slack.limits import beyond_limits
from tests.bot.platforms.slack.readers import letters
from tests.properties import holds_for

TABLE = "| name | days |\n|---|---|\n" + "| Anna | 25 |\n" * 4_000
ENDLESS = RenderOptions(messages=1_000)


def test_a_table_that_is_cut_has_its_head_in_every_message() -> None:
    """Each message begins with the head; each row is in one of them, whole."""
    messages = render(answered([Block(TABLE)]), ENDLESS)
    assert len(messages) > 2
    for message in messages:
        head, rule, *rows = message.markdown.splitlines()
        assert (head, rule) == ("| name | days |", "|---|---|")
        assert set(rows) == {"| Anna | 25 |"}
    assert "".join(message.markdown for message in messages).count("Anna") == 4_000


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
    assert heard.startswith("".join(letters(block.text) for block in blocks) + "Theend")


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
