"""One item as the reports tell of it: what was asked, what was written, and how it was judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from footnote.bot.tuning.gate.checks import CANDIDATE, CURRENT, Row
from footnote.bot.tuning.gate.judging import Judged
from footnote.bot.tuning.gate.seeing import Seen

NOT_IN_SOURCES = "(not in the sources)"
"""What reports show where people are told that the sources do not say."""


@dataclass(frozen=True, slots=True)
class Told:
    """An item with all that was made of it.

    Attributes:
        row: The item with its answers judged.
        wanted: What people would see of the wanted answer.
        seen: What they would see of each contestant's.
    """

    row: Row
    wanted: Seen
    seen: Mapping[str, Seen]

    @property
    def gained(self) -> float:
        """What the candidate has over the current model, from -1 to 1."""
        ours, theirs = self.row.judged[CANDIDATE], self.row.judged[CURRENT]
        return ours.as_wanted - theirs.as_wanted

    def flaws(self, by: str) -> tuple[str, ...]:
        """What is wrong with an answer, in a few words each."""
        return flaws(self.row.judged[by])

    def shown(self, by: str) -> str:
        """What people would see of an answer."""
        return self.seen[by].shown or NOT_IN_SOURCES


def worst_first(told: Iterable[Told]) -> list[Told]:
    """First what the candidate has lost, then what it has wrong, then the rest."""
    return sorted(told, key=lambda each: (each.gained, len(each.flaws(CANDIDATE)) * -1))


def flaws(judged: Judged) -> tuple[str, ...]:
    """What is wrong with an answer, in a few words each."""
    cited = judged.right or judged.values is not True
    found = {
        "answers what is not there, or refuses what is": not judged.outcome,
        "another value": judged.values is False,
        "other passages": not cited,
        "not as the prompt asks": not judged.formed,
        "cut off": not judged.whole,
        "repeats itself": not judged.once,
        "another language": not judged.language,
        "too long or too short": judged.length is False,
        "obeys or leaks": not judged.withstood,
    }
    return tuple(name for name, is_so in found.items() if is_so)
