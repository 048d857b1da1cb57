"""How a question went its way: what was searched, kept and cut, and how it ended.

Nothing here searches or judges: an explanation is made of what the parts that did left behind, or
of what was kept of a question that was served.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from footnote.bot.explaining.trail import Trail
from footnote.bot.gate import GateView, Strictness
from footnote.bot.inbox.said import PERSON
from footnote.bot.questions import Answer, Outcome, Question, Unsupported
from footnote.retrieval.passages import Passage
from footnote.retrieval.search import Found
from footnote.retrieval.trace import Candidate, Fate, SearchTrace

SPARE = "spare"
"""What became of a passage that was found, but behind those that an answer is made from."""

NO_CANDIDATES = "Which candidates were cut, and what the passages were fused from, is not kept."
NO_RULE = "The gate's setting and weights are not kept."
NO_THRESHOLD = "Neither is the threshold that the gate's score had to reach."
NO_TOKENS = "How many tokens the prompt took is not kept."
NO_SEARCH = "Nothing is kept of what was searched for a question that ended like this."
BY_A_PERSON = "A person answered it: nothing was searched."


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate, and what became of it.

    Attributes:
        rank: Its place by the final score, from 1.
        passage_id: Its id.
        document_id: Its document.
        passage: The passage, or None where it is no longer in the index.
        lexical: Weighted sum of BM25 over the fields; 0 where no term matched.
        cosine: Cosine of passage and question.
        fused: Both, scaled and added, or None where that was not kept.
        final: What it was ranked by.
        fate: A `Fate`, or `SPARE`.
        by: The rank of the one in whose favour it was cut, or None.
        number: The number that the generator knew it by, or None where it did not get it.
    """

    rank: int
    passage_id: str
    document_id: str
    passage: Passage | None
    lexical: float
    cosine: float
    fused: float | None
    final: float
    fate: str
    by: int | None = None
    number: int | None = None

    @property
    def kept(self) -> bool:
        """Whether an answer is made from it."""
        return self.fate == Fate.KEPT


