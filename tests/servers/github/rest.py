"""The paths of the REST API that are read, each by its `operationId` in GitHub's description."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.servers.github import payloads
from tests.servers.github.world import Comment, Repo, Topic, World

Found = Any
Dated = Topic | Comment
Handler = Callable[["Asking"], Found]


class Refusal(Exception):  # noqa: N818  an answer, not a fault
    """An answer other than 200.

    Args:
        status: Its status.
        message: What it says.
        location: Where it leads, or "".
    """

    def __init__(self, status: int, message: str, location: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.location = location


@dataclass(frozen=True, slots=True)
class Asking:
    """One request.

    Attributes:
        api: Where the API is.
        world: What there is.
        repo: The repository.
        number: The number in the path, or 0.
        query: The query.
    """

    api: str
    world: World
    repo: Repo
    number: int
    query: Mapping[str, str]

    def topic(self, *, pull: bool = False) -> Topic:
        """The issue or pull request of this number.

        Raises:
            Refusal: There is none.
        """
        if self.number in self.repo.moved:
            raise Refusal(301, "Moved Permanently", f"{self.api}/repositories/9/issues/1")
        if self.number in self.repo.dropped:
            raise Refusal(410, "This issue was deleted")
        found = self.repo.topics.get(self.number)
        if found is None or (pull and not found.pull):
            raise Refusal(404, "Not Found")
        return found

    def sorted(self, pairs: Iterable[tuple[Topic, Dated]]) -> list[tuple[Topic, Dated]]:
        """Those since the time that is asked for, in the order that is asked for."""
        since = self.query.get("since", "")
        by_update = self.query.get("sort", "created") == "updated"
        down = self.query.get("direction", "desc" if "sort" not in self.query else "asc") == "desc"
        return sorted(
            (pair for pair in pairs if pair[1].updated >= since),
            key=lambda pair: (pair[1].updated if by_update else pair[1].created, pair[1].id),
            reverse=down,
        )

    def listing(
        self, build: Callable[[str, Repo, Topic, Any], Found], pairs: Sequence[tuple[Topic, Any]]
    ) -> Listing:
        """A listing of what belongs to topics."""
        return Listing(pairs, lambda pair: build(self.api, self.repo, *pair))


@dataclass(frozen=True, slots=True)
class Listing:
    """What is sent in pages.

    Attributes:
        items: All of it.
        build: What is sent of one of them.
    """

    items: Sequence[Any]
    build: Callable[[Any], Found]


def _issues(asking: Asking) -> Found:
    if not asking.repo.has_issues:
        raise Refusal(410, "Issues has been disabled in this repository.")
    state = asking.query.get("state", "open")
    topics = [one for one in asking.repo.topics.values() if state in {"all", one.state}]
    return asking.listing(
        lambda api, repo, topic, _: payloads.issue(api, repo, topic),
        asking.sorted((topic, topic) for topic in topics),
    )


def _pulls(asking: Asking) -> Found:
    topics = [topic for topic in asking.repo.topics.values() if topic.pull]
    return asking.listing(
        lambda api, repo, topic, _: payloads.pull(api, repo, topic),
        asking.sorted((topic, topic) for topic in topics),
    )


def _comments(asking: Asking) -> Found:
    topics = asking.repo.topics.values()
    found = asking.sorted((topic, made) for topic in topics for made in topic.comments)
    return asking.listing(payloads.comment, found)


def _lines(asking: Asking) -> Found:
    topics = asking.repo.topics.values()
    found = asking.sorted((topic, made) for topic in topics for made in topic.lines)
    return asking.listing(payloads.line, found)


def _comments_of_one(asking: Asking) -> Found:
    topic = asking.topic()
    return asking.listing(payloads.comment, [(topic, made) for made in topic.comments])


def _reviews(asking: Asking) -> Found:
    topic = asking.topic(pull=True)
    return asking.listing(payloads.review, [(topic, made) for made in topic.reviews])


def _lines_of_one(asking: Asking) -> Found:
    topic = asking.topic(pull=True)
    return asking.listing(payloads.line, [(topic, made) for made in topic.lines])


def _releases(asking: Asking) -> Found:
    return Listing(
        asking.repo.releases, lambda made: payloads.release(asking.api, asking.repo, made)
    )


def _release(asking: Asking) -> Found:
    for made in asking.repo.releases:
        if made.id == asking.number:
            return payloads.release(asking.api, asking.repo, made)
    raise Refusal(404, "Not Found")


_ROOT = r"/repos/(?P<repo>[^/]+/[^/]+)"
_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("repos/get", "", lambda a: payloads.repository(a.api, a.repo)),
    ("issues/list-for-repo", "/issues", _issues),
    ("issues/list-comments-for-repo", "/issues/comments", _comments),
    (
        "issues/get",
        r"/issues/(?P<number>\d+)",
        lambda a: payloads.issue(a.api, a.repo, a.topic()),
    ),
    ("issues/list-comments", r"/issues/(?P<number>\d+)/comments", _comments_of_one),
    ("pulls/list", "/pulls", _pulls),
    ("pulls/list-review-comments-for-repo", "/pulls/comments", _lines),
    (
        "pulls/get",
        r"/pulls/(?P<number>\d+)",
        lambda a: payloads.whole_pull(a.api, a.repo, a.topic(pull=True)),
    ),
    ("pulls/list-reviews", r"/pulls/(?P<number>\d+)/reviews", _reviews),
    ("pulls/list-review-comments", r"/pulls/(?P<number>\d+)/comments", _lines_of_one),
    ("repos/list-releases", "/releases", _releases),
    ("repos/get-release", r"/releases/(?P<number>\d+)", _release),
)


def routed(path: str) -> tuple[str, str, int, Handler] | None:
    """The name of a path's route, its repository, its number or 0, and what answers it."""
    for name, pattern, handler in _ROUTES:
        if found := re.fullmatch(_ROOT + pattern, path):
            number = int(found.groupdict().get("number") or 0)
            return name, found["repo"], number, handler
    return None
