"""Texts as Weaviate can match them: without white space, and with nothing that it would take off.

`FIELD` tokenization takes white space off both ends, and `WHITESPACE` splits at it, so the signs
that it is made of, control characters and "%" are written as "%" with their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from footnote.retrieval.stores.base import Field

LONGEST = 96
"""Longer terms are kept as a hash: such a word is no word, and Weaviate keeps each in its keys."""

_PREFIX = {Field.STEMS: "s", Field.WORDS: "w", Field.PAIRS: "p", Field.TITLE: "t"}

# What Python takes for white space holds all that Go does.
_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f-\x9f%]")
_WRITTEN = re.compile(r"%([0-9a-f]+)\.")


def quoted(text: str) -> str:
    """The text without white space and control characters; different texts stay different."""
    return _UNSAFE.sub(lambda found: f"%{ord(found.group()):x}.", text)


def unquoted(text: str) -> str:
    """The text that `quoted` was given."""
    return _WRITTEN.sub(lambda found: chr(int(found.group(1), 16)), text)


def token(field: Field, term: str) -> str:
    """What stands for a term; no two fields share one, so that a query asks each for its own."""
    if len(term) > LONGEST:
        term = f"%{blake2b(term.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"
        return _PREFIX[field] + term
    return _PREFIX[field] + quoted(term)


def written(field: Field, terms: Iterable[str]) -> str:
    """Terms as one text: each between two spaces of its own, so that they can be counted in it."""
    return "".join(f" {token(field, term)} " for term in terms)


def count(text: str, wanted: str) -> int:
    """How often a token stands in what `written` made."""
    return text.count(f" {wanted} ")


def length(text: str) -> int:
    """How many tokens stand in what `written` made."""
    return text.count(" ") // 2
