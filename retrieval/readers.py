"""Who may see what: the labels of documents and of those who ask.

everyone        whoever may ask at all, people from outside of the team excepted
admins          an admin, where nobody else sees the answer
group:NAME      the members of a group, which the settings make of platforms' labels
PLATFORM:ID     what a platform knows people and places by: "slack:C123", "discord:role:456"
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

EVERYONE = "everyone"
ADMINS = "admins"
GROUP = "group:"

_PLATFORM_LABEL = re.compile(rf"(?!{GROUP})[a-z][a-z0-9_-]*:\S+")


def is_platform_label(label: str) -> bool:
    """Whether a label has the shape of those that platforms give: PLATFORM:ID."""
    return _PLATFORM_LABEL.fullmatch(label) is not None


@dataclass(frozen=True, slots=True)
class Readers:
    """What a place may see: the labels that all of its possible readers carry.

    Attributes:
        labels: Such as "everyone", "slack:C123", "group:hr".
        unrestricted: True for admins at the local command line, who see every document.
        groups: The labels of all groups that there are, or None where that is not known.
    """

    labels: frozenset[str] = field(default_factory=lambda: frozenset({EVERYONE}))
    unrestricted: bool = False
    groups: frozenset[str] | None = None

    def may_see(self, audience: frozenset[str], restrictions: frozenset[str] | None) -> bool:
        """Whether a document of a source with `audience` and own `restrictions` is visible.

        Both sets must be met by a label in common. Restrictions that nobody can meet are met by
        admins: an empty set, or labels that are none or are those of groups that there are not.
        """
        if self.unrestricted:
            return True
        if self.labels.isdisjoint(audience):
            return False
        if restrictions is None or not self.labels.isdisjoint(restrictions):
            return True
        return ADMINS in self.labels and not any(map(self._is_mapped, restrictions))

    def _is_mapped(self, label: str) -> bool:
        """Whether there may be somebody who carries this label."""
        if label.startswith(GROUP):
            return self.groups is None or label in self.groups
        return label in {EVERYONE, ADMINS} or is_platform_label(label)


PUBLIC = Readers()
ADMIN = Readers(frozenset({EVERYONE, ADMINS}), unrestricted=True)
