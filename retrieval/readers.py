"""Who may see what: the labels of documents and of those who ask."""

from __future__ import annotations

from dataclasses import dataclass, field

EVERYONE = "everyone"
ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Readers:
    """What a place may see: the labels that all of its possible readers carry.

    Attributes:
        labels: Such as "everyone", "slack:C123", "group:hr".
        unrestricted: True for admins at the local command line, who see every document.
    """

    labels: frozenset[str] = field(default_factory=lambda: frozenset({EVERYONE}))
    unrestricted: bool = False

    def may_see(self, audience: frozenset[str], restrictions: frozenset[str] | None) -> bool:
        """Whether a document of a source with `audience` and own `restrictions` is visible.

        Both sets must be met. An empty audience or an empty set of restrictions is met by nobody
        but admins.
        """
        if self.unrestricted:
            return True
        return bool(self.labels & audience) and (
            restrictions is None or bool(self.labels & restrictions)
        )


PUBLIC = Readers()
ADMIN = Readers(frozenset({EVERYONE, ADMINS}), unrestricted=True)
