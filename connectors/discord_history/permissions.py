"""Who may read a channel of a server, from its roles and overwrites.

How permissions add up is described in Discord's documentation, "Permissions": roles are joined,
then what the channel says of @everyone, of the roles together, and of the member changes them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10
READ_MESSAGE_HISTORY = 1 << 16
READ = VIEW_CHANNEL | READ_MESSAGE_HISTORY
_ALL = -1
_ROLE = 0


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel says of one role or member.

    Attributes:
        whose: The id of the role or of the member.
        role: Whether it is a role's.
        allow: Bits that it grants.
        deny: Bits that it takes.
    """

    whose: str
    role: bool
    allow: int
    deny: int

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Overwrite:
        """One as the API has it."""
        allow, deny = int(given["allow"]), int(given["deny"])
        return cls(str(given["id"]), int(given["type"]) == _ROLE, allow, deny)


@dataclass(frozen=True, slots=True)
class Rights:
    """A server's roles, and what one of its channels makes of them.

    Attributes:
        everyone: The id of the role that everybody has, which is the server's own.
        roles: The permissions of each role, by its id.
        overwrites: What the channel says.
    """

    everyone: str
    roles: Mapping[str, int]
    overwrites: Sequence[Overwrite]

    def granted(self, roles: Collection[str] = (), member: str = "") -> int:
        """The permissions in the channel of somebody with these roles."""
        bits = self.roles.get(self.everyone, 0)
        for role in roles:
            bits |= self.roles.get(role, 0)
        if bits & ADMINISTRATOR:
            return _ALL
        bits = self._changed(bits, [one for one in self.overwrites if one.whose == self.everyone])
        bits = self._changed(
            bits,
            [
                one
                for one in self.overwrites
                if one.role and one.whose in roles and one.whose != self.everyone
            ],
        )
        return self._changed(
            bits, [one for one in self.overwrites if not one.role and one.whose == member]
        )

    def readers(self, members: str) -> frozenset[str] | None:
        """The labels of those who may read the channel's history.

        Everybody may where @everyone may and nobody is kept out. Else it is for those who see the
        channel, as long as each of them may read its history; where that cannot be said, no label
        says who may.

        Args:
            members: The label of those who see the channel.
        """
        if any(one.deny & READ_MESSAGE_HISTORY for one in self.overwrites):
            return frozenset()
        if self.granted() & READ == READ and not any(
            one.deny & VIEW_CHANNEL for one in self.overwrites
        ):
            return None
        alone = [((), ""), *(((role,), "") for role in self.roles)]
        alone += [((), one.whose) for one in self.overwrites if not one.role]
        if any(
            (bits := self.granted(roles, member)) & VIEW_CHANNEL and not bits & READ_MESSAGE_HISTORY
            for roles, member in alone
        ):
            return frozenset()
        return frozenset({members})

    def _changed(self, bits: int, overwrites: Sequence[Overwrite]) -> int:
        """Bits after overwrites that hold together: what one of them allows is allowed."""
        denied = allowed = 0
        for one in overwrites:
            denied |= one.deny
            allowed |= one.allow
        return bits & ~denied | allowed
