"""Does an answer say what the wanted one says? By values and words, without asking a model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from footnote.bot.citations import without_markers
from footnote.bot.markdown import plain
from footnote.bot.verifying.quantities import quantities
from footnote.bot.verifying.support import names
from footnote.retrieval.text import Analyzer, words

_HALF, _THIRD = 1 / 2, 1 / 3
_NEGATION = re.compile(
    r"\b(?:not|never|no|none|cannot|nor|nicht|kein\w*|nie|pas|jamais|aucun\w*|non|mai|nunca|"
    r"niet|geen|n\u00e3o)\b|n['\u2019]t\b",
    re.IGNORECASE,
)


def says_the_same(analyzer: Analyzer, question: str, wanted: str, said: str) -> bool:
    """Whether an answer says what the wanted one says, and does not deny it.

    Every number and name of the wanted answer has to stand in it, both have to deny something or
    neither, and of the other words it has to hold some: half of them, where there are neither
    numbers nor names, else a third. What the question says already is not asked for.
    """
    stems = analyzer.stem
    ours, theirs = claim(said), claim(wanted)
    asked, told = set(stems(words(question))), set(stems(words(ours)))
    numbers = {quantity.value for quantity in quantities(theirs)}
    named = {stem for name in names(theirs) for stem in stems(words(name))}
    if not numbers <= {quantity.value for quantity in quantities(ours)}:
        return False
    if not named - asked <= told or bool(_NEGATION.search(theirs)) != bool(_NEGATION.search(ours)):
        return False
    # Numbers were compared already, however they are written.
    wished = {stem for stem in analyzer.stems(theirs) if not stem.isdigit()} - asked
    least = _THIRD if numbers or named else _HALF
    return not wished or len(wished & told) >= least * len(wished)


def token_f1(said: str, wanted: str) -> float:
    """F1 of the words of two answers, each as often as it stands in both.

    As SQuAD compares answers (Rajpurkar et al. 2016), but with every word counted.
    """
    return overlap(words(claim(said)), words(claim(wanted)))


def overlap(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """F1 of what two lists have in common, each entry as often as it stands in both."""
    common = (Counter(ours) & Counter(theirs)).total()
    return 2 * common / (len(ours) + len(theirs)) if ours or theirs else 1.0


def claim(text: str) -> str:
    """What a text says, on one line: without Markdown and without markers."""
    return " ".join(map(plain, without_markers(text).splitlines()))
