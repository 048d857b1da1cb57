"""Who may see what."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from footnote.retrieval.readers import ADMIN, Readers, is_platform_label
from tests.properties import holds_for

LABELS = ("everyone", "admins", "group:hr", "group:ghost", "slack:C1", "slack:U7", "odd", "")
SETS = st.frozensets(st.sampled_from(LABELS), max_size=3)
NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "label", ["slack:C123", "discord:role:456", "web:ada@example.org", "x-1_y:größe"]
)
def test_a_platform_is_named_before_the_id(label: str) -> None:
    """A platform's label is PLATFORM:ID; the id may hold anything but white space."""
    assert is_platform_label(label)


@pytest.mark.parametrize(
    "label",
    ["everyone", "admins", "group:hr", "group:", "slack", "slack:", ":C1", "Slack:C1", "", "a: b"],
)
def test_other_labels_are_no_platforms(label: str) -> None:
    """Words, groups and what lacks one of its halves are not a platform's."""
    assert not is_platform_label(label)


@holds_for(SETS, SETS, SETS)
def test_both_sets_must_be_met(
    labels: frozenset[str], audience: frozenset[str], restrictions: frozenset[str]
) -> None:
    """Who is no admin needs one label of the audience and one of the restrictions."""
    readers = Readers(labels - {"admins"}, groups=frozenset({"group:hr"}))
    met = bool(readers.labels & audience)
    assert readers.may_see(audience, None) is met
    assert readers.may_see(audience, restrictions) is (met and bool(readers.labels & restrictions))


@pytest.mark.parametrize(
    ("restrictions", "seen"),
    [
        (NOBODY, True),
        (frozenset({"group:ghost"}), True),
        (frozenset({"jane", "group:ghost", ""}), True),
        (frozenset({"admins"}), True),
        (frozenset({"group:hr"}), False),
        (frozenset({"group:ghost", "group:hr"}), False),
        (frozenset({"jane", "slack:U8"}), False),
    ],
)
def test_admins_see_what_nobody_can_meet(restrictions: frozenset[str], *, seen: bool) -> None:
    """Restrictions without a label that anybody may carry are met by admins, and by them alone."""
    audience = frozenset({"everyone"})
    groups = frozenset({"group:hr"})
    admins = Readers(frozenset({"everyone", "admins", "slack:U7"}), groups=groups)
    others = Readers(frozenset({"everyone", "slack:U7"}), groups=groups)
    assert admins.may_see(audience, restrictions) is seen
    assert not others.may_see(audience, restrictions)
    assert not admins.may_see(frozenset({"slack:C9"}), restrictions)


def test_a_group_may_exist_where_nobody_knows() -> None:
    """Without the list of groups, a restriction to one is not taken for a mistake."""
    admins = Readers(frozenset({"everyone", "admins"}))
    assert not admins.may_see(frozenset({"everyone"}), frozenset({"group:ghost"}))
    assert admins.may_see(frozenset({"everyone"}), NOBODY)


@holds_for(SETS, st.none() | SETS)
def test_the_command_line_sees_everything(
    audience: frozenset[str], restrictions: frozenset[str] | None
) -> None:
    """Unrestricted readers see every document, whatever its labels."""
    assert ADMIN.may_see(audience, restrictions)
