"""Chooses the next token from its scores, by llama.cpp's samplers and under rules.

A rule, such as a grammar, is asked only about the token that was chosen; the scores of the whole
vocabulary are put under it only where it refuses that one. With large vocabularies this is a
thousand times as fast as putting every step under the grammar.
"""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Sequence
from typing import Any, Protocol

import llama_cpp as llama
import numpy as np

from footnote.models.engine.native import Scores
from footnote.models.engine.samplers import Samplers
from footnote.models.engine.vocabulary import Vocabulary
from footnote.models.errors import EngineError

_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
_REFUSED = -np.inf
_PARTS = 64


class Candidates:
    """Tokens with their scores, in the shape that samplers work on; one serves all answers."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._all = np.zeros(size, _CANDIDATE)
        self._ids = np.arange(size, dtype=np.int32)
        self._given: Any = llama.llama_token_data_array()

    def fill(self, scores: Scores) -> None:
        """Every token of the vocabulary with its score."""
        self._all["id"] = self._ids
        self._all["logit"] = scores
        self._set(len(self._ids))

    def fill_best(self, scores: Scores, most: int) -> None:
        """The likeliest tokens, so many of them, and a few others with their scores.

        The vocabulary is dealt out to so many hands that the best of `most` hands are a bound for
        the likeliest: whatever is below the worst of those is not among them.
        """
        hands = self.size // _PARTS
        if hands < most:
            self.fill(scores)
            return
        best = scores[: hands * _PARTS].reshape(_PARTS, hands).max(axis=0)
        bound = np.partition(best, hands - most)[hands - most]
        found = np.flatnonzero(scores >= bound)
        self._all["id"][: len(found)] = found
        self._all["logit"][: len(found)] = scores[found]
        self._set(len(found))

    def only(self, token: int) -> None:
        """One token alone."""
        self._all[0] = (token, 0.0, 0.0)
        self._set(1)

    def refuse(self, tokens: Sequence[int]) -> None:
        """Rule tokens out; only before any sampler has worked on them."""
        self._all["logit"][list(tokens)] = _REFUSED

    def apply(self, sampler: Any) -> None:
        """Let a sampler work on them."""
        llama.llama_sampler_apply(sampler, ctypes.byref(self._given))

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._given.size)

    @property
    def refused(self) -> bool:
        """Whether the first was ruled out."""
        return bool(self._all["logit"][0] == _REFUSED)

    @property
    def selected(self) -> int:
        """The token that the last sampler chose."""
        return int(self._given.data[self._given.selected].id)

    def _set(self, size: int) -> None:
        self._given.data = self._all.ctypes.data_as(llama.llama_token_data_p)
        self._given.size = size
        self._given.selected = -1
        self._given.sorted = False


class Rule(Protocol):
    """What an answer's tokens must keep to."""

    def allows(self, token: int, candidates: Candidates) -> bool:
        """Whether a token may come next; `candidates` is there to work with."""
        ...

    def restrict(self, candidates: Candidates) -> None:
        """Rule out all tokens that may not come next."""
        ...

    def accept(self, token: int) -> None:
        """This token is next."""
        ...

    def close(self) -> None:
        """The answer has ended."""
        ...


class Grammar:
    """A rule in GBNF, llama.cpp's notation for grammars; its root is `root`."""

    def __init__(self, vocabulary: Vocabulary, text: str) -> None:
        """Compile it.

        Raises:
            EngineError: It is no GBNF.
        """
        self._sampler = llama.llama_sampler_init_grammar(vocabulary.handle, text.encode(), b"root")
        if not self._sampler:
            raise EngineError("The grammar cannot be read: write it in GBNF with a root.")

    def allows(self, token: int, candidates: Candidates) -> bool:
        """Whether the grammar can go on with a token."""
        candidates.only(token)
        self.restrict(candidates)
        return not candidates.refused

    def restrict(self, candidates: Candidates) -> None:
        """Rule out what the grammar cannot go on with."""
        candidates.apply(self._sampler)

    def accept(self, token: int) -> None:
        """Go on."""
        llama.llama_sampler_accept(self._sampler, token)

    def close(self) -> None:
        """Free it."""
        llama.llama_sampler_free(self._sampler)


class Chooser:
    """Chooses one answer's tokens."""

    def __init__(
        self, samplers: Samplers, candidates: Candidates, rules: Sequence[Rule] = ()
    ) -> None:
        """Set up.

        Args:
            samplers: How tokens are chosen.
            candidates: To work with; answers may share them.
            rules: What the tokens must keep to.
        """
        self._greedy = samplers.greedy
        # Penalties change the order of the scores, so that they need all of them.
        self._best = 0 if samplers.penalise else max(0, samplers.top_k)
        self._candidates = candidates
        self._rules = tuple(rules)
        self._chain = None if self._greedy and not rules else _chain(samplers, candidates.size)

    def choose(self, scores: Scores) -> int:
        """The next token after these scores, which becomes part of the answer."""
        token = int(scores.argmax()) if self._greedy else self._sampled(scores)
        if not all(rule.allows(token, self._candidates) for rule in self._rules):
            token = self._sampled(scores, self._rules)
        if self._chain and not self._greedy:
            llama.llama_sampler_accept(self._chain, token)
        for rule in self._rules:
            rule.accept(token)
        return token

    def close(self) -> None:
        """Free what llama.cpp holds."""
        if self._chain:
            llama.llama_sampler_free(self._chain)
            self._chain = None
        for rule in self._rules:
            rule.close()

    def _sampled(self, scores: Scores, rules: Sequence[Rule] = ()) -> int:
        if self._best and not rules:
            self._candidates.fill_best(scores, self._best)
        else:
            self._candidates.fill(scores)
        for rule in rules:
            rule.restrict(self._candidates)
        self._candidates.apply(self._chain)
        return self._candidates.selected


def grammar_of_schema(schema: str) -> str:
    """The GBNF of a JSON schema.

    Raises:
        EngineError: It is no JSON schema, or one that cannot be put as a grammar.
    """
    from llama_cpp.llama_grammar import json_schema_to_gbnf  # noqa: PLC0415  seldom needed

    try:
        return str(json_schema_to_gbnf(schema))
    except Exception as error:  # what the converter raises is not documented
        raise EngineError(
            "The JSON schema cannot be put as a grammar: leave out what is unusual in it."
        ) from error


def _chain(samplers: Samplers, size: int) -> Any:
    """llama.cpp's chain of samplers, in its usual order."""
    chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())

    def add(sampler: Any) -> None:
        llama.llama_sampler_chain_add(chain, sampler)

    if samplers.penalise:
        add(
            llama.llama_sampler_init_penalties(
                size, samplers.recent, samplers.repeat, samplers.frequency, samplers.presence
            )
        )
    if samplers.temperature <= 0:
        add(llama.llama_sampler_init_greedy())
        return chain
    if samplers.top_k > 0:
        add(llama.llama_sampler_init_top_k(samplers.top_k))
    if samplers.top_p < 1:
        add(llama.llama_sampler_init_top_p(samplers.top_p, 1))
    if samplers.min_p > 0:
        add(llama.llama_sampler_init_min_p(samplers.min_p, 1))
    add(llama.llama_sampler_init_temp(samplers.temperature))
    seed = samplers.seed if samplers.seed is not None else secrets.randbits(32)
    # The highest seed is llama.cpp's word for any.
    add(llama.llama_sampler_init_dist(seed % llama.LLAMA_DEFAULT_SEED))
    return chain