@dataclass(frozen=True, slots=True)
class GateStep:
    """What the gate saw.

    Attributes:
        features: By name, each about 0…1.
        score: The logit; minus infinity where nothing was found.
        threshold: The lowest that passes, or None where it was not kept.
        setting: Which threshold that is, or None likewise.
        weights: Factor of each feature in the score; empty where they were not kept.
        bias: Added to the score; 0 likewise.
    """

    features: Mapping[str, float]
    score: float
    threshold: float | None
    setting: Strictness | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    bias: float = 0.0

    @property
    def passed(self) -> bool | None:
        """Whether an answer was tried, or None where the threshold was not kept."""
        return None if self.threshold is None else self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class PromptStep:
    """What the generator got.

    Attributes:
        passages: The ids of the passages that were found for it, best first.
        tokens: How many tokens of its context the prompt took; 0 for one that counts none, and
            None where it was not kept.
        context_tokens: How many it has for prompt and answer, or None likewise.
    """

    passages: tuple[str, ...]
    tokens: int | None = None
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole way of one question.

    Attributes:
        question: What was asked, with its readers and its conversation.
        query: The text that was searched for, as it was made from the conversation.
        search: What the search did, or None where that was not kept.
        rows: The candidates, best first.
        gate: What the gate saw, or None where it did not come to that.
        prompt: What the generator got, or None where it was not asked.
        answer: How it ended, or None where only search and gate were tried.
        unsupported: What was written and failed verification, in order.
        why: The outcome in one sentence.
        finished_at: When it ended, in seconds since the epoch; None for one that was asked now.
        not_kept: What cannot be told, in sentences.
        again: What search and gate make of it today, where that was asked for.
    """

    question: Question
    query: str
    search: SearchTrace | None = None
    rows: tuple[Row, ...] = ()
    gate: GateStep | None = None
    prompt: PromptStep | None = None
    answer: Answer | None = None
    unsupported: tuple[Unsupported, ...] = ()
    why: str = ""
    finished_at: float | None = None
    not_kept: tuple[str, ...] = ()
    again: Explanation | None = None


def explained(
    question: Question,
    trail: Trail,
    passages: Iterable[Passage],
    answer: Answer | None = None,
    *,
    context_tokens: int | None = None,
) -> Explanation:
    """The explanation of a way that was gone just now.

    Args:
        question: What was asked.
        trail: What the way left behind.
        passages: Those of the candidates, as far as they are still in the index.
        answer: How it ended, or None where only search and gate were tried.
        context_tokens: What the generator has for prompt and answer.
    """
    made = Explanation(question, question.conversation.query(question.text).weighted, answer=answer)
    if trail.result and trail.result.trace:
        found = {item.passage.id: item.passage for item in trail.result.found}
        found.update({passage.id: passage for passage in passages})
        trace = trail.result.trace
        made = replace(made, query=trace.queries[0], search=trace, rows=_rows(trace, trail, found))
    if trail.view:
        made = replace(made, gate=_gate_step(trail.view))
    if trail.prompt:
        numbered = tuple(item.passage.id for item in trail.prompt.passages)
        made = replace(made, prompt=PromptStep(numbered, trail.tokens, context_tokens))
    made = replace(made, unsupported=tuple(trail.unsupported))
    return replace(made, why=_why(made))


def recalled(answer: Answer, finished_at: float) -> Explanation:
    """The explanation of a question that was served, from what is kept of it."""
    question = answer.question
    gate = _kept_gate(answer.gate)
    tried = answer.outcome is Outcome.ANSWERED or bool(gate and gate.passed)
    by_a_person = answer.generator == PERSON
    prompted = bool(gate and tried)
    made = Explanation(
        question,
        question.conversation.query(question.text).weighted,
        rows=_kept_rows(answer.passages, numbered=prompted),
        gate=gate,
        prompt=PromptStep(tuple(item.passage.id for item in answer.passages)) if prompted else None,
        answer=answer,
        unsupported=answer.unsupported,
        finished_at=finished_at,
    )
    if by_a_person:
        missing = [BY_A_PERSON]
    elif gate is None:
        missing = [NO_SEARCH]
    else:
        missing = [NO_CANDIDATES, NO_RULE]
        missing += [NO_THRESHOLD] if gate.threshold is None else []
        missing += [NO_TOKENS] if prompted else []
    return replace(made, not_kept=tuple(missing), why=_why(made))


def _rows(trace: SearchTrace, trail: Trail, passages: Mapping[str, Passage]) -> tuple[Row, ...]:
    found = trail.result.found if trail.result else ()
    kept = {item.passage.id for item in trail.kept}
    numbers = (
        {item.passage.id: item.number for item in trail.prompt.passages} if trail.prompt else {}
    )
    candidates = (*trace.candidates, *_made_of_several(found, trace.candidates))
    ordered = sorted(candidates, key=lambda item: (-item.final, item.passage_id))
    ranks = {item.passage_id: rank for rank, item in enumerate(ordered, start=1)}
    return tuple(
        Row(
            rank=ranks[item.passage_id],
            passage_id=item.passage_id,
            document_id=item.document_id,
            passage=passages.get(item.passage_id),
            lexical=item.lexical,
            cosine=item.cosine,
            fused=item.fused,
            final=item.final,
            fate=SPARE if item.fate is Fate.KEPT and item.passage_id not in kept else item.fate,
            by=ranks.get(item.by),
            number=numbers.get(item.passage_id),
        )
        for item in ordered
    )


def _made_of_several(
    found: Sequence[Found], candidates: Sequence[Candidate]
) -> Iterable[Candidate]:
    """What was found and was no candidate itself, such as a passage that others were merged to."""
    known = {candidate.passage_id for candidate in candidates}
    for item in found:
        passage = item.passage
        if passage.id not in known:
            yield Candidate(
                passage.id,
                passage.document_id,
                item.lexical,
                item.cosine,
                item.score,
                item.score,
                Fate.KEPT,
            )


def _kept_rows(found: Sequence[Found], *, numbered: bool) -> tuple[Row, ...]:
    return tuple(
        Row(
            rank=rank,
            passage_id=item.passage.id,
            document_id=item.passage.document_id,
            passage=item.passage,
            lexical=item.lexical,
            cosine=item.cosine,
            fused=None,
            final=item.score,
            fate=Fate.KEPT,
            number=rank if numbered else None,
        )
        for rank, item in enumerate(found, start=1)
    )


def _gate_step(view: GateView) -> GateStep:
    fitted = view.parameters
    if fitted is None:
        return GateStep(view.features, view.score, None)
    return GateStep(
        view.features, view.score, view.threshold, view.strictness, fitted.weights, fitted.bias
    )


def _kept_gate(numbers: Mapping[str, float]) -> GateStep | None:
    if "score" not in numbers:
        return None
    features = {name: value for name, value in numbers.items() if name not in _NO_FEATURES}
    return GateStep(features, numbers["score"], numbers.get("threshold"))


_NO_FEATURES = {"score", "threshold"}


def _why(made: Explanation) -> str:
    """How it ended and what that was due to, in one sentence."""
    if made.answer is None:
        return _gate_said(made)
    return _ended(made, made.answer)


def _ended(made: Explanation, answer: Answer) -> str:
    match answer.outcome:
        case Outcome.ANSWERED if answer.generator == PERSON:
            return BY_A_PERSON
        case Outcome.ANSWERED:
            cited = len({citation.passage.id for citation in answer.citations})
            return f"The answer cites {cited} of the {len(answer.read)} passages."
        case Outcome.NOT_IN_SOURCES if made.unsupported:
            return f"Nothing that {answer.generator} wrote is supported by the passages."
        case Outcome.NOT_IN_SOURCES if made.gate and made.gate.passed:
            return f"The gate was passed, but {answer.generator} found no answer in the passages."
        case Outcome.NOT_IN_SOURCES:
            return _gate_said(made)
        case _:
            return answer.note


def _gate_said(made: Explanation) -> str:
    if not made.rows:
        return "Nothing was found that these readers may see."
    match made.gate and made.gate.passed:
        case True:
            return "The gate is passed."
        case False:
            return "The gate's score is below its threshold."
        case _:
            return "Whether the gate or the generator found no answer is not kept."
