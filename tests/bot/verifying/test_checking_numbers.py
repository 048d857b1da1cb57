"""Whatever brackets a text has, a citation that comes out stands for an allowed passage."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from hypothesis import strategies as st

from footnote.bot.blocks import BlockSplitter
from footnote.bot.citations import cited_numbers
from footnote.bot.markdown import hide_code
from footnote.bot.questions import Block
from footnote.bot.verifying.checking import BlockChecker
from tests.bot.parts import parts, passage_of, prompt_of
from tests.properties import holds_for, texts

PASSAGES = tuple(
    passage_of(text, name)
    for name, text in (
        ("leave", "Every employee gets 28 days of annual leave."),
        ("travel", "Book trains with the travel desk."),
        ("setup", "Run the setup of the laptop.\n\n```sh\nmake setup\n```\n"),
    )
)
SAID = ("Every employee gets 28 days of annual leave", "Book trains with the travel desk", "make")
BRACKETS = (
    *("[1]", "[2]", "[3]", "[4]", "[99]", "[1-9]", "[2, 4]", "[[2]]", "[2](x)", "[3][1]", "[1;"),
    *(
        "[",
        "]",
        "(",
        ")",
        "[[",
        "]]",
        "[ 2 ]",
        "[^2]",
        "1]",
        "[2",
        "\\[3]",
        "\uff3b2\uff3d",
        "`[2]`",
    ),
    *(
        ". ",
        "\n",
        "\n\n",
        "- ",
        "> ",
        "# ",
        ":",
        "```\n",
        "make setup",
        "| ",
        "<a ",
        "=>",
        "`",
        "-",
    ),
)
_SHOWN_AS_NUMBER = re.compile(r"\[\s*\d{1,3}(?:\s*[-\u2013,;]\s*\d{1,3})*\s*\]")


async def _blocks(text: str, allowed: frozenset[int], *, verbatim: bool, mark: bool) -> list[Block]:
    prompt = replace(prompt_of("What?", PASSAGES), allowed_citations=allowed)
    splitter = BlockSplitter()
    async with parts(()) as made:
        checker = BlockChecker(prompt, made.verifier, verbatim=verbatim, mark=mark)
        raw = [*splitter.feed(text), *splitter.finish()]
        return [block for item in raw for block in await checker.check(item)]


@holds_for(
    st.lists(st.sampled_from((*SAID, *BRACKETS)) | texts(3), max_size=24).map("".join),
    st.frozensets(st.sampled_from([1, 2, 3])),
    st.booleans(),
    st.booleans(),
    examples=60,
)
def test_only_allowed_numbers_come_out(
    text: str,
    allowed: frozenset[int],
    verbatim: bool,  # noqa: FBT001  drawn
    mark: bool,  # noqa: FBT001  drawn
) -> None:
    """Each number in a shown text is one that its citations explain, of an allowed passage.

    Numbers run from 1 without a gap over all blocks, and nothing else looks like one.
    """
    blocks = asyncio.run(_blocks(text, allowed, verbatim=verbatim, mark=mark))
    known = {PASSAGES[number - 1].id for number in allowed}
    passages: dict[int, str] = {}
    for block in blocks:
        explained = {citation.number for citation in block.citations}
        assert set(cited_numbers(block.text)) <= explained
        for citation in block.citations:
            assert citation.passage.id in known
            assert passages.setdefault(citation.number, citation.passage.id) == citation.passage.id
        if "```" not in block.text:
            hidden, _ = hide_code(block.text)
            for shown in _SHOWN_AS_NUMBER.findall(hidden):
                assert {int(number) for number in re.findall(r"\d+", shown)} <= explained, block
    assert sorted(passages) == list(range(1, len(passages) + 1))
