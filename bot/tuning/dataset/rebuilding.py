"""What a live answer was given, as far as its record and today's index tell."""

from __future__ import annotations

from collections.abc import Iterable

from footnote.bot.citations import cited_numbers, with_numbers
from footnote.bot.generators.base import Prompt
from footnote.bot.prompts import Draft, holds
from footnote.bot.questions import Answer, Citation
from footnote.bot.recalling import Recall
from footnote.bot.turns import Turn
from footnote.retrieval.readers import Readers


def _prompted(answer: Answer) -> tuple[Turn, ...]:
    """The turns that stood in the prompt of an answer.

    Where nothing read any, such as where passages were quoted, those that a model would be given.
    """
    turns = answer.question.conversation.prompted
    return turns if answer.turns is None else turns[len(turns) - answer.turns :]


async def rebuilt(answer: Answer, recall: Recall, readers: Readers) -> Draft:
    """What the prompt of an answer was made of.

    Its own passages are those of its record. Those of the turns before are found again, as for a
    live answer, where these readers may see them.

    Raises:
        RetrievalError: The index cannot be read.
    """
    asked = answer.question
    return Draft(
        asked.text,
        asked.conversation.query(asked.text).weighted,
        tuple(found.passage for found in answer.passages),
        await recall.turns(_prompted(answer), readers),
    )


def under_prompt_numbers(text: str, citations: Iterable[Citation], prompt: Prompt) -> str | None:
    """A text with the prompt's numbers in place of those that were shown.

    Args:
        text: What was shown, with markers.
        citations: What the shown numbers stand for.
        prompt: The prompt.

    Returns:
        The text, or None where it cites what is not in the prompt.
    """
    given = (*prompt.earlier, *prompt.passages)
    numbers: dict[int, int] = {}
    for citation in citations:
        for item in given:
            if holds(item.passage, citation.passage):
                numbers.setdefault(citation.number, item.number)
    if not numbers.keys() >= set(cited_numbers(text)):
        return None
    return with_numbers(text, numbers)
