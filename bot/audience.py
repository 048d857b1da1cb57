"""Who will see an answer, and what they may therefore see of the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from footnote.retrieval.readers import ADMINS, EVERYONE, GROUP, Readers, is_platform_label


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
        public: Whether everybody of the team may be among them, as in a channel that all can join.
    """

    labels: frozenset[str] = field(default_factory=frozenset)
    private: bool = False
    admin: bool = False
    outsiders: bool = False
    public: bool = False


class Audiences:
    """Turns audiences into readers, with the groups that the settings make of platform labels.

    Args:
        groups: The platform labels of each group's members: {"hr": {"slack:U7"}}.
    """

    def __init__(self, groups: Mapping[str, frozenset[str]] | None = None) -> None:
        self._groups = {f"{GROUP}{name}": members for name, members in (groups or {}).items()}

    def readers(self, audience: Audience) -> Readers:
        """What an audience may see: what all of them may see.

        Only a platform's own labels count among those of the audience; that somebody is a member
        of a group, an admin or none from outside has to be told otherwise. Outsiders are no
        admins, and admins see more than others only where nobody looks over their shoulder.
        """
        labels = {label for label in audience.labels if is_platform_label(label)}
        labels |= {
            group for group, members in self._groups.items() if not members.isdisjoint(labels)
        }
        if audience.outsiders:
            return Readers(frozenset(labels))
        labels.add(EVERYONE)
        if not (audience.admin and audience.private):
            return Readers(frozenset(labels))
        labels.add(ADMINS)
        return Readers(frozenset(labels), groups=frozenset(self._groups))


def visible(
    source: str,
    restrictions: frozenset[str] | None,
    readers: Readers,
    audiences: Mapping[str, frozenset[str]],
) -> bool:
    """Whether these readers may see a document outside of the index, such as in an old answer.

    Args:
        source: The name of its source.
        restrictions: Its own restrictions.
        readers: Who would see it.
        audiences: Who may see each source today; one that is not named is seen by nobody.
    """
    return source in audiences and readers.may_see(audiences[source], restrictions)
