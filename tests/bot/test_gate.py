"""Whether passages can answer a question."""

from __future__ import annotations

import math
import random

import pytest

from footnote.bot.gate import Gate, Strictness, load_parameters
from footnote.retrieval.passages import Passage
from tests.bot.parts import Parts, parts, passage_of
from tests.library import HANDBOOK, cut

QUESTION = "How many days of annual leave does an employee get?"
LEAVE, TRAVEL = cut(HANDBOOK[0]), cut(HANDBOOK[1])
WORDS = "annual leave days employee hotel euros laptop the of a 28 [1] \n\n - # . ? 🎉".split(" ")


async def features(made: Parts, question: str, passages: tuple[Passage, ...]) -> dict[str, float]:
    """What the gate saw."""
    return dict((await made.gate.look(question, passages)).features)


async def test_no_passages_are_refused() -> None:
    """With nothing found there is nothing to answer from."""
    async with parts() as made:
        view = await made.gate.look(QUESTION, [])
    assert not view.passed
    assert view.score == -math.inf


async def test_features_stay_in_range(seed: int) -> None:
    """Whatever is asked of whatever text, shares are 0…1, cosines -1…1, the score finite."""
    draw = random.Random(seed)  # noqa: S311  no secret
    async with parts() as made:
        for _ in range(60):
            texts = [" ".join(draw.choices(WORDS, k=draw.randrange(12))) for _ in range(4)]
            passages = [passage_of(text, f"page{n}") for n, text in enumerate(texts[1:])]
            view = await made.gate.look(texts[0], passages)
            assert -1 <= view.features["passage_cosine"] <= 1.001
            assert -1 <= view.features["sentence_cosine"] <= 1.001
            assert 0 <= view.features["window_coverage"] <= 1.001
            assert 0 <= view.features["bm25"] <= 1
            assert math.isfinite(view.score)


async def test_more_passages_never_lower_a_feature() -> None:
    """Each feature is the best over the passages, so that one more cannot lower it."""
    async with parts() as made:
        alone = await features(made, QUESTION, TRAVEL)
        both = await features(made, QUESTION, (*TRAVEL, *LEAVE))
    assert all(both[name] >= alone[name] for name in alone)
    assert both["window_coverage"] > alone["window_coverage"]


async def test_the_answering_page_scores_higher() -> None:
    """The page that answers is let through, one on another topic is not."""
    async with parts() as made:
        right = await made.gate.look(QUESTION, LEAVE)
        wrong = await made.gate.look(QUESTION, TRAVEL)
    assert right.passed
    assert not wrong.passed
    assert right.score > wrong.score


async def test_saying_more_of_the_question_covers_more() -> None:
    """Each further word of the question in a sentence raises coverage."""
    said = ["Nothing.", "Annual.", "Annual leave.", "Annual leave of an employee."]
    async with parts() as made:
        covered = [
            (await features(made, QUESTION, (passage_of(text),)))["window_coverage"]
            for text in said
        ]
    assert covered == sorted(covered)
    assert len(set(covered)) == len(covered)


async def test_words_far_apart_cover_less() -> None:
    """Words count together only where three neighbouring sentences hold them."""
    near = passage_of("Annual days. Employee leave.")
    far = passage_of("Annual days. One. Two. Three. Employee leave.")
    async with parts() as made:
        assert (await features(made, QUESTION, (far,)))["window_coverage"] < (
            await features(made, QUESTION, (near,))
        )["window_coverage"]


@pytest.mark.parametrize("model", ["all-MiniLM-L6-v2@53aa51172d14", "another"])
def test_stricter_lets_less_through(model: str) -> None:
    """Each step of strictness asks for a higher score, with every embedder."""
    thresholds = load_parameters(model).thresholds
    assert (
        thresholds[Strictness.EAGER]
        < thresholds[Strictness.BALANCED]
        < thresholds[Strictness.STRICT]
    )


async def test_an_unknown_embedder_is_judged_by_words_alone() -> None:
    """Cosines of another model mean nothing to the fitted numbers; words still tell."""
    parameters = load_parameters("another")
    assert set(parameters.weights) <= {"window_coverage", "bm25"}
    async with parts() as made:
        gate = Gate(made.scorer, made.library.analyzer, parameters)
        right, wrong = await gate.look(QUESTION, LEAVE), await gate.look(QUESTION, TRAVEL)
    assert right.passed
    assert right.score > wrong.score


async def test_strictness_decides_by_its_threshold() -> None:
    """The same view passes or not by the strictness that was chosen."""
    question = "annual leave for elephants in the calendar of a zoo"
    async with parts() as made:
        analyzer, parameters = made.library.analyzer, load_parameters("another")
        for strictness in Strictness:
            gate = Gate(made.scorer, analyzer, parameters, strictness)
            view = await gate.look(question, LEAVE)
            assert view.passed is (view.score >= parameters.thresholds[strictness])
