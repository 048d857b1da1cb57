"""Thoughts never reach the answer."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from footnote.models.thoughts import KNOWN, Marks, ThoughtFilter, opened_by

THINK = KNOWN[0]
HARMONY = next(marks for marks in KNOWN if "analysis" in marks.opening)

words = st.text(alphabet="ab<|>/[]◁thinkcel \n", max_size=12)


def read(text: str, cuts: tuple[int, ...] = (), opened: Marks | None = None) -> str:
    """What is shown of a text that comes in pieces, cut at these places."""
    thoughts = ThoughtFilter(opened)
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    shown = [thoughts.feed(text[start:end]) for start, end in pairwise(places)]
    return "".join([*shown, thoughts.finish()])


def without_marks(text: str) -> bool:
    """Whether a text holds no mark."""
    return not any(mark in text for marks in KNOWN for mark in (marks.opening, marks.closing))


@pytest.mark.parametrize("marks", KNOWN, ids=lambda marks: marks.opening)
def test_a_thought_is_left_out(marks: Marks) -> None:
    """What stands between the marks of any family is not shown, nor are the marks."""
    text = f"{marks.opening}\nHmm. Secret.\n{marks.closing}\n\nThe answer. [1]"
    assert read(text) == "The answer. [1]"
    assert read(text, tuple(range(len(text)))) == "The answer. [1]"


@given(
    first=words,
    thoughts=st.lists(st.tuples(st.sampled_from(KNOWN), words, words), max_size=4),
    cuts=st.lists(st.integers(0, 200)),
)
def test_however_a_text_is_cut(
    first: str, thoughts: list[tuple[Marks, str, str]], cuts: list[int]
) -> None:
    """The visible texts are shown and no thought is, wherever the pieces end."""
    assume(all(map(without_marks, [first, *(text for _, *texts in thoughts for text in texts)])))
    # No mark holds a full stop, so that no text runs together with the mark after it.
    parts = [(marks, f"{thought}.", f"{seen}.") for marks, thought, seen in thoughts]
    first += "."
    text = first + "".join(f"{m.opening}{hidden}{m.closing}{seen}" for m, hidden, seen in parts)
    visible = first + "".join(seen for _, _, seen in parts)
    assert read(text, tuple(cuts)) == visible.lstrip()


@given(text=words, cuts=st.lists(st.integers(0, 20)))
def test_text_without_marks_is_shown_whole(text: str, cuts: list[int]) -> None:
    """A text that only begins like a mark is not held back for good."""
    if without_marks(text):
        assert read(text, tuple(cuts)) == text.lstrip()


def test_a_thought_that_the_prompt_opened_is_left_out() -> None:
    """Where the template has opened the thought, the text begins within it."""
    assert read("Secret.</think>Answer.", (3, 9, 12), THINK) == "Answer."


def test_a_thought_that_never_ends_shows_nothing() -> None:
    """A model that is cut off while it thinks has said nothing, and it can be told that it did."""
    thoughts = ThoughtFilter()
    assert thoughts.feed("<think>Secret") + thoughts.feed(" and more </thi") == ""
    assert (thoughts.finish(), thoughts.hidden) == ("", True)


def test_a_plain_answer_hides_nothing() -> None:
    """An answer without thoughts is shown at once, piece by piece."""
    thoughts = ThoughtFilter()
    assert [thoughts.feed(piece) for piece in ("\n Leave", " is ", "28 days")] == [
        "Leave",
        " is ",
        "28 days",
    ]
    assert (thoughts.finish(), thoughts.hidden) == ("", False)


def test_a_closing_mark_alone_is_dropped() -> None:
    """An empty thought of which only the end is seen leaves no mark in the answer."""
    assert read("</think>\n\nAnswer.") == "Answer."


def test_channels_end_with_the_final_one() -> None:
    """Everything that is said in other channels before the final one is a thought."""
    text = (
        "<|channel|>analysis<|message|>Secret.<|end|><|start|>assistant"
        "<|channel|>commentary<|message|>More.<|end|><|start|>assistant"
        "<|channel|>final<|message|>Answer."
    )
    assert read(text, tuple(range(0, len(text), 5))) == "Answer."


def test_the_marks_can_be_told_apart() -> None:
    """No mark holds another one, so that it never matters which is looked for first."""
    marks = {mark for each in KNOWN for mark in (each.opening, each.closing)}
    assert not [(one, other) for one, other in permutations(marks, 2) if one in other]


@pytest.mark.parametrize(
    ("prompt", "opened"),
    [
        ("<|im_start|>assistant\n", None),
        ("<|im_start|>assistant\n<think>\n", THINK),
        ("<|im_start|>assistant\n<think>\n\n</think>\n\n", None),
        ("<think></think><think>", THINK),
        ("<|start|>assistant<|channel|>analysis<|message|>", HARMONY),
    ],
)
def test_what_a_prompt_leaves_open(prompt: str, opened: Marks | None) -> None:
    """A thought is open where its last opening mark has no closing one after it."""
    assert opened_by(prompt) == opened
