"""Who will see an answer, and what they may therefore see of the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from footnote.retrieval.readers import ADMINS, EVERYONE, Readers

GROUP = "group:"


@dataclass(frozen=True, slots=True)
class Audience:
    """All who will see an answer, as their platform knows them.

    Attributes:
        labels: What every one of them carries. Of a channel that is the channel's own label
            ("slack:C123"); where the asker alone will see the answer, also theirs
            ("slack:U7", "discord:role:456").
        private: Whether the asker alone will see the answer.
        admin: Whether every one of them is an admin.
        outsiders: Whether people from outside of the team may be among them.
    """

    labels: frozenset[str] = field(default_factory=frozenset)
    private: bool = False
    admin: bool = False
    outsiders: bool = False


class Audiences:
    """Turns audiences into readers, with the groups that the settings make of platform labels.

    Args:
        groups: The platform labels of each group's members: {"hr": {"slack:U7"}}.
    """

    def __init__(self, groups: Mapping[str, frozenset[str]] | None = None) -> None:
        self._groups = groups or {}

    def readers(self, audience: Audience) -> Readers:
        """What an audience may see: what all of them may see."""
        labels = set(audience.labels)
        labels.update(
            f"{GROUP}{name}" for name, members in self._groups.items() if members & audience.labels
        )
        if not audience.outsiders:
            labels.add(EVERYONE)
        if audience.admin:
            labels.add(ADMINS)
        return Readers(frozenset(labels))
