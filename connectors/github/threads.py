"""What is read of a repository: threads, and the posts in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

_READERS_VERSION = 1
"""To be raised when threads become other texts than before, so that a sync reads them again."""


class Kind(StrEnum):
    """What a thread is, as the settings name it."""

    ISSUES = "issues"
    PULLS = "pulls"
    DISCUSSIONS = "discussions"
    RELEASES = "releases"


NUMBERED = (Kind.ISSUES, Kind.PULLS)
"""The kinds that GitHub lists together."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What begins a thread.

    Attributes:
        kind: What it is.
        number: Its number in the repository; a release's id.
        title: Its title.
        url: Where a person reads it.
        author: The name of who began it.
        created: When, as GitHub writes it (ISO 8601, UTC).
        updated: When anything of it last changed, likewise.
        body: What they wrote, in Markdown.
        state: What has become of it, as the end of a sentence: "closed as completed".
        is_open: Whether it is still open.
        labels: Its labels.
        comments: How many comments GitHub counts, answers to comments aside.
        anchor: The fragment of its first post on the page.
    """

    kind: Kind
    number: int
    title: str
    url: str
    author: str
    created: str
    updated: str
    body: str
    state: str = ""
    is_open: bool = True
    labels: Sequence[str] = ()
    comments: int = 0
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody wrote in a thread after its beginning.

    Attributes:
        id: Its number at GitHub, which no other post of its sort has.
        thread: The number of its thread.
        author: The name of who wrote it.
        created: When, as GitHub writes it.
        updated: When it was last edited, likewise.
        body: What they wrote, in Markdown; "" where GitHub hides it.
        anchor: Its fragment on the thread's page.
        about: What it is besides, as the end of a sentence: "approves".
        answers: The id of the post that it answers; 0 for none.
    """

    id: int
    thread: int
    author: str
    created: str
    updated: str
    body: str
    anchor: str
    about: str = ""
    answers: int = 0


def version_of(thread: Thread, last_edit: str) -> str:
    """What changes whenever a thread or a comment in it may have changed.

    Args:
        thread: The thread.
        last_edit: When the comment that was edited last was edited; "" where there is none.
    """
    said = json.dumps([_READERS_VERSION, asdict(thread), last_edit], sort_keys=True)
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def in_order(posts: Iterable[Post]) -> list[Post]:
    """Posts by their time, each with those that answer it right after it."""
    by_time = sorted(posts, key=lambda post: (post.created, post.id))
    there = {post.id for post in by_time}
    answers: dict[int, list[Post]] = {}
    for post in by_time:
        answers.setdefault(post.answers if post.answers in there else 0, []).append(post)
    return [post for first in answers.pop(0, []) for post in (first, *answers.get(first.id, ()))]
