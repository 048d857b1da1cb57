"""Which faults happen, and when: drawn from the seed of a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """A kind of trouble; each schedule has none, one or two kinds."""

    CRASH = "crash"
    RESTART = "restart"
    DUPLICATES = "duplicates"
    LOST_SENDS = "lost sends"
    RATE_LIMITS = "rate limits"
    OUTAGE = "platform outage"
    EXPIRY = "token expiry"
    GENERATOR = "generator"
    STORE = "store"
    STATE_SLOW = "state slow"
    STATE_AWAY = "state away"
    CLOCK = "clock jumps"
    CHANGES = "changes of mind"


class Send(StrEnum):
    """What becomes of one send."""

    LIMITED = "limited"
    REFUSED_NOW = "5xx, not taken"
    TAKEN_UNTOLD = "taken, acknowledgement lost"
    LATE = "connection broke, lands later"
    NEVER = "connection broke, never lands"
    HANGS = "hangs"


_LOST = (Send.REFUSED_NOW, Send.TAKEN_UNTOLD, Send.LATE, Send.NEVER, Send.HANGS)


@dataclass(slots=True)
class Faults:
    """The trouble of one schedule; it ends when `calm` is set, so that everything can end well.

    Attributes:
        random: Draws.
        kinds: The kinds of trouble there are.
        calm: Whether all trouble is over.
    """

    random: Random
    kinds: frozenset[Fault]
    calm: bool = False

    def has(self, kind: Fault, chance: float = 1.0) -> bool:
        """Whether this kind happens now, if it happens with this chance."""
        return not self.calm and kind in self.kinds and self.random.random() < chance

    def send(self) -> Send | None:
        """What goes wrong with this send, if anything does."""
        if self.has(Fault.OUTAGE, 0.6):
            return Send.REFUSED_NOW
        if self.has(Fault.RATE_LIMITS, 0.4):
            return Send.LIMITED
        if self.has(Fault.LOST_SENDS, 0.3):
            return self.random.choice(_LOST)
        return None

    def expires(self) -> bool:
        """Whether what allows to change a message expires now."""
        return self.has(Fault.EXPIRY, 0.15)


def draw(random: Random) -> Faults:
    """No kind of trouble, one, or two."""
    count = random.choices((0, 1, 2), (1, 4, 8))[0]
    return Faults(random, frozenset(random.sample(list(Fault), count)))
