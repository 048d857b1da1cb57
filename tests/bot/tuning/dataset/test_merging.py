"""What is nearly the same, and what has a better answer."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import strategies as st

from footnote.bot.prompts import REFUSAL, Draft
from footnote.bot.tuning.dataset.candidates import Candidate, Why
from footnote.bot.tuning.dataset.likeness import ALIKE, alike, alike_pairs, pieces
from footnote.bot.tuning.dataset.merging import merged
from footnote.bot.tuning.examples import Origin
from tests.properties import holds_for, texts

LEAVE = "How many days of annual leave does an employee get in a calendar year?"
IS_28 = "Every employee gets 28 days of annual leave. [1]"


def candidate(
    name: str,
    question: str = LEAVE,
    answer: str = IS_28,
    *,
    origin: Origin = Origin.PRAISED,
    at: float = 0.0,
) -> Candidate:
    """A candidate without passages."""
    draft = Draft(question, question, ())
    return Candidate(name, name, origin, draft, answer, at=at)


def names(*candidates: Candidate) -> tuple[list[str], dict[str, Why]]:
    """Which remain, and why the others go."""
    remaining, left = merged(candidates)
    return [item.name for item in remaining], {one.name: one.why for one in left}


def test_of_near_duplicates_the_latest_stays() -> None:
    """A word or a sign more, another case, other markers: the same question and the same answer."""
    assert names(
        candidate("old"),
        candidate("other", "Who orders a new laptop?", "The service desk does. [1]"),
        candidate("new", LEAVE.upper() + "!", IS_28.replace("[1]", "[2]"), at=5.0),
        candidate("middle", f"Hi, {LEAVE}", at=3.0),
    ) == (["other", "new"], {"old": Why.DUPLICATE, "middle": Why.DUPLICATE})


def test_the_same_question_has_its_best_answer() -> None:
    """A correction before a file, that before praise, that before a refusal, whenever they came."""
    better = (Origin.CORRECTED, Origin.FILE, Origin.PRAISED, Origin.REFUSAL)
    for place, origin in enumerate(better):
        worse = [
            candidate(
                other,
                answer=REFUSAL if other == "refusal" else f"Nobody knows {other}.",
                origin=other,
                at=9.0,
            )
            for other in better[place + 1 :]
        ]
        best = candidate("best", origin=origin, at=1.0)
        kept, gone = names(*worse, best)
        assert kept == ["best"]
        assert set(gone.values()) <= {Why.SUPERSEDED}


def test_other_numbers_are_another_question() -> None:
    """Leave in 2024 is not leave in 2025, and a question with another answer is another one."""
    kept, gone = names(
        candidate("2024", f"{LEAVE} 2024", f"{IS_28} 2024"),
        candidate("2025", f"{LEAVE} 2025", f"{IS_28} 2025"),
        candidate("lead", LEAVE, "Ask your team lead, who knows the contract. [2]"),
        candidate("law", f"{LEAVE} Really?", "It is what the law of the country says. [2]"),
    )
    assert kept == ["2024", "2025", "lead", "law"]
    assert not gone


def test_late_in_a_thread_questions_are_told_apart() -> None:
    """What they follow up on is the same for all of them; they are not."""
    before = "How are trains booked with the desk?\nWhich garage has places for bicycles in winter?"
    before += "\nDoes the finance office want receipts of every taxi ride within a month?"
    asked = {"one": "And who pays for it?", "two": "Where do I send receipts?"}
    drafts = {name: Draft(text, f"{text}\n{before}", ()) for name, text in asked.items()}
    kept, _ = names(*(replace(candidate(name), draft=draft) for name, draft in drafts.items()))
    assert kept == ["one", "two"]


def test_what_is_like_one_that_went_need_not_go() -> None:
    """Likeness does not add up along a chain."""
    words = (
        "alpha bravo carbon delta echoes foxtrot golfing hotels indigo juliet kilos limas".split()
    )
    chain = [" ".join(words[start : start + 9]) for start in range(4)]
    kept, gone = names(*(candidate(text, text, at=-number) for number, text in enumerate(chain)))
    assert kept == [chain[0], chain[2]]
    for name in gone:
        assert any(alike(pieces(name), pieces(stays)) for stays in kept)


@holds_for(st.lists(st.one_of(texts(30), st.sampled_from([LEAVE, LEAVE + "!", LEAVE[:-9]]))))
def test_pairs_are_those_that_share_enough(found: list[str]) -> None:
    """Every pair that is given is alike, and of what is equal everything hangs together."""
    pairs = list(alike_pairs(found))
    for later, earlier in pairs:
        assert earlier < later
        one, other = pieces(found[earlier]), pieces(found[later])
        assert len(one & other) / len(one | other) >= ALIKE
    first: dict[frozenset[str], int] = {}
    for place, text in enumerate(found):
        if (known := first.setdefault(pieces(text), place)) != place:
            assert (place, known) in pairs


def test_planted_near_duplicates_are_found(seed: int) -> None:
    """Of 60 questions with a letter more, hardly one is missed; none of 300 others is taken."""
    random_ = random.Random(seed)  # noqa: S311  questions, not secrets
    topics = "leave travel laptop parking garage hotel receipt security badge contract".split()
    others = [
        f"{random_.choice(['How', 'Why', 'Where'])} is {''.join(random_.choices('abcdefgh', k=12))}"
        f" of {random_.choice(topics)} {''.join(random_.choices('klmnopqr', k=12))} handled?"
        for _ in range(300)
    ]
    planted = [f"{text[:20]}x{text[20:]}" for text in others[:60]]
    pairs = set(alike_pairs([*others, *planted]))
    assert sum((300 + number, number) in pairs for number in range(60)) >= 55
    assert len(pairs) <= 60
