"""Questions and passages joined to inputs, as pure functions over random tokens."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from footnote.models.encoders.pairs import Form, Separators, Tokens, form_of_template
from footnote.models.errors import UnusableModelError
from tests.properties import holds_for

BEGIN, END, SEPARATOR = 1, 2, 3
tokens = st.lists(st.integers(10, 99), max_size=30)
few = st.lists(st.integers(1, 9), max_size=3).map(tuple)


@holds_for(few, few, few, tokens, tokens, st.integers(10, 60), st.booleans())
def test_an_input_holds_all_that_fits(  # noqa: PLR0913, PLR0917  a form has its parts
    before: tuple[int, ...],
    between: tuple[int, ...],
    after: tuple[int, ...],
    question: list[int],
    passage: list[int],
    length: int,
    passage_first: bool,  # noqa: FBT001  a drawn value
) -> None:
    """The form stays whole, nothing is longer than the limit, and no room is left unused."""
    form = Form(before, between, after, passage_first)
    made = form.filled(question, passage, length)
    room = length - form.length
    assert len(made) == min(length, form.length + len(question) + len(passage))
    asked = [token for token in made if token >= 10]
    taken = min(len(question), max(room // 2, room - len(passage)))
    kept = passage[: room - taken]
    assert asked == (kept + question[:taken] if passage_first else question[:taken] + kept)
    assert [token for token in made if token < 10] == [*before, *between, *after]


def separators(end: int, separator: int, *adds: str) -> Separators:
    """A vocabulary's, which adds some of "begin", "end" and "separator"; "pieces" is BERT's."""
    return Separators(
        BEGIN,
        end,
        separator,
        adds_begin="begin" in adds,
        adds_end="end" in adds,
        adds_separator="separator" in adds,
        word_pieces="pieces" in adds,
    )


@pytest.mark.parametrize(
    ("given", "form"),
    [
        # BERT as it is converted today, and as llama.cpp takes it by itself
        (separators(-1, END, "begin", "end", "pieces"), ((BEGIN,), (END,), (END,))),
        (separators(-1, END, "begin", "separator", "pieces"), ((BEGIN,), (END,), (END,))),
        # XLM-RoBERTa ends the question and separates it
        (separators(END, END, "begin", "end", "separator"), ((BEGIN,), (END, END), (END,))),
        (
            separators(END, SEPARATOR, "begin", "end", "separator"),
            ((BEGIN,), (END, SEPARATOR), (END,)),
        ),
        # a vocabulary that adds nothing
        (separators(END, -1), ((), (), ())),
    ],
)
def test_separators_stand_where_the_vocabulary_says(
    given: Separators, form: tuple[Tokens, Tokens, Tokens]
) -> None:
    """Begin, question, end and separator, passage, end, as far as the vocabulary adds them."""
    assert given.form() == Form(*form)


def test_a_template_may_have_the_passage_first() -> None:
    """What stands around the places is kept in its order."""
    form = form_of_template("a{document}b{query}c", lambda text: [ord(sign) for sign in text])
    assert form == Form((97,), (98,), (99,), passage_first=True)
    assert form.filled([7], [8, 8], 20) == [97, 8, 8, 98, 7, 99]


@pytest.mark.parametrize("template", ["", "{query}", "{query}{query}{document}", "{document}"])
def test_a_template_without_both_places_is_refused(template: str) -> None:
    """Scores by half a pair would mean nothing."""
    with pytest.raises(UnusableModelError, match="one place for the question"):
        form_of_template(template, lambda _: [])
