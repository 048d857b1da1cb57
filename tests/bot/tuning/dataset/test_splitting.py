"""Training, validation and what is held out, with no leak between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import strategies as st

from footnote.bot.citations import cited_numbers, without_markers
from footnote.bot.generators.base import NumberedPassage
from footnote.bot.prompts import REFUSAL
from footnote.bot.tuning.dataset.likeness import alike, pieces
from footnote.bot.tuning.dataset.splitting import SPLITS, Split, groups, split
from footnote.bot.tuning.examples import Example
from tests.bot.tuning.made import example, passage
from tests.properties import holds_for

TOPICS = "leave travel laptop parking garage hotel receipt security badge contract".split()
WHAT = "days cost owner date limit".split()


def made(conversation: int, question: str, answer: str, document: str) -> Example:
    """An example of a conversation, whose answer rests on one document."""
    one = example(f"{conversation} {question} {answer} {document}", question=question)
    there = NumberedPassage(1, passage("Leave.", document))
    return replace(one, conversation=f"c{conversation}", answer=answer, passages=(there,))


QUESTIONS = st.builds(
    lambda what, topic, end: f"Which {what} has the {topic} of the company{end}",
    st.sampled_from(WHAT),
    st.sampled_from(TOPICS),
    st.sampled_from(("?", "!", " please?", " in general, and who decides on all of it?")),
)
ANSWERS = st.builds(
    lambda what, topic, end: f"The {topic} has {what}{end}",
    st.sampled_from(WHAT),
    st.sampled_from(TOPICS),
    st.sampled_from((". [1]", ", as always. [1]", ".")),
) | st.just(REFUSAL)
EXAMPLES = st.lists(
    st.builds(made, st.integers(0, 40), QUESTIONS, ANSWERS, st.sampled_from("abcdefgh")),
    min_size=1,
    max_size=20,
)


def documents(one: Example) -> set[str]:
    """The documents that an answer cites."""
    numbers = cited_numbers(one.answer)
    return {item.passage.document_id for item in one.passages if item.number in numbers}


def leaks(splits: dict[Split, list[Example]]) -> Iterator[tuple[Example, Example]]:
    """Pairs in two splits that belong together, found by trying all."""
    for first, second in combinations(splits.values(), 2):
        for one in first:
            for other in second:
                same_answer = (
                    REFUSAL not in (one.answer, other.answer)
                    and alike(
                        pieces(without_markers(one.answer)), pieces(without_markers(other.answer))
                    )
                    and bool(
                        documents(one) & documents(other) or not documents(one) | documents(other)
                    )
                )
                if (
                    one.conversation == other.conversation
                    or alike(pieces(one.question), pieces(other.question))
                    or same_answer
                ):
                    yield one, other


@holds_for(EXAMPLES, st.integers(0, 5), examples=40)
def test_nothing_leaks(examples: Sequence[Example], seed: int) -> None:
    """No conversation, near-duplicate question, or document with the same answer is in two splits.

    And each example is in one split exactly, in its order.
    """
    splits = split(examples, seed)
    assert not list(leaks(splits))
    dealt = [one for name in SPLITS for one in splits[name]]
    assert sorted(map(id, dealt)) == sorted(map(id, examples))
    for of_it in splits.values():
        places = [next(n for n, each in enumerate(examples) if each is one) for one in of_it]
        assert places == sorted(places)


@holds_for(EXAMPLES, EXAMPLES, st.integers(0, 5), examples=20)
def test_later_examples_move_no_others(
    examples: Sequence[Example], later: Sequence[Example], seed: int
) -> None:
    """An example moves only where it comes to hang together with an older one.

    Splits that would be empty are an exception: they are filled with what there is.
    """
    before, after = split(examples, seed), split([*examples, *later], seed)
    was = {id(one): name for name, of_it in before.items() for one in of_it}
    now = {id(one): name for name, of_it in after.items() for one in of_it}
    heads_before = heads(examples)
    heads_after = heads([*examples, *later])
    filled = any(len(of_it) < 2 for of_it in (*before.values(), *after.values()))
    for place, one in enumerate(examples):
        if heads_before[place] == heads_after[place] and not filled:
            assert was[id(one)] == now[id(one)]


def heads(examples: Sequence[Example]) -> dict[int, int]:
    """The first of the group that each belongs to."""
    return {place: first for first, of_it in groups(examples).items() for place in of_it}


def unlike(number: int) -> Example:
    """One of many that have nothing in common."""
    word = f"{number * 7919:x}" * 3
    return made(number, f"{word} {word[::-1]}?", f"{word[::-1]} it is. [1]", word)


def test_the_shares_are_kept(seed: int) -> None:
    """About seven, one and two of ten, and otherwise for another seed."""
    examples = [unlike(number) for number in range(400)]
    splits = split(examples, seed)
    sizes = {name: len(of_it) / 400 for name, of_it in splits.items()}
    assert sizes == {name: pytest.approx(share, abs=0.14) for name, share in SPLITS.items()}
    assert splits != split(examples, seed + 1)


@pytest.mark.parametrize("seed", range(10))
def test_no_split_is_empty_where_it_need_not_be(seed: int) -> None:
    """Three groups are enough for three splits; with fewer, training comes first."""
    assert [len(of_it) for of_it in split([unlike(n) for n in range(3)], seed).values()] == [1] * 3
    two = split([unlike(n) for n in range(2)], seed)
    assert len(two["train"]) == 1
    one = split([unlike(1)], seed)
    assert sum(map(len, one.values())) == 1


def test_what_comes_later_follows_what_was_there() -> None:
    """The same questions in other conversations go where the first ones are, and move none."""
    there = [unlike(number) for number in range(60)]
    later = [replace(one, conversation=f"later {one.conversation}") for one in there]
    before, after = split(there, 1), split([*there, *later], 1)
    assert {name: of_it[: len(before[name])] for name, of_it in after.items()} == before
    assert {name: len(of_it) for name, of_it in after.items()} == {
        name: 2 * len(of_it) for name, of_it in before.items()
    }


def test_the_same_answer_without_any_document_stays_together() -> None:
    """As with examples from files whose answers cite nothing; other answers do not."""
    one, other = (replace(unlike(number), answer="It is as it was agreed.") for number in (1, 2))
    assert len(groups([one, other])) == 1
    assert len(groups([one, replace(other, answer="Nobody has ever said so.")])) == 2
