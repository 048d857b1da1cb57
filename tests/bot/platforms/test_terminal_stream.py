"""What a terminal shows of an answer while it is written."""

from __future__ import annotations

import io
import re

from hypothesis import strategies as st
from rich.console import Console
from rich.markdown import Markdown

from footnote.bot.platforms.terminal_stream import PlainStream, RichStream
from footnote.bot.questions import Block
from tests.properties import holds_for

STYLE = re.compile(r"\x1b\[[0-9;]*m")
WORDS = st.lists(
    st.sampled_from(
        [
            "days",
            "of",
            "**leave**",
            "`make test`",
            "請假",
            "a-very-long-word-indeed",
            "_one_",
            "x12",
        ]
    ),
    min_size=1,
    max_size=9,
).map(" ".join)
SENTENCES = st.builds(
    lambda gap, words: Block(f"{words}. [1]", gap), st.sampled_from([" ", "\n\n"]), WORDS
)
ITEMS = st.builds(
    lambda gap, words: Block(f"- {words} [2]", gap), st.sampled_from(["\n", "\n\n"]), WORDS
)
OTHERS = st.sampled_from(
    [
        Block("```sh\nmake test\n```", "\n\n"),
        Block("| a | b |\n|---|---|\n| 1 | 2 |", "\n\n"),
        Block("## A heading", "\n\n"),
        Block("1. First.", "\n"),
        Block("===", "\n"),
        Block("  - deeper", "\n"),
    ]
)
ANSWERS = st.lists(SENTENCES | ITEMS | OTHERS, min_size=1, max_size=6)


def _numbered(blocks: list[Block]) -> int:
    return sum(block.text.startswith("1.") for block in blocks)


def _console(width: int = 40) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, width=width, force_terminal=True, highlight=False), file


def _rendered(markdown: str, width: int = 40) -> list[str]:
    console, file = _console(width)
    console.print(Markdown(markdown))
    return _lines(file.getvalue())


def _lines(printed: str) -> list[str]:
    return [line.rstrip() for line in STYLE.sub("", printed).splitlines()]


@holds_for(ANSWERS, examples=25)
def test_nothing_that_is_shown_is_shown_again(blocks: list[Block]) -> None:
    """Each block only adds to what is there, and no code moves the cursor or takes a line back."""
    console, file = _console()
    stream = RichStream(console)
    before = ""
    for block in blocks:
        stream.add(block)
        now = file.getvalue()
        assert now.startswith(before)
        before = now
    stream.finish()
    assert "\x1b" not in STYLE.sub("", file.getvalue())


# Markdown itself numbers the items of a list, whatever numbers they have.
@holds_for(ANSWERS.filter(lambda blocks: _numbered(blocks) <= 1), examples=25)
def test_every_word_is_shown_once(blocks: list[Block]) -> None:
    """However it is broken into lines, all of the text is there, in order."""
    console, file = _console()
    stream = RichStream(console)
    for block in blocks:
        stream.add(block)
    stream.finish()
    words = [re.findall(r"\w+", block.text.replace("sh\n", "\n")) for block in blocks]
    shown = re.findall(r"\w+", STYLE.sub("", file.getvalue()).replace("\n", " "))
    wanted = [word.strip("_") for each in words for word in each]
    assert "".join(shown).replace("_", "") == "".join(wanted).replace("_", "")


@holds_for(st.lists(WORDS, min_size=1, max_size=6), st.integers(15, 90), examples=25)
def test_a_paragraph_looks_as_if_it_had_come_at_once(sentences: list[str], width: int) -> None:
    """Sentence after sentence fills the lines as the whole paragraph would."""
    console, file = _console(width)
    stream = RichStream(console)
    for sentence in sentences:
        stream.add(Block(f"{sentence}. [1]", " "))
    stream.finish()
    whole = " ".join(f"{sentence}. [1]" for sentence in sentences)
    assert _lines(file.getvalue()) == _rendered(whole, width)


def test_a_list_stays_together_and_paragraphs_apart() -> None:
    """A blank line stands where the answer has one, and nowhere else."""
    console, file = _console()
    stream = RichStream(console)
    for block in (
        Block("First. [1]"),
        Block("Second. [1]", " "),
        Block("- one [1]", "\n\n"),
        Block("- two [2]", "\n"),
        Block("  - deeper [2]", "\n"),
        Block("Last. [3]", "\n\n"),
    ):
        stream.add(block)
    stream.finish()
    assert _lines(file.getvalue()) == [
        "First. [1] Second. [1]",
        "",
        " • one [1]",
        " • two [2]",
        "    • deeper [2]",
        "",
        "Last. [3]",
    ]


def test_blocks_that_would_change_each_other_stay_apart() -> None:
    """Markdown reads a line below a table as its next row, and one of "=" as a heading's rule."""
    table = Block("| a | b |\n|---|---|\n| 1 | 2 |")
    console, file = _console()
    stream = RichStream(console)
    for block in (
        table,
        Block("Right below. [1]", "\n"),
        Block("A line.", "\n\n"),
        Block("=", "\n"),
    ):
        stream.add(block)
    stream.finish()
    lines = _lines(file.getvalue())
    assert lines[-5:] == ["Right below. [1]", "", "A line.", "", "="]


def test_a_document_cannot_give_the_terminal_orders() -> None:
    """Control characters are left out, in rendered and in plain text."""
    orders = "Clear\x1b[2J the\x07 screen\x9b2J\r now. [1]"
    console, file = _console()
    for stream in (RichStream(console), PlainStream(console)):
        stream.add(Block(orders))
        stream.finish()
    assert _lines(file.getvalue()) == ["Clear[2J the screen2J now. [1]"] * 2


@holds_for(ANSWERS, examples=25)
def test_a_pipe_gets_the_answers_markdown(blocks: list[Block]) -> None:
    """Byte for byte what the answer's text is, and one line end."""
    file = io.StringIO()
    stream = PlainStream(Console(file=file))
    for block in blocks:
        stream.add(block)
    stream.finish()
    text = blocks[0].text + "".join(block.gap + block.text for block in blocks[1:])
    assert file.getvalue() == text + "\n"
