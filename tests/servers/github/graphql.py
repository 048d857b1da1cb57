"""Answers to GraphQL: graphql-core holds each question to the published schema's part."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync

from tests.servers.github.payloads import WEB
from tests.servers.github.world import Comment, Repo, Topic, World

SCHEMA = Path(__file__).with_name("schema.graphql")


def schema() -> GraphQLSchema:
    """The part of GitHub's schema that is answered."""
    made = build_schema(SCHEMA.read_text(encoding="utf-8"))
    for name, kind in (("Node", "DiscussionComment"), ("Actor", "User")):
        made.type_map[name].resolve_type = lambda *_, kind=kind: kind  # type: ignore[attr-defined]  # set as its documentation says
    return made


def answer(
    schema: GraphQLSchema, world: World, see: Callable[[str], Repo | None], question: Any
) -> dict[str, Any]:
    """What GitHub answers, with the type of each error beside its message.

    Args:
        schema: What can be asked.
        world: What there is.
        see: A repository by its name, as far as whoever asks may see it.
        question: `query` and `variables`.
    """
    result = graphql_sync(
        schema,
        question["query"],
        root_value={"repository": _repository(see), "node": _node(world)},
        variable_values=question.get("variables"),
    )
    said: dict[str, Any] = {"data": result.data}
    if result.errors:
        said["errors"] = [
            {**error.formatted, **(error.extensions or {})} for error in result.errors
        ]
    return said


def _repository(see: Callable[[str], Repo | None]) -> Any:
    def resolve(_: Any, *, owner: str, name: str, followRenames: bool = True) -> Any:  # noqa: N803  as GitHub has it
        repo = see(f"{owner}/{name}")
        if repo is None or (repo.renamed and not followRenames):
            raise GraphQLError(
                f"Could not resolve to a Repository with the name '{owner}/{name}'.",
                extensions={"type": "NOT_FOUND"},
            )
        return {
            "discussion": lambda _, number: _one(repo, number),
            "discussions": lambda _, **how: _listed(repo, **how),
        }

    return resolve


def _one(repo: Repo, number: int) -> Any:
    if number not in repo.talks:
        raise GraphQLError(
            f"Could not resolve to a Discussion with the number of {number}.",
            extensions={"type": "NOT_FOUND"},
        )
    return _discussion(repo, repo.talks[number])


def _listed(repo: Repo, *, orderBy: Any, first: int, after: str | None = None) -> Any:  # noqa: N803  as GitHub has it
    by_update = orderBy["field"] == "UPDATED_AT"
    talks = sorted(
        repo.talks.values(),
        key=lambda talk: (talk.updated if by_update else talk.created, talk.number),
        reverse=orderBy["direction"] == "DESC",
    )
    return _connection(talks, first, after, lambda talk: _discussion(repo, talk))


def _discussion(repo: Repo, talk: Topic) -> Any:
    url = f"{WEB}/{repo.name}/discussions/{talk.number}"
    return {
        **_written(talk.author, talk.body or "", talk.created, talk.updated),
        "number": talk.number,
        "databaseId": talk.id,
        "title": talk.title,
        "url": url,
        "closed": talk.state == "closed",
        "isAnswered": any(comment.accepted for comment in talk.comments),
        "category": {"name": talk.category},
        "comments": _paged([_comment(url, comment) for comment in talk.comments]),
    }


def _comment(url: str, made: Comment) -> Any:
    return {
        **_written(made.author, made.body, made.created, made.updated),
        "id": f"DC_{made.id}",
        "databaseId": made.id,
        "url": f"{url}#discussioncomment-{made.id}",
        "isAnswer": made.accepted,
        "isMinimized": made.hidden,
        "replies": _paged([_comment(url, reply) for reply in made.replies]),
    }


def _written(author: str | None, body: str, created: str, updated: str) -> dict[str, Any]:
    who = {"login": author} if author else None
    return {"author": who, "body": body, "createdAt": created, "updatedAt": updated}


def _node(world: World) -> Any:
    def resolve(_: Any, *, id: str) -> Any:  # noqa: A002  as GitHub has it
        for repo in world.repos.values():
            for talk in repo.talks.values():
                for comment in talk.comments:
                    if f"DC_{comment.id}" == id:
                        return _comment(f"{WEB}/{repo.name}/discussions/{talk.number}", comment)
        return None

    return resolve


def _paged(nodes: Sequence[Any]) -> Any:
    def resolve(_: Any, *, first: int | None = None, after: str | None = None) -> Any:
        return _connection(nodes, first, after)

    return resolve


def _connection(
    nodes: Sequence[Any],
    first: int | None,
    after: str | None,
    build: Callable[[Any], Any] = lambda node: node,
) -> Any:
    """One page; GitHub wants `first` between 1 and 100 wherever nodes are asked for."""
    if first is not None and not 1 <= first <= 100:
        raise GraphQLError("Requesting more than 100 records is not allowed.")
    start = int(base64.b64decode(after)) if after else 0
    shown = nodes[start : start + (first or 0)]
    end = start + len(shown)
    return {
        "nodes": [build(node) for node in shown],
        "totalCount": len(nodes),
        "pageInfo": {
            "hasNextPage": end < len(nodes),
            "endCursor": base64.b64encode(str(end).encode()).decode() if shown else None,
        },
    }
