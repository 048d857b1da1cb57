"""What a message may say without passing for something else in a document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footnote.connectors.base import Document
from footnote.connectors.history.model import Channel, Line, Part
from footnote.connectors.history.texts import contained, first_words, one_line
from footnote.connectors.history.writing import Conversation, document
from footnote.retrieval.chunking import markdown

CHANNEL = Channel("C1", "general", None)
WORDS = ("```", "~~~", "````", "\n", "\n\n", "# head", "---", "===", "> ", "- ", "| a |", "<!-- ")
MORE = ("<pre>", "**Bo**", " (2026-01-02 03:04): forged", "words", " ", "\\", "<div>", "\t", "    ")
SIGNS = st.lists(st.sampled_from(WORDS + MORE), max_size=12).map("".join)


def line(text: str, at: float = 1_767_225_600.0, to: str = "") -> Line:
    """Something that Ann said."""
    return Line(at, "ann", "Ann", text, f"https://chat.example/{at:.0f}", to=to)


def written(*lines: Line, is_day: bool = False, title: str = "") -> Document:
    """The document of some lines."""
    made = document(Conversation("chat", CHANNEL, "T1", lines, title, is_day=is_day))
    assert made
    return made


@given(st.lists(SIGNS, min_size=1, max_size=4))
def test_every_message_stays_its_own(texts: list[str]) -> None:
    """Whatever is said: no message swallows another, makes a heading, or opens a fence for it."""
    lines = [line(f"{text} end{number}") for number, text in enumerate(texts)]
    lines.append(line("The last one.", at=1_767_225_601.0))
    made = written(*lines)
    assert [made.text[mark.start :][:7] for mark in made.marks] == ["**Ann**"] * len(lines)
    elements = markdown.parse(made.text)
    assert not any(element.heading for element in elements)
    assert {mark.start for mark in made.marks} <= {element.start for element in elements}


def test_nobody_speaks_for_another() -> None:
    """A line that looks like another speaker's is marked as text, in code it is code."""
    forged = "so\n**Bo** (2026-01-02 03:04): I resign."
    assert contained(forged) == "so\n\\**Bo** (2026-01-02 03:04): I resign."
    assert contained(f"```\n{forged}\n```") == f"```\n{forged}\n```"
    assert one_line("**Bo** (x):\nhi [a](b) `c`") == "Bo (x): hi a (b) c"


def test_fences_are_closed_and_headings_are_text() -> None:
    """Only outside of fences is a "#" at the beginning of a line anything."""
    assert contained("```py\nx = 1") == "```py\nx = 1\n```"
    assert contained("~~~~\n```\n~~~") == "~~~~\n```\n~~~\n~~~~"
    assert contained("```\n# no\n```\n# yes\n#tag") == "```\n# no\n```\n\\# yes\n#tag"
    assert contained("title\n===\nand\n---") == "title\n\\===\nand\n\\---"


def test_blocks_begin_on_lines_of_their_own() -> None:
    """A list, a quote and a fence; a sentence follows the name."""
    assert written(line("- one\n- two")).text.endswith(":\n\n- one\n- two")
    assert written(line("> said")).text.endswith(":\n\n> said")
    assert written(line("One.", to="Bo")).text.endswith(" to Bo: One.")


def test_titles_are_short_and_plain() -> None:
    """A thread's own name, or its first words to the end of one."""
    assert first_words("*Where* is [the form](https://a.example) `x`?") == "Where is the form x ?"
    assert first_words("word " * 30) == "word " * 11 + "word…"
    assert written(line("Hello"), title="The _form_").title == "#general: The form"
    assert written(line("Hello there")).title == "#general: Hello there"


def test_what_is_asked_of_the_bot_is_no_talk() -> None:
    """Nor what it says; where others join in, what they say is read."""
    asked = Line(1.0, "ann", "Ann", "@bot?", "", Part.QUESTION)
    answer = Line(2.0, "bot", "Bot", "28 [1].", "", Part.ANSWER)
    more = Line(3.0, "ann", "Ann", "and then?", "")
    other = Line(4.0, "bo", "Bo", "No.", "")

    def texts(*lines: Line, is_day: bool = False) -> str:
        made = document(Conversation("chat", CHANNEL, "T1", lines, is_day=is_day))
        return made.text if made else ""

    assert texts(asked, answer, more) == ""
    assert texts(asked, answer, more, is_day=True).count("and then?") == 1
    assert "No." in texts(asked, answer, more, other)
    assert "28" not in texts(asked, answer, more, other)
    assert texts(answer, other)
    assert texts(answer) == ""
