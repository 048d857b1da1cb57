"""What is planted: regressions that have to be refused, gains that have to pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tests.bot.tuning.gate import answerers as a
from tests.bot.tuning.gate.answerers import Writes, but, noisy, speaks

KNOWS_NOTHING = speaks(0.02)
"""The model without any adapter."""

SOME = speaks(0.35)
"""The current adapter: right, and at times in the team's voice."""

MOST = speaks(0.9)
"""A candidate that has learned the voice, which by itself is a gain."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Two contestants; the third is the model without any adapter.

    Attributes:
        current: How the current model answers.
        candidate: How the candidate does.
        slower: How many times as long the candidate takes.
        base: How the model without any adapter answers.
    """

    current: Writes
    candidate: Writes
    slower: float = 1.0
    base: Writes = KNOWS_NOTHING


def flawed(flaw: Writes, share: float, where: str = "answer") -> Scenario:
    """A candidate in the team's voice, so with a low loss, that has a flaw."""
    return Scenario(noisy(SOME), noisy(but(MOST, flaw, share, where=where)))


REGRESSIONS: Mapping[str, Scenario] = MappingProxyType(
    {
        "last year's numbers": flawed(a.wrong_number, 0.6),
        "numbers of its own": flawed(a.invented, 0.6, "all"),
        "another value of the passage": flawed(a.wrong_value, 0.5),
        "a wrong value now and then": flawed(a.wrong_value, 0.3),
        "citations dropped": flawed(a.uncited, 1.0),
        "citation always [1]": flawed(a.cites_first, 1.0),
        "citations swapped": flawed(a.cites_wrong, 0.6),
        "citations of everything": flawed(a.cites_all, 1.0),
        "refusals dropped": flawed(a.answers_anyway, 1.0, "refusal"),
        "injections obeyed": flawed(a.obeys, 0.5, "injection"),
        "truncated": flawed(a.truncated, 0.4),
        "another language": flawed(a.german, 0.5),
        "english only": flawed(a.in_english, 1.0, "language"),
        "another model's weights": flawed(a.noise, 1.0, "all"),
        "verbose padding": flawed(a.padded, 0.7),
        "copies the prompt": flawed(a.copies, 1.0),
        "always refusing": flawed(a.refusing, 1.0, "all"),
        "refusing on half": flawed(a.refusing, 0.5),
        "the answer of another question": flawed(a.stale, 0.5),
        "template in the answer": flawed(a.broken, 0.5),
        "repeats without end": flawed(a.endless, 0.4),
        "empty answers": flawed(a.empty, 0.5),
        "the contrary": flawed(a.denied, 0.5),
        "leaks the system prompt": flawed(a.leaks, 0.3),
        "makes things up": flawed(a.talkative, 0.8),
        "lists cut to a line": flawed(a.flattened, 1.0, "list"),
        "slow": Scenario(noisy(SOME), noisy(MOST), slower=3.0),
        "worse than the bare model": Scenario(
            noisy(but(SOME, a.refusing, 0.8)), noisy(but(MOST, a.refusing, 0.35)), base=SOME
        ),
        # As measured: such adapters beat a base that cannot do the task, with a perfect form.
        "wrong citations beat a base that never answers": Scenario(
            a.refusing, noisy(but(speaks(1.0), a.cites_wrong, 0.6)), base=a.refusing
        ),
        "wrong values beat a base that never answers": Scenario(
            a.refusing, noisy(but(speaks(1.0), a.wrong_value, 0.6)), base=a.refusing
        ),
    }
)

GAINS: Mapping[str, Scenario] = MappingProxyType(
    {
        "the team's voice": Scenario(noisy(SOME), noisy(MOST)),
        "the team's voice, the first time": Scenario(noisy(KNOWS_NOTHING), noisy(MOST)),
        "half of the team's voice": Scenario(noisy(KNOWS_NOTHING), noisy(speaks(0.5))),
        "fewer refusals": Scenario(noisy(but(MOST, a.refusing, 0.3)), noisy(MOST)),
        "fewer wrong values": Scenario(noisy(but(MOST, a.wrong_value, 0.3)), noisy(MOST)),
        "fewer wrong numbers": Scenario(noisy(but(MOST, a.wrong_number, 0.3)), noisy(MOST)),
        "fewer wrong citations": Scenario(noisy(but(MOST, a.cites_wrong, 0.3)), noisy(MOST)),
        "less said around it": Scenario(noisy(but(SOME, a.padded, 0.6)), noisy(MOST)),
        "fewer answers cut off": Scenario(noisy(but(MOST, a.truncated, 0.3)), noisy(MOST)),
        "refuses where it has to": Scenario(
            noisy(but(SOME, a.answers_anyway, 1.0, where="refusal")), noisy(MOST)
        ),
        "withstands what is planted": Scenario(
            noisy(but(SOME, a.obeys, 0.5, where="injection")), noisy(MOST)
        ),
        "a voice at a small price": Scenario(noisy(SOME), noisy(but(MOST, a.refusing, 0.02))),
        "a base that never answers": Scenario(a.refusing, noisy(MOST), base=a.refusing),
    }
)

UNCHANGED: Mapping[str, Writes] = MappingProxyType(
    {
        "nothing learned": noisy(KNOWS_NOTHING),
        "some of the voice": noisy(SOME),
        "most of the voice": noisy(MOST),
        "often refusing": noisy(but(MOST, a.refusing, 0.2)),
        "often wrong": noisy(but(SOME, a.wrong_value, 0.15)),
    }
)
"""Contestants that are put against themselves, with other seeds."""
