"""The times and numbers that the inbox works by."""

from __future__ import annotations

from dataclasses import dataclass

from footnote.bot.platforms.base import LANDING_S


@dataclass(frozen=True, slots=True)
class InboxOptions:
    """How the inbox works.

    A worker starts a send only within `send_s` after its lease was renewed, and what it sends lands
    within `LANDING_S` or never. So whoever takes a question over, for whatever reason, knows after
    both have passed that nothing of its former holder can still arrive.

    Attributes:
        workers: How many questions are answered side by side.
        quick: How many are told side by side what needs no answering.
        queue_limit: With so many waiting, the next one is told that Footnote is busy.
        lease_s: How long a question is held without a renewal.
        renew_s: How often a lease is renewed.
        send_s: How long after a renewal sends may begin.
        poll_s: How often a replica looks for what others left.
        grace_s: How long answers may go on after a shutdown was asked for.
        attempts: How often an answer is begun; a question that stopped so many workers fails.
        deliveries: How often a decided answer is tried to be delivered before it is given up: for
            about twice `patience_s` each, so that a platform may be away for some hours.
        patience_s: How long one try to deliver lasts, and how long the next one waits.
        engaged_s: How long the bot stays engaged in a thread.
        turns_s: How long a thread keeps its turns.
        kept_s: How long finished questions are kept.
    """

    workers: int = 4
    quick: int = 8
    queue_limit: int = 50
    lease_s: float = 30.0
    renew_s: float = 3.0
    send_s: float = 6.0
    poll_s: float = 1.0
    grace_s: float = 20.0
    attempts: int = 3
    deliveries: int = 120
    patience_s: float = 60.0
    engaged_s: float = 7 * 86400.0
    turns_s: float = 7 * 86400.0
    kept_s: float = 30 * 86400.0

    @property
    def settled_s(self) -> float:
        """Seconds after a take-over until nothing of the former holder can still arrive."""
        return self.send_s + LANDING_S
