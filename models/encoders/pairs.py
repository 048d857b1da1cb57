"""A question and a passage as the one input that a reranking model reads, in tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from footnote.models.errors import UnusableModelError

Tokens = tuple[int, ...]

_PLACES = re.compile(r"(\{query\}|\{document\})")


@dataclass(frozen=True, slots=True)
class Form:
    """What stands around and between a question and a passage.

    Attributes:
        before: Tokens before the first of them.
        between: Tokens between them.
        after: Tokens after the second.
        passage_first: Whether the passage comes first.
    """

    before: Tokens
    between: Tokens
    after: Tokens
    passage_first: bool = False

    @property
    def length(self) -> int:
        """How many tokens it takes by itself."""
        return len(self.before) + len(self.between) + len(self.after)

    def filled(self, question: Sequence[int], passage: Sequence[int], length: int) -> list[int]:
        """The whole input, of `length` tokens at most.

        A question is cut to a half of the room where the passage needs the rest, and the passage
        to what is left; both lose their ends.
        """
        room = length - self.length
        asked = question[: max(room // 2, room - len(passage))]
        read = passage[: room - len(asked)]
        first, second = (read, asked) if self.passage_first else (asked, read)
        return [*self.before, *first, *self.between, *second, *self.after]


@dataclass(frozen=True, slots=True)
class Separators:
    """A vocabulary's tokens for what begins, ends and separates texts; negative for none.

    Attributes:
        begin: Begins an input.
        end: Ends a text.
        separator: Stands between two texts.
        adds_begin: Whether inputs are begun with it.
        adds_end: Whether each text is ended with it.
        adds_separator: Whether a separator stands between two texts.
        word_pieces: Whether it is BERT's kind, whose inputs end with the separator in any case.
    """

    begin: int
    end: int
    separator: int
    adds_begin: bool
    adds_end: bool
    adds_separator: bool
    word_pieces: bool

    def form(self) -> Form:
        """The form of a pair: begin, question, what separates, passage, end."""
        end = self.end if self.end >= 0 else self.separator
        ended = (end,) if end >= 0 and (self.adds_end or self.word_pieces) else ()
        apart = ((end,) if self.adds_end and end >= 0 else ()) + (
            (self.separator,) if self.adds_separator and self.separator >= 0 else ()
        )
        begin = (self.begin,) if self.adds_begin and self.begin >= 0 else ()
        return Form(begin, apart or ended, ended)


def form_of_template(template: str, tokens: Callable[[str], Sequence[int]]) -> Form:
    """The form that a model's own template has, with {query} and {document} in it once each.

    Args:
        template: The template.
        tokens: Text of the template to tokens, special ones recognised.

    Raises:
        UnusableModelError: It lacks one of the two, or has one twice.
    """
    parts = _PLACES.split(template)
    places = parts[1::2]
    if sorted(places) != ["{document}", "{query}"]:
        raise UnusableModelError(
            "The model's template has not one place for the question and one for the passage: "
            "choose another reranking model."
        )
    before, between, after = (tuple(tokens(part)) for part in parts[::2])
    return Form(before, between, after, passage_first=places[0] == "{document}")
