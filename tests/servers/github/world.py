"""What is on this GitHub, and what people do there; each thing that is done takes a second."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

_BEGIN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(slots=True)
class Comment:
    """A comment on an issue, a pull request, a line of one, or a discussion.

    Attributes:
        path: The file that it is about, on a line of a pull request.
        line: The line.
        answers: The id of the comment that it answers, or 0.
        hidden: Whether somebody hid it.
        accepted: Whether it is the answer of a discussion.
        replies: What answers it in a discussion.
    """

    id: int
    author: str | None
    body: str
    created: str
    updated: str
    path: str = ""
    line: int | None = None
    answers: int = 0
    hidden: bool = False
    accepted: bool = False
    replies: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class Review:
    """A review of a pull request."""

    id: int
    author: str
    body: str
    state: str
    submitted: str


@dataclass(slots=True)
class Topic:
    """An issue, a pull request or a discussion.

    Attributes:
        pull: Whether it is a pull request.
        category: Of a discussion.
    """

    number: int
    id: int
    title: str
    body: str | None
    author: str | None
    created: str
    updated: str
    labels: list[str] = field(default_factory=list)
    pull: bool = False
    state: str = "open"
    reason: str | None = None
    merged: str | None = None
    category: str = "Q&A"
    comments: list[Comment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    lines: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class Release:
    """A release."""

    id: int
    tag: str
    name: str | None
    body: str | None
    author: str
    created: str
    draft: bool = False
    prerelease: bool = False


@dataclass(slots=True)
class Repo:
    """A repository.

    Attributes:
        name: "owner/name".
        private: Whether it takes a token to see it.
        renamed: Its new name, under which the old one only leads there; "" where it has its own.
        topics: Issues and pull requests by number.
        talks: Discussions by number.
        moved: Where issues went that were moved, by number.
        dropped: Numbers of issues that were deleted.
    """

    id: int
    name: str
    private: bool = False
    renamed: str = ""
    has_issues: bool = True
    has_discussions: bool = True
    topics: dict[int, Topic] = field(default_factory=dict)
    talks: dict[int, Topic] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    moved: dict[int, str] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    numbers: int = 0


@dataclass(slots=True)
class World:
    """All repositories.

    Attributes:
        repos: By their names in small letters.
    """

    repos: dict[str, Repo] = field(default_factory=dict)
    _ids: int = 1000
    _moment: datetime = _BEGIN

    def tick(self) -> str:
        """The next second, as GitHub writes it."""
        self._moment += timedelta(seconds=1)
        return f"{self._moment:%Y-%m-%dT%H:%M:%SZ}"

    def repo(self, name: str = "acme/handbook", **more: Any) -> Repo:
        """A new repository."""
        made = Repo(self.id(), name, **more)
        self.repos[name.lower()] = made
        return made

    def issue(self, repo: Repo, title: str, body: str | None = "Body.", **more: Any) -> Topic:
        """A new issue; a pull request with `pull=True`."""
        made = self._topic(repo, title, body, **more)
        repo.topics[made.number] = made
        return made

    def discussion(self, repo: Repo, title: str, body: str = "Body.", **more: Any) -> Topic:
        """A new discussion."""
        made = self._topic(repo, title, body, **more)
        repo.talks[made.number] = made
        return made

    def _topic(self, repo: Repo, title: str, body: str | None, **more: Any) -> Topic:
        repo.numbers += 1
        now = self.tick()
        made = Topic(repo.numbers, self.id(), title, body, "ann", created=now, updated=now)
        return replace(made, **more)

    def comment(self, topic: Topic, body: str, author: str | None = "bo") -> Comment:
        """Somebody comments."""
        made = self._comment(author, body)
        topic.comments.append(made)
        topic.updated = made.created
        return made

    def reply(self, topic: Topic, comment: Comment, body: str, author: str = "cy") -> Comment:
        """Somebody answers a comment on a discussion."""
        made = self._comment(author, body)
        comment.replies.append(made)
        topic.updated = made.created
        return made

    def line(self, topic: Topic, place: tuple[str, int], body: str, *, answers: int = 0) -> Comment:
        """Somebody comments on a line of a pull request."""
        made = self._comment("cy", body)
        (made.path, made.line), made.answers = place, answers
        topic.lines.append(made)
        topic.updated = made.created
        return made

    def review(
        self, topic: Topic, body: str, state: str = "APPROVED", author: str = "cy"
    ) -> Review:
        """Somebody reviews a pull request."""
        made = Review(self.id(), author, body, state, self.tick())
        topic.reviews.append(made)
        topic.updated = made.submitted
        return made

    def edit(self, comment: Comment, body: str) -> None:
        """Somebody edits a comment, of which the thread's own time need not tell."""
        comment.body, comment.updated = body, self.tick()

    def close(self, topic: Topic, reason: str | None = "completed") -> None:
        """Somebody closes it."""
        topic.state, topic.reason, topic.updated = "closed", reason, self.tick()

    def merge(self, topic: Topic) -> None:
        """Somebody merges a pull request."""
        self.close(topic, None)
        topic.merged = topic.updated

    def delete(self, repo: Repo, topic: Topic) -> None:
        """Somebody deletes an issue."""
        del repo.topics[topic.number]
        repo.dropped.add(topic.number)

    def transfer(self, repo: Repo, topic: Topic, to: Repo) -> Topic:
        """Somebody moves an issue to another repository."""
        del repo.topics[topic.number]
        to.numbers += 1
        made = replace(topic, number=to.numbers, id=self.id(), updated=self.tick())
        repo.moved[topic.number] = f"{to.name}#{made.number}"
        to.topics[made.number] = made
        return made

    def release(
        self, repo: Repo, tag: str, name: str | None, body: str | None = "Notes."
    ) -> Release:
        """Somebody publishes a release."""
        made = Release(self.id(), tag, name, body, "ann", self.tick())
        repo.releases.insert(0, made)
        return made

    def id(self) -> int:
        """A number that nothing else has."""
        self._ids += 1
        return self._ids

    def _comment(self, author: str | None, body: str) -> Comment:
        now = self.tick()
        return Comment(self.id(), author, body, now, now)
