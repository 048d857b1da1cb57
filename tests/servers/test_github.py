"""This GitHub is the real one's likeness: what is published of that one holds for it."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest
from graphql import (
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    parse,
    print_ast,
)

from tests.servers.github.graphql import SCHEMA
from tests.servers.github.published import graphql_schema, openapi
from tests.servers.github.server import GitHub, github
from tests.servers.github.validation import read_description

Named = (
    ObjectTypeDefinitionNode
    | InterfaceTypeDefinitionNode
    | InputObjectTypeDefinitionNode
    | EnumTypeDefinitionNode
)


def published() -> str:
    """The published schema of GraphQL."""
    path = graphql_schema()
    if path is None:
        pytest.skip("GitHub's schema is neither in the test data nor to be had from npm")
    return path.read_text(encoding="utf-8")


def block(text: str, name: str) -> Named:
    """The definition of one name."""
    found = re.search(
        rf"^(type|interface|input|enum) {name}\b.*?^}}", text, re.MULTILINE | re.DOTALL
    )
    assert found, name
    (node,) = parse(found[0]).definitions
    assert isinstance(node, Named)
    return node


def arguments(field: FieldDefinitionNode | InputValueDefinitionNode) -> Any:
    """What a field takes."""
    return getattr(field, "arguments", None) or ()


def test_the_schema_is_a_part_of_the_published_one() -> None:
    """Every name has the type and the arguments that GitHub publishes; none that it needs lacks."""
    whole = published()
    count = 0
    for own in parse(SCHEMA.read_text(encoding="utf-8")).definitions:
        if not isinstance(own, Named):
            continue
        theirs = block(whole, own.name.value)
        if isinstance(own, EnumTypeDefinitionNode):
            assert isinstance(theirs, EnumTypeDefinitionNode)
            assert {v.name.value for v in own.values or ()} <= {
                v.name.value for v in theirs.values or ()
            }
            continue
        assert not isinstance(theirs, EnumTypeDefinitionNode)
        fields = {field.name.value: field for field in theirs.fields or ()}
        for field in own.fields or ():
            other = fields[field.name.value]
            assert print_ast(field.type) == print_ast(other.type), field.name.value
            given = {a.name.value: print_ast(a.type) for a in arguments(field)}
            taken = {a.name.value: a for a in arguments(other)}
            for name, type_ in given.items():
                assert print_ast(taken[name].type) == type_
            needed = {n for n, a in taken.items() if print_ast(a.type)[-1] == "!"}
            assert needed <= given.keys()
            count += 1
    assert count == 40


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        ("/repos/acme/handbook/issues?dirction=asc", {}, "no dirction is described"),
        ("/repos/acme/handbook/issues", {"titel": "A"}, "titel"),
        ("/repos/acme/handbook/issues", {"number": "1"}, "is not of type 'integer'"),
    ],
)
async def test_what_is_not_as_described_is_found(
    path: str, change: dict[str, object], told: str
) -> None:
    """A misspelled parameter, a field that GitHub does not know, and one of another type."""
    if read_description(openapi()) is None:
        pytest.skip("GitHub's description is neither in the test data nor to be had from npm")
    hub = GitHub()
    with pytest.raises(AssertionError, match=told):
        await changed(hub, path, change)
    assert hub.paths(200) == [path]


async def changed(hub: GitHub, path: str, change: dict[str, object]) -> None:
    """Ask a GitHub with one issue for a path, and say that it answered something else."""
    async with github(hub):
        hub.world.issue(hub.world.repo(), "A")
        async with aiohttp.ClientSession() as session, session.get(hub.url + path) as response:
            assert response.status == 200
        hub.exchanges[0].said[0].update(change)
