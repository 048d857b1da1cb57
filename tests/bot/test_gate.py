"""Whether passages can answer a question."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

import pytest

from footnote.bot.app import assemble
from footnote.bot.gate import WORDED, Gate, GateView, Strictness, load_parameters
from footnote.bot.verifying.sentences import SentenceScorer
from footnote.retrieval.passages import Passage
from footnote.retrieval.search import Query
from tests.bot.parts import BY_WORDS, Parts, parts, passage_of
from tests.hashing import HashEmbedder, TellingEmbedder
from tests.library import HANDBOOK, cut, library

QUESTION = "How many days of annual leave does an employee get?"
MINILM = "all-MiniLM-L6-v2@53aa51172d14"
LEAVE, TRAVEL = cut(HANDBOOK[0]), cut(HANDBOOK[1])
WORDS = "annual leave days employee hotel euros laptop the of a 28 [1] \n\n - # . ? 🎉".split(" ")


async def features(made: Parts, question: str, passages: tuple[Passage, ...]) -> dict[str, float]:
    """What the gate saw."""
    return dict((await made.gate.look(Query(question), passages)).features)


async def test_no_passages_are_refused() -> None:
    """With nothing found there is nothing to answer from."""
    async with parts() as made:
        view = await made.gate.look(Query(QUESTION), [])
    assert not view.passed
    assert view.score == -math.inf


async def test_features_stay_in_range(seed: int) -> None:
    """Whatever is asked of whatever text, shares are 0…1, cosines -1…1, the score finite."""
    draw = random.Random(seed)  # noqa: S311  no secret
    async with parts() as made:
        for _ in range(60):
            texts = [" ".join(draw.choices(WORDS, k=draw.randrange(12))) for _ in range(4)]
            passages = [passage_of(text, f"page{n}") for n, text in enumerate(texts[1:])]
            view = await made.gate.look(Query(texts[0]), passages)
            assert -1 <= view.features["passage_cosine"] <= 1.001
            assert -1 <= view.features["sentence_in_passage"] <= 1.001
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
        right = await made.gate.look(Query(QUESTION), LEAVE)
        wrong = await made.gate.look(Query(QUESTION), TRAVEL)
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


@pytest.mark.parametrize("model", [MINILM, "another"])
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
        query = Query(QUESTION)
        right, wrong = await gate.look(query, LEAVE), await gate.look(query, TRAVEL)
    assert right.passed
    assert right.score > wrong.score


async def test_strictness_decides_by_its_threshold() -> None:
    """The same view passes or not by the strictness that was chosen."""
    question = "annual leave for elephants in the calendar of a zoo"
    async with parts() as made:
        analyzer, parameters = made.library.analyzer, load_parameters("another")
        for strictness in Strictness:
            gate = Gate(made.scorer, analyzer, parameters, strictness)
            view = await gate.look(Query(question), LEAVE)
            assert view.passed is (view.score >= parameters.thresholds[strictness])


async def test_a_sentence_counts_with_the_passage_that_it_stands_in() -> None:
    """A near sentence of a far passage and a far sentence of a near one are no answer together."""
    near = passage_of("Annual. Leave. Days. Employee. Get.", "near")
    far = passage_of("An employee gets days of annual leave. " + "Hotels are dear. " * 8, "far")
    async with parts() as made:
        apart = await features(made, QUESTION, (near, far))
        reading = await made.scorer.read(QUESTION, (near, far))
    assert apart["passage_cosine"] == reading.cosines[near.id] > reading.cosines[far.id]
    sentence = max(item.cosine for item in reading.sentences)
    assert apart["sentence_in_passage"] < (apart["passage_cosine"] + sentence) / 2 - 0.05


async def told(query: Query, *passages: str, embedder: HashEmbedder | None = None) -> GateView:
    """What a gate sees whose embedder tells its tokens apart, unless it is given another."""
    embedder = embedder or TellingEmbedder()
    async with library(embedder=embedder) as shelf:
        scorer = SentenceScorer(shelf.store, embedder, shelf.analyzer)
        found = [passage_of(text, f"page{number}") for number, text in enumerate(passages)]
        return await Gate(scorer, shelf.analyzer, BY_WORDS).look(query, found)


async def weakest(question: str, *passages: str, history: Sequence[str] = ()) -> float:
    """The feature of the word that the passages say least of."""
    view = await told(Query(question, tuple(history)), *passages)
    return view.features["weakest_word"]


async def test_a_word_that_no_passage_speaks_of_is_seen() -> None:
    """Words that are said in different passages are not said together."""
    question = "annual leave of elephants"
    assert await weakest(question, "Elephants.", "Leave is annual for elephants.") > 0.99
    assert await weakest(question, "Annual leave is long.") < 0.5
    assert await weakest(question, "Annual leave is long.", "Elephants.") < 0.5


async def test_every_word_is_looked_for_in_the_first_passages_alone() -> None:
    """However well a later one speaks of them."""
    other = ["Hotels are dear."] * (WORDED - 1)
    answer = "Annual leave is long."
    assert await weakest("annual leave", *other, answer) > 0.99
    assert await weakest("annual leave", *other, "Garages.", answer) < 0.5


async def test_the_order_of_the_first_passages_does_not_matter() -> None:
    """The gate sees the same whichever of them stands first."""
    texts = ("Annual leave is long.", "Leave the hotel.", "Hotels are dear.")
    views = [await told(Query("annual leave"), *each) for each in itertools.permutations(texts)]
    for view in views[1:]:
        assert view.features == pytest.approx(views[0].features)


async def test_of_a_follow_up_the_newest_words_count() -> None:
    """What was asked before need not stand in the passages, unless nothing else is asked."""
    passage = "Annual leave is long."
    assert await weakest("annual leave?", passage, history=["hotels?"]) > 0.99
    assert await weakest("why?", passage, history=["annual leave?"]) > 0.99
    assert await weakest("why?", passage, history=["hotels?"]) < 0.5


async def test_telling_words_apart_embeds_nothing_twice() -> None:
    """The gate's cost is that of reading the passages, with this feature or without it."""
    passages = ["Annual leave is long.", "Leave the hotel.", "Hotels are dear.", "Garages.", "No."]
    embedders = TellingEmbedder(), HashEmbedder()
    for embedder in embedders:
        await told(Query("annual leave"), *passages, embedder=embedder)
    first, second = (sorted(embedder.texts) for embedder in embedders)
    assert first == second


