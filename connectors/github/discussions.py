"""Discussions, which GitHub gives through GraphQL alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from footnote.connectors.github.threads import Kind, Post, Thread
from footnote.connectors.github.translating import post_of_discussion, thread_of_discussion
from footnote.connectors.github.trouble import AnswerError, GoneError

if TYPE_CHECKING:
    from footnote.connectors.github.api import Api
    from footnote.connectors.github.memory import Memory

_THREAD = """
    number databaseId title url body createdAt updatedAt closed isAnswered
    author { login } category { name } comments { totalCount }
"""
_POST = "id databaseId body url createdAt updatedAt isAnswer isMinimized author { login }"
_REPOSITORY = "repository(owner: $owner, name: $name, followRenames: false)"

LIST = f"""
query Listed($owner: String!, $name: String!, $order: DiscussionOrder!, $after: String) {{
  {_REPOSITORY} {{
    discussions(first: 100, orderBy: $order, after: $after) {{
      totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {_THREAD} }}
    }}
  }}
}}
"""
READ = f"""
query Read($owner: String!, $name: String!, $number: Int!, $after: String) {{
  {_REPOSITORY} {{
    discussion(number: $number) {{
      {_THREAD}
      written: comments(first: 50, after: $after) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{
          {_POST}
          replies(first: 50) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_POST} }} }}
        }}
      }}
    }}
  }}
}}
"""
REPLIES = f"""
query Replies($comment: ID!, $after: String) {{
  node(id: $comment) {{
    ... on DiscussionComment {{
      replies(first: 100, after: $after) {{
        pageInfo {{ hasNextPage endCursor }} nodes {{ {_POST} }}
      }}
    }}
  }}
}}
"""

_NEWEST: Mapping[str, str] = {"field": "UPDATED_AT", "direction": "DESC"}
_OLDEST: Mapping[str, str] = {"field": "CREATED_AT", "direction": "ASC"}


class Discussions:
    """The discussions of one repository.

    Args:
        api: Asks GitHub.
        memory: What is known.
        repository: The repository, such as "acme/handbook".
    """

    def __init__(self, api: Api, memory: Memory, repository: str) -> None:
        self._api = api
        self._memory = memory
        self._repository = repository
        owner, _, name = repository.partition("/")
        self._names = {"owner": owner, "name": name}

    async def forget(self) -> None:
        """There are none any more."""
        known = await self._numbers()
        await self._forget(known)

    async def update(self) -> None:
        """Look at those that changed last; at all of them where that does not come to their number.

        Raises:
            StopError: Nothing else would be answered either.
            AnswerError: They could not be listed whole.
        """
        newest = await asyncio.to_thread(self._memory.newest, self._repository, Kind.DISCUSSIONS)
        if not newest or not await self._look_at_changed(newest):
            await self._look_at_all()

    async def _look_at_changed(self, newest: str) -> bool:
        """Whether with those that changed since then, as many are known as there are."""
        total = 0
        async for discussions in self._pages(_NEWEST):
            threads = [thread_of_discussion(found) for found in discussions["nodes"] if found]
            await asyncio.to_thread(self._memory.keep_threads, self._repository, threads)
            total = int(discussions["totalCount"])
            if any(thread.updated < newest for thread in threads):
                break
        return len(await self._numbers()) == total

    async def _look_at_all(self) -> None:
        listed: set[int] = set()
        count = total = 0
        async for discussions in self._pages(_OLDEST):
            threads = [thread_of_discussion(found) for found in discussions["nodes"] if found]
            await asyncio.to_thread(self._memory.keep_threads, self._repository, threads)
            listed.update(thread.number for thread in threads)
            count += len(discussions["nodes"])
            total = discussions["totalCount"]
        if count < total:
            raise AnswerError(f"of its {total} discussions only {count} were listed")
        await self._forget(await self._numbers() - listed)

    async def _pages(self, order: Mapping[str, str]) -> AsyncIterator[Any]:
        after = None
        while True:
            found = await self._asked(LIST, order=order, after=after)
            discussions = found["discussions"]
            yield discussions
            after = _following(discussions)
            if after is None:
                return

    async def _numbers(self) -> set[int]:
        keys = await asyncio.to_thread(self._memory.keys, self._repository, [Kind.DISCUSSIONS])
        return {number for _, number in keys}

    async def _forget(self, numbers: set[int]) -> None:
        keys = [(Kind.DISCUSSIONS, number) for number in numbers]
        await asyncio.to_thread(self._memory.forget_threads, self._repository, keys)

    async def read(self, number: int) -> tuple[Thread, list[Post]]:
        """One discussion with what was written in it, answers after what they answer.

        Raises:
            StopError: Nothing else would be answered either.
            GoneError: It is not there.
            AnswerError: It could not be had.
        """
        posts: list[Post] = []
        after = None
        while True:
            found = (await self._asked(READ, number=number, after=after))["discussion"]
            if found is None:
                raise GoneError
            for comment in filter(None, found["written"]["nodes"]):
                posts.append(post := post_of_discussion(comment, number))
                posts += [
                    post_of_discussion(reply, number, answers=post.id)
                    async for reply in self._replies(comment)
                ]
            after = _following(found["written"])
            if after is None:
                return thread_of_discussion(found), posts

    async def _replies(self, comment: Any) -> AsyncIterator[Any]:
        replies = comment["replies"]
        while True:
            for reply in filter(None, replies["nodes"]):
                yield reply
            after = _following(replies)
            if after is None:
                return
            variables = {"comment": comment["id"], "after": after}
            node = (await self._api.ask(REPLIES, variables))["node"]
            if not node:
                return
            replies = node["replies"]

    async def _asked(self, question: str, **variables: Any) -> Any:
        found = (await self._api.ask(question, {**self._names, **variables}))["repository"]
        if found is None:
            raise GoneError
        return found


def _following(connection: Any) -> str | None:
    """The cursor of the next page; None after the last."""
    info = connection["pageInfo"]
    return info["endCursor"] if info["hasNextPage"] else None
