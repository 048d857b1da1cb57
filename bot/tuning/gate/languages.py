"""Which language a text is in, by the little words that only one language has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from footnote.retrieval.text import words

_LEAST = 2
"""So many little words are needed, and so many more than in any other language."""

LITTLE_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            "the and is are of to you your it with for that this be can must has have by from "
            "which at not or on when every each after before how what who where there does do "
            "all will an as we they was were".split()
        ),
        "de": frozenset(
            "der die das und ist sind ein eine einen dem den sie mit fur nicht zu im am vom bis "
            "wird werden kann muss nach vor bei auf jeder jede oder".split()
        ),
        "fr": frozenset(
            "le la les et est sont un une des du de vous avec pour ne pas dans au aux sur chaque "
            "qui par peut doit apres avant ou".split()
        ),
        "es": frozenset(
            "el la los las y es son un una de del usted con para no en al por cada que puede debe "
            "despues antes se su".split()
        ),
        "it": frozenset(
            "il lo la gli le e sono un una di del della con per non nel al ogni che puo deve dopo "
            "prima si dal alle".split()
        ),
        "nl": frozenset(
            "de het een en is zijn van met voor niet in op aan elke die dat kan moet na door bij "
            "wordt worden u om".split()
        ),
        "pt": frozenset(
            "o a os as e sao um uma de do da com para nao em no na ao cada que pode deve depois "
            "antes se seu por".split()
        ),
    }
)
"""Little words of each language, folded as `words` folds them."""


def language_of(text: str) -> str | None:
    """The language of a text as an ISO 639-1 code, or None where its little words do not tell."""
    said = words(text)
    counts = sorted(
        ((sum(word in little for word in said), name) for name, little in LITTLE_WORDS.items()),
        reverse=True,
    )
    (most, name), (second, _) = counts[:2]
    return name if most - second >= _LEAST else None
