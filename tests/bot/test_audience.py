"""What an audience may see."""

from __future__ import annotations

import pytest

from footnote.bot.audience import Audience, Audiences
from footnote.retrieval.readers import Readers

GROUPS = {
    "hr": frozenset({"slack:U7", "slack:C9", "discord:role:456"}),
    "legal": frozenset({"slack:U7"}),
}


def _labels(audience: Audience) -> set[str]:
    return set(Audiences(GROUPS).readers(audience).labels)


def test_a_place_has_its_own_label_and_everyone() -> None:
    """A channel of the team sees what everyone may see and what is meant for that channel."""
    assert _labels(Audience(frozenset({"slack:C1"}))) == {"slack:C1", "everyone"}
    assert _labels(Audience()) == {"everyone"}


def test_one_label_makes_a_member_of_a_group() -> None:
    """A user, a channel or a role that the settings name brings the label of the group."""
    assert _labels(Audience(frozenset({"slack:U7"}), private=True)) == {
        "slack:U7",
        "everyone",
        "group:hr",
        "group:legal",
    }
    roles = frozenset({"discord:role:456", "discord:role:1"})
    assert "group:hr" in _labels(Audience(roles, private=True))
    assert "group:legal" not in _labels(Audience(frozenset({"slack:C9"})))


def test_outsiders_take_everyone_away() -> None:
    """Where people from outside may read along, only what names that place is seen."""
    assert _labels(Audience(frozenset({"slack:C9"}), outsiders=True)) == {"slack:C9", "group:hr"}
    shared = Audience(frozenset({"slack:C1"}), outsiders=True, public=True)
    assert _labels(shared) == {"slack:C1"}


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("outsiders", [True, False])
@pytest.mark.parametrize("admin", [True, False])
def test_admins_see_more_only_in_private(*, private: bool, outsiders: bool, admin: bool) -> None:
    """An admin who asks before others, or is none of the team, has no more than they have."""
    audience = Audience(private=private, outsiders=outsiders, admin=admin)
    assert ("admins" in _labels(audience)) is (admin and private and not outsiders)


def test_admins_know_the_groups() -> None:
    """With the groups that there are, admins see what is restricted to any other group."""
    admins = Audiences(GROUPS).readers(Audience(private=True, admin=True))
    everyone = frozenset({"everyone"})
    assert admins.may_see(everyone, frozenset({"group:ghost"}))
    assert not admins.may_see(everyone, frozenset({"group:hr"}))
    assert (
        Audiences()
        .readers(Audience(private=True, admin=True))
        .may_see(everyone, frozenset({"group:hr"}))
    )


@pytest.mark.parametrize("label", ["everyone", "admins", "group:hr", "hr", ""])
@pytest.mark.parametrize("private", [True, False])
def test_a_platform_gives_its_own_labels_alone(label: str, *, private: bool) -> None:
    """A label that is not a platform's makes nobody a member, an admin or one of the team."""
    forged = Audience(frozenset({label}), private=private, outsiders=True)
    assert Audiences(GROUPS).readers(forged) == Readers(frozenset())