async def test_an_embedder_that_tells_no_tokens_apart_has_no_such_feature() -> None:
    """The gate looks at the others then."""
    assert (
        "weakest_word"
        not in (await told(Query("leave"), "Leave.", embedder=HashEmbedder())).features
    )


def test_without_tokens_no_fit_that_needs_them_is_taken() -> None:
    """The fit by words alone stands in for it, as with an embedder that nothing is fitted to."""
    assert "weakest_word" in load_parameters(MINILM).weights
    assert load_parameters(MINILM, tokens=False) == load_parameters("another")
    assert load_parameters("another", tokens=False) == load_parameters("another")


@pytest.mark.parametrize("embedder", [HashEmbedder(), TellingEmbedder()])
async def test_what_is_assembled_takes_the_fit_that_its_embedder_can_serve(
    embedder: HashEmbedder,
) -> None:
    """The same weights behind something that tells no tokens apart are judged by words."""
    embedder.model_id = MINILM
    async with library(embedder=embedder) as shelf:
        core = assemble(shelf.store, embedder)
        view = await core.gate.look(Query(QUESTION), LEAVE)
    tokens = isinstance(embedder, TellingEmbedder)
    assert view.parameters == load_parameters(MINILM, tokens=tokens)
    assert math.isfinite(view.score)
    assert ("weakest_word" in view.features) is tokens
