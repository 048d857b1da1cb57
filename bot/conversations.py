"""What a thread remembers of its questions, for whom."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from footnote.bot.audience import visible
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.turns import MAX_TURNS, Conversation, Given, Origin, Turn
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers

__all__ = [
    "MAX_TURNS",
    "Conversation",
    "Given",
    "Origin",
    "Turn",
    "conversation_key",
    "remembered",
    "turn_from_json",
    "turn_of",
    "turn_to_json",
]


def conversation_key(question: Question) -> str:
    """Names the conversation that a question belongs to.

    That is its place; what the asker alone is shown there is a conversation of its own, so that
    it never enters what the others see.
    """
    place = [question.platform, question.place]
    return json.dumps([*place, question.asker] if question.audience.private else place)


def turn_of(answer: Answer) -> Turn | None:
    """What later questions can follow up on; None where they cannot.

    A question that the sources do not answer is none to follow up on: its words would only lead
    the search for the next one away.

    The answer comes from all passages that its generator read, cited or not, and also from what
    the turns before it came from, which the generator read as well.
    """
    if answer.outcome is not Outcome.ANSWERED:
        return None
    read = [found.passage for found in answer.passages]
    cited = [citation.passage for citation in answer.citations]
    origins = {Origin(passage.source, passage.restrictions) for passage in (*read, *cited)}
    before = (turn.origins for turn in answer.question.conversation.turns)
    numbers = {citation.number: _given(citation.passage) for citation in answer.citations}
    return Turn(
        answer.question.text,
        answer.text,
        frozenset(origins.union(*before)),
        tuple(map(_given, read)),
        tuple(numbers.items()),
        answer.turns,
    )


def remembered(
    turns: Iterable[Turn], readers: Readers, audiences: Mapping[str, frozenset[str]]
) -> Conversation:
    """The last turns that these readers may see.

    Args:
        turns: All turns that there are, oldest first.
        readers: Who will see what follows.
        audiences: Who may see each source today; one that is not named is seen by nobody.
    """
    seen = [
        turn
        for turn in turns
        if all(
            visible(origin.source, origin.restrictions, readers, audiences)
            for origin in turn.origins
        )
    ]
    return Conversation(tuple(seen[-MAX_TURNS:]))


def turn_to_json(turn: Turn) -> str:
    """A turn as one line of ASCII, the same for equal turns."""
    origins = [
        [origin.source, None if origin.restrictions is None else sorted(origin.restrictions)]
        for origin in turn.origins
    ]
    return json.dumps(
        {
            "question": turn.question,
            "answer": turn.answer,
            "origins": sorted(origins, key=json.dumps),
            "given": [_span(given) for given in turn.given],
            "cited": [[number, _span(given)] for number, given in turn.cited],
            "before": turn.before,
        }
    )


def turn_from_json(text: str) -> Turn:
    """The turn that `turn_to_json` wrote, also an older one; unknown keys are ignored.

    Raises:
        ValueError: The text is no turn, or does not say what the answer was made from.
    """
    try:
        written: dict[str, Any] = json.loads(text)
        origins = frozenset(
            Origin(str(source), None if labels is None else frozenset(map(str, labels)))
            for source, labels in written["origins"]
        )
        before = written.get("before")
        return Turn(
            str(written["question"]),
            str(written["answer"]),
            origins,
            tuple(map(_given_of, written.get("given", ()))),
            tuple((int(number), _given_of(span)) for number, span in written.get("cited", ())),
            None if before is None else int(before),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"this is no turn of a conversation: {text[:80]}") from error


def _given(passage: Passage) -> Given:
    return Given(passage.id, passage.document_id, passage.start, passage.end)


def _span(given: Given) -> list[str | int]:
    return [given.id, given.document_id, given.start, given.end]


def _given_of(span: Sequence[Any]) -> Given:
    id_, document_id, start, end = span
    return Given(str(id_), str(document_id), int(start), int(end))
