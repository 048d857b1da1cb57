"""Bringing what is remembered of a repository in line with it, in as few requests as can be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from footnote.connectors.github.discussions import Discussions
from footnote.connectors.github.memory import COMMENTS, REVIEWS, About, Key, Memory, Page
from footnote.connectors.github.threads import NUMBERED, Kind, Post, Thread
from footnote.connectors.github.translating import (
    kind_of_comment,
    post_of_comment,
    post_of_review_comment,
    thread_of_issue,
    thread_of_pull,
    thread_of_release,
)
from footnote.connectors.github.trouble import AnswerError, GoneError, understood

if TYPE_CHECKING:
    from footnote.connectors.github.api import Api

PER_PAGE = 100
"""As many as GitHub gives at once (docs.github.com, "Using pagination in the REST API")."""

_CHECKED_AT_ONCE = 16
"""So many threads that a listing lacks are looked for at once."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A listing of threads, in pages.

    Attributes:
        name: What it is called where it is remembered.
        path: Its first page, below the repository.
        kinds: Of the threads that are on it.
        thread: From an entry to a thread; None for one that is no document.
        one: The path of one of its threads, below the repository.
    """

    name: str
    path: str
    kinds: tuple[Kind, ...]
    thread: Callable[[Any], Thread | None]
    one: Callable[[int], str]


class Repository:
    """Brings the memory in line with one repository.

    Args:
        api: Asks GitHub.
        memory: What is known.
        name: The repository, such as "acme/handbook".
        kinds: What is read of it.
    """

    def __init__(self, api: Api, memory: Memory, name: str, kinds: Iterable[Kind]) -> None:
        self._api = api
        self._memory = memory
        self._name = name
        self._kinds = frozenset(kinds)
        self._root = f"/repos/{name}"

    async def update(self) -> None:
        """Ask for all that may have changed; what was learnt before it fails is kept.

        Raises:
            StopError: Nothing else would be answered either.
            AnswerError: Something could not be had; the sentence names the repository.
        """
        try:
            with understood():
                about = await self._about()
                await _all_of(self._tasks(about))
        except GoneError as error:
            raise AnswerError(
                f"a part of {self._name} is not there, or whoever asks may not see it: check what "
                f"the token in {self._api.who.variable} may read"
            ) from error
        except AnswerError as error:
            raise AnswerError(f"{self._name} cannot be read: {error.reason}") from error

    def _tasks(self, about: About) -> list[Awaitable[None]]:
        tasks: list[Awaitable[None]] = []
        if self._kinds.intersection(NUMBERED):
            listing = issues_feed(self._kinds, switched_on=about.has_issues)
            tasks += [self._threads(listing), self._comments()]
        if Kind.PULLS in self._kinds:
            tasks.append(self._review_comments())
        if Kind.RELEASES in self._kinds:
            tasks.append(self._threads(RELEASES))
        if Kind.DISCUSSIONS in self._kinds:
            discussions = Discussions(self._api, self._memory, self._name)
            has_them = about.has_discussions
            tasks.append(discussions.update() if has_them else discussions.forget())
        return tasks

    async def _about(self) -> About:
        """What the repository says that it has."""
        known = await asyncio.to_thread(self._memory.about, self._name)
        try:
            answer = await self._api.get(self._root, known.etag if known else "")
        except GoneError as error:
            raise await self._missing(error) from error
        if answer.is_unchanged and known:
            return known
        has = answer.content
        about = About(answer.etag, has["has_issues"], has.get("has_discussions", False))
        await asyncio.to_thread(self._memory.keep_about, self._name, about)
        return about

    async def _missing(self, error: GoneError) -> AnswerError:
        if error.moved_to:
            name = await self._api.full_name(error.moved_to)
            called = f"it is called {name} now" if name else "it has another name now"
            return AnswerError(f"{called}, so write that name in repositories")
        who = self._api.who
        if who.has_token:
            return AnswerError(
                f"there is no such repository, or the token in {who.variable} may not see it"
            )
        return AnswerError(
            "there is no such repository that everybody may see: for a private one, put a token "
            f"into the environment variable {who.variable}"
        )

    async def _threads(self, feed: Feed) -> None:
        """Every page of a listing, oldest first so that pages stay as they were.

        A thread that was known and is not listed any more counts as gone only when GitHub says so
        of itself: one that is deleted meanwhile moves others from page to page.
        """
        listed: set[Key] = set()
        paths: set[str] = set()
        path = self._root + feed.path
        while path:
            if path in paths:
                raise AnswerError(f"the pages of its {feed.name} lead back to each other")
            paths.add(path)
            page = await self._page(feed, path)
            listed.update(page.keys)
            path = page.following
        known = await asyncio.to_thread(self._memory.keys, self._name, feed.kinds)
        missing = sorted(known - listed)
        for start in range(0, len(missing), _CHECKED_AT_ONCE):
            some = missing[start : start + _CHECKED_AT_ONCE]
            gone = await asyncio.gather(*(self._is_gone(feed, key) for key in some))
            away = [key for key, is_gone in zip(some, gone, strict=True) if is_gone]
            await asyncio.to_thread(self._memory.forget_threads, self._name, away)
        await asyncio.to_thread(self._memory.keep_only_pages, self._name, feed.name, paths)

    async def _page(self, feed: Feed, path: str) -> Page:
        known = await asyncio.to_thread(self._memory.page, self._name, feed.name, path)
        # A last page that is full may have got a successor, of which its validator need not know.
        etag = known.etag if known and (known.following or not known.is_full) else ""
        answer = await self._api.get(path, etag)
        if answer.is_unchanged and known:
            return known
        return await asyncio.to_thread(self._learn, feed, path, answer)

    def _learn(self, feed: Feed, path: str, answer: Any) -> Page:
        threads = [
            thread
            for entry in answer.content
            if (thread := feed.thread(entry)) and thread.kind in feed.kinds
        ]
        page = Page(
            answer.etag,
            answer.following,
            is_full=len(answer.content) >= PER_PAGE,
            keys=[(thread.kind, thread.number) for thread in threads],
        )
        self._memory.keep_page(self._name, feed.name, path, page, threads)
        return page

    async def _is_gone(self, feed: Feed, key: Key) -> bool:
        """Whether a thread is not there any more; one that is there is kept as it is now."""
        try:
            answer = await self._api.get(self._root + feed.one(key[1]))
        except GoneError:
            return True
        thread = feed.thread(answer.content)
        if thread is None or (thread.kind, thread.number) != key:
            return True
        await asyncio.to_thread(self._memory.keep_threads, self._name, [thread])
        return False

    async def _comments(self) -> None:
        """The comments that were written or edited, of all threads at once."""

        def posts(content: Any) -> list[Post]:
            return [
                post_of_comment(entry) for entry in content if kind_of_comment(entry) in self._kinds
            ]

        await self._since(COMMENTS, "/issues/comments", posts)

    async def _review_comments(self) -> None:
        """Which pull requests have comments on lines that were written or edited."""
        await self._since(
            REVIEWS,
            "/pulls/comments",
            lambda content: [post_of_review_comment(entry) for entry in content],
        )

    async def _since(self, feed: str, path: str, posts: Callable[[Any], list[Post]]) -> None:
        """What a feed holds from where it was read last, in the order of its edits.

        Each page is asked for by the time of the last edit before it, so that an edit meanwhile
        moves nothing out of sight.
        """
        moment = await asyncio.to_thread(self._memory.read_until, self._name, feed)
        following = ""
        while True:
            since = f"&since={quote(_just_before(moment))}" if moment else ""
            first = f"{self._root}{path}?sort=updated&direction=asc&per_page={PER_PAGE}{since}"
            known = await asyncio.to_thread(self._memory.page, self._name, feed, first)
            answer = await self._api.get(
                following or first, known.etag if known and not following else ""
            )
            if answer.is_unchanged:
                return
            content = answer.content
            last = content[-1]["updated_at"] if content else moment
            await asyncio.to_thread(self._memory.keep_posts, self._name, feed, posts(content), last)
            if len(content) < PER_PAGE:
                await self._keep_end(feed, first, "" if following else answer.etag)
                return
            following = answer.following if last == moment else ""
            if last == moment and not following:
                return
            moment = last

    async def _keep_end(self, feed: str, path: str, etag: str) -> None:
        page = Page(etag, "", is_full=False, keys=())
        await asyncio.to_thread(self._memory.keep_page, self._name, feed, path, page, ())
        await asyncio.to_thread(self._memory.keep_only_pages, self._name, feed, {path})


def issues_feed(kinds: Iterable[Kind], *, switched_on: bool = True) -> Feed:
    """The listing of issues and pull requests.

    GitHub lists them together, and where issues are switched off, pull requests by themselves.

    Args:
        kinds: What is read.
        switched_on: Whether issues are.
    """
    name = "issues" if switched_on else "pulls"
    return Feed(
        name,
        f"/{name}?state=all&sort=created&direction=asc&per_page={PER_PAGE}",
        tuple(kind for kind in NUMBERED if kind in kinds),
        thread_of_issue if switched_on else thread_of_pull,
        lambda number: f"/{name}/{number}",
    )


def _just_before(moment: str) -> str:
    """A second before, as GitHub does not say whether `since` takes in the moment itself."""
    return f"{datetime.fromisoformat(moment) - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"


def _release(found: Any) -> Thread | None:
    return None if found["draft"] else thread_of_release(found)


RELEASES = Feed(
    "releases",
    f"/releases?per_page={PER_PAGE}",
    (Kind.RELEASES,),
    _release,
    lambda number: f"/releases/{number}",
)


async def _all_of(works: Iterable[Awaitable[None]]) -> None:
    """Do all of it side by side, and what is left of it where only a part fails.

    Raises:
        StopError: One part was told that nothing will be answered; what the others had asked by
            then was answered, and counted, so it is kept.
        AnswerError: A part failed, after the others are done.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    errors = [result for result in results if isinstance(result, BaseException)]
    if errors:
        raise min(errors, key=lambda error: isinstance(error, AnswerError))
