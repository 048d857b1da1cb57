"""Taking secrets and personal data out of what is learned.

What is taken out has the same placeholder wherever it stands in an example, so that an answer still
copies it from a passage: that is what is to be learned of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from footnote.bot.recalling import Recalled
from footnote.bot.tuning.dataset.candidates import Candidate, Left, Why
from footnote.bot.tuning.dataset.secret_patterns import Finding, findings, holds_part_of_a_key
from footnote.retrieval.passages import Passage

SHORTEST = 4
"""What is shorter cannot be taken out without words that only look like it."""

_PLACEHOLDER = re.compile(r"(?:SECRET|EMAIL|PHONE|PERSON|IBAN|CARD)-\d+")


class Scrubber:
    """Scrubs candidates, and remembers what it found in which text: passages come again and again.

    Attributes:
        taken: How many different values were taken out of candidates, by kind.
    """

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._found: dict[str, tuple[Finding, ...]] = {}

    def scrubbed(self, candidate: Candidate) -> Candidate | Left:
        """A candidate with placeholders, or why it cannot be learned from."""
        texts = list(_texts(candidate))
        values: dict[str, str] = {}
        numbers: Counter[str] = Counter()
        for finding in (finding for text in texts for finding in self._of(text)):
            if len(finding.value) < SHORTEST:
                return Left(candidate.name, Why.SECRETS)
            if finding.value not in values:
                numbers[finding.kind] += 1
                values[finding.value] = f"{finding.kind}-{numbers[finding.kind]}"
        clean = _replaced(candidate, values) if values else candidate
        if any(self._of(text) or holds_part_of_a_key(text) for text in _texts(clean)):
            return Left(candidate.name, Why.SECRETS)
        self.taken += numbers
        return clean

    def _of(self, text: str) -> tuple[Finding, ...]:
        if text not in self._found:
            self._found[text] = tuple(
                finding
                for finding in dict.fromkeys(findings(text))
                if not _PLACEHOLDER.fullmatch(finding.value)
            )
        return self._found[text]


def _replaced(candidate: Candidate, values: dict[str, str]) -> Candidate:
    longest = sorted(values, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest)))

    def clean(text: str) -> str:
        return pattern.sub(lambda match: values[match.group()], text)

    def passage(found: Passage) -> Passage:
        return replace(
            found,
            title=clean(found.title),
            heading=tuple(map(clean, found.heading)),
            text=clean(found.text),
            url=clean(found.url) if found.url else None,
            place=clean(found.place),
        )

    def turn(recalled: Recalled) -> Recalled:
        return Recalled(
            clean(recalled.question),
            clean(recalled.answer),
            tuple(map(passage, recalled.passages)),
            {number: passage(found) for number, found in recalled.cited.items()},
        )

    draft = candidate.draft
    scrubbed = replace(
        draft,
        question=clean(draft.question),
        standalone=clean(draft.standalone),
        passages=tuple(map(passage, draft.passages)),
        turns=tuple(map(turn, draft.turns)),
    )
    return replace(candidate, draft=scrubbed, answer=clean(candidate.answer))


def _texts(candidate: Candidate) -> Iterator[str]:
    """Every text of a candidate that is learned or kept, in reading order."""
    draft = candidate.draft
    for turn in draft.turns:
        yield from _passages_texts((*turn.passages, *turn.cited.values()))
        yield from (turn.question, turn.answer)
    yield from _passages_texts(draft.passages)
    yield from (draft.question, draft.standalone, candidate.answer)


def _passages_texts(passages: Iterable[Passage]) -> Iterator[str]:
    for passage in passages:
        yield from (passage.title, *passage.heading, passage.text, passage.url or "", passage.place)
