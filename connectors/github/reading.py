"""Reading one thread: from what is remembered, and for the rest from GitHub."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from footnote.connectors.github.discussions import Discussions
from footnote.connectors.github.listing import PER_PAGE, RELEASES, issues_feed
from footnote.connectors.github.memory import COMMENTS, Known, Memory
from footnote.connectors.github.threads import NUMBERED, Kind, Post, in_order
from footnote.connectors.github.translating import (
    post_of_comment,
    post_of_review,
    post_of_review_comment,
)
from footnote.connectors.github.trouble import GoneError

if TYPE_CHECKING:
    from footnote.connectors.github.api import Api


class Reader:
    """Reads threads of one repository.

    Args:
        api: Asks GitHub.
        memory: What is known.
        repository: The repository, such as "acme/handbook".
        kinds: What is read of it.
    """

    def __init__(self, api: Api, memory: Memory, repository: str, kinds: Iterable[Kind]) -> None:
        self._api = api
        self._memory = memory
        self._repository = repository
        self._root = f"/repos/{repository}"
        self._kinds = tuple(kinds)

    async def read(self, kind: Kind, number: int) -> Known:
        """A thread with everything that was written in it, in order.

        Raises:
            StopError: Nothing else would be answered either.
            GoneError: It is not there.
            AnswerError: It could not be had.
        """
        if kind is Kind.DISCUSSIONS:
            discussions = Discussions(self._api, self._memory, self._repository)
            thread, posts = await discussions.read(number)
            return Known(thread, "", posts, len(posts))
        known = await self._known(kind, number)
        if kind in NUMBERED and known.count != known.thread.comments:
            known = await self._with_comments(known)
        if kind is Kind.PULLS:
            reviews = await self._reviews(number)
            known = replace(known, posts=in_order([*known.posts, *reviews]))
        return known

    async def _known(self, kind: Kind, number: int) -> Known:
        known = await asyncio.to_thread(self._memory.known, self._repository, kind, number)
        if known:
            return known
        feed = RELEASES if kind is Kind.RELEASES else issues_feed(self._kinds)
        answer = await self._api.get(self._root + feed.one(number))
        thread = feed.thread(answer.content)
        if thread is None or (thread.kind, thread.number) != (kind, number):
            raise GoneError
        return Known(thread, "", (), 0)

    async def _with_comments(self, known: Known) -> Known:
        """With the comments as they are now, since others were known than there are."""
        thread = known.thread
        found = await self._pages(f"/issues/{thread.number}/comments")
        posts = [post_of_comment(entry) for entry in found]
        await asyncio.to_thread(
            self._memory.replace_posts, self._repository, COMMENTS, thread.number, posts
        )
        return replace(known, posts=posts, count=len(posts))

    async def _reviews(self, number: int) -> list[Post]:
        """What reviews say, and where there are any, the comments on lines."""
        reviews = await self._pages(f"/pulls/{number}/reviews")
        if not reviews:
            return []
        lines = await self._pages(f"/pulls/{number}/comments")
        return [
            *(post_of_review(entry, number) for entry in reviews),
            *map(post_of_review_comment, lines),
        ]

    async def _pages(self, path: str) -> list[Any]:
        entries: list[Any] = []
        following = f"{self._root}{path}?per_page={PER_PAGE}"
        while following:
            answer = await self._api.get(following)
            entries += answer.content
            following = answer.following
        return entries
