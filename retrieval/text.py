"""Words, stems and terms: the only place where text is split for matching."""

from __future__ import annotations

import re
import string
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import Stemmer

from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import Field, FieldQuery

STOP_WORDS = frozenset(
    """
    a an and are as at be been but by can could did do does for from had has have he her his how i
    if in into is it its me my of on or our she should so that the their them then there these they
    this those to us was we were what when where which who whom why will with would you your
    """.split()
)
"""Words that carry no topic; a question made of nothing else keeps them (see `stems`)."""

_WORD = re.compile(r"\w+(?:[._]\w+)*(?:['\u2019]\w+)?")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PARTS = re.compile(r"[._]+")
_ELISION = re.compile(r"['\u2019]\w*$")
_MARKS = string.punctuation.replace("_", "")
_LINK = re.compile(r"(!?)\[([^\]\n]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"\n]*\")?\)")


def without_link_targets(text: str) -> str:
    """The text with Markdown links reduced to what they show: addresses are not words."""
    return _LINK.sub(r"\2", text)


def fold(word: str) -> str:
    """Lower case without accents, so that "Résumé" and "resume" are one word."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of a text in order, folded; an identifier stands whole and then in its parts.

    `kube_pod_status`, `retrieval.text` and `maxTokens` give the whole name and each part, so that
    both the exact name and a part of it can be asked for.
    """
    found: list[str] = []
    for chunk in text.split():
        # Nearly every chunk is one plain word, and all that follows takes several times as long.
        if chunk.isalnum() and chunk.isascii() and chunk.islower():
            found.append(chunk)
            continue
        raw = chunk.strip(_MARKS)
        lower = raw.lower()
        if raw.isascii() and raw.isalnum() and raw[1:] == lower[1:]:
            found.append(lower)
            continue
        for one in _WORD.findall(chunk):
            found.extend(_folded(one))
    return found


def _folded(raw: str) -> list[str]:
    """One word as the text has it, folded, and then its parts where it has several."""
    raw = _ELISION.sub("", raw)
    parts = [piece for part in _PARTS.split(raw) if part for piece in _CAMEL.split(part) if piece]
    whole = fold(raw)
    if len(parts) > 1 and not whole.replace(".", "").isdecimal():
        return [whole, *map(fold, parts)]
    return [whole]


class Analyzer:
    """Turns text into the terms that stores match; safe to share between threads."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._lock = threading.Lock()

    def stem(self, folded: Sequence[str]) -> list[str]:
        """The Snowball (Porter 2) stem of each word."""
        with self._lock:
            return list(self._stemmer.stemWords(list(folded)))

    def stems(self, text: str) -> list[str]:
        """Stems of the words that carry a topic; all words where none does."""
        every = words(text)
        topical = [word for word in every if word not in STOP_WORDS]
        return self.stem(topical or every)

    def terms(self, passage: Passage) -> Mapping[Field, Sequence[str]]:
        """What a passage is indexed by, field by field, repetitions included."""
        text = without_link_targets(passage.searched)
        stems = self.stems(text)
        return {
            Field.STEMS: stems,
            Field.WORDS: [word for word in words(text) if word not in STOP_WORDS],
            Field.PAIRS: _pairs(stems),
            Field.TITLE: self.stems(passage.title),
        }

    def query(self, text: str) -> tuple[FieldQuery, ...]:
        """What to match for a question, each field with its weight.

        The weights are round numbers from the flat top of what three public collections prefer:
        stems .8, unstemmed words .2, adjacent pairs of stems .25, and the title .3, which is
        normalised less by length because titles are short.
        """
        stems = self.stems(text)
        topical = [word for word in words(text) if word not in STOP_WORDS] or words(text)
        return (
            FieldQuery(Field.STEMS, tuple(stems), 0.8),
            FieldQuery(Field.WORDS, tuple(topical), 0.2),
            FieldQuery(Field.PAIRS, tuple(_pairs(stems)), 0.25),
            FieldQuery(Field.TITLE, tuple(stems), 0.3, b=0.3),
        )


def _pairs(stems: Iterable[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(stems)]
