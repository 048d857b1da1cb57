"""From what GitHub's API answers to threads and posts."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from footnote.connectors.github.threads import Kind, Post, Thread

UNCOUNTED = -1
"""In place of a number of comments that is not known."""

_NOBODY = "ghost"
"""The name that GitHub gives to accounts that are gone."""

_REVIEWED = MappingProxyType(
    {"APPROVED": "approves", "CHANGES_REQUESTED": "asks for changes", "DISMISSED": "dismissed"}
)


def thread_of_issue(found: Any) -> Thread:
    """An issue or a pull request as `GET /repos/{owner}/{repo}/issues` lists it."""
    pull = found.get("pull_request")
    is_open = found["state"] == "open"
    return Thread(
        kind=Kind.PULLS if pull else Kind.ISSUES,
        number=found["number"],
        title=found["title"],
        url=found["html_url"],
        author=_name(found["user"]),
        created=found["created_at"],
        updated=found["updated_at"],
        body=found.get("body") or "",
        state="open" if is_open else _ended(found, pull or {}),
        is_open=is_open,
        labels=tuple(sorted(filter(None, map(_label, found["labels"])))),
        comments=found["comments"],
        anchor=f"issue-{found['id']}",
    )


def thread_of_pull(found: Any) -> Thread:
    """A pull request as `GET /repos/{owner}/{repo}/pulls` lists it, without a count of comments."""
    pull = {"merged_at": found["merged_at"]}
    return thread_of_issue({**found, "pull_request": pull, "comments": UNCOUNTED})


def post_of_comment(found: Any) -> Post:
    """A comment on an issue or a pull request."""
    return Post(
        id=found["id"],
        thread=int(found["issue_url"].rpartition("/")[2]),
        author=_name(found["user"]),
        created=found["created_at"],
        updated=found["updated_at"],
        body="" if found.get("minimized") else found.get("body") or "",
        anchor=urlsplit(found["html_url"]).fragment,
    )


def kind_of_comment(found: Any) -> Kind:
    """Whether such a comment is on an issue or on a pull request."""
    return Kind.PULLS if "/pull/" in urlsplit(found["html_url"]).path else Kind.ISSUES


def post_of_review(found: Any, thread: int) -> Post:
    """What a review of a pull request says as a whole."""
    submitted = found.get("submitted_at") or ""
    return Post(
        id=found["id"],
        thread=thread,
        author=_name(found["user"]),
        created=submitted,
        updated=submitted,
        body=found.get("body") or "",
        anchor=urlsplit(found["html_url"]).fragment,
        about=_REVIEWED.get(found["state"], "reviews"),
    )


def post_of_review_comment(found: Any) -> Post:
    """A comment on a line of a pull request."""
    line = found.get("line") or found.get("original_line")
    return Post(
        id=found["id"],
        thread=int(found["pull_request_url"].rpartition("/")[2]),
        author=_name(found["user"]),
        created=found["created_at"],
        updated=found["updated_at"],
        body=found["body"],
        anchor=urlsplit(found["html_url"]).fragment,
        about=f"about {found['path']}" + (f", line {line}" if line else ""),
        answers=found.get("in_reply_to_id") or 0,
    )


def thread_of_release(found: Any) -> Thread:
    """A release, which is a thread of one post."""
    tag, name = found["tag_name"], (found.get("name") or "").strip()
    return Thread(
        kind=Kind.RELEASES,
        number=found["id"],
        title=name if tag in name else f"{name} ({tag})" if name else tag,
        url=found["html_url"],
        author=_name(found["author"]),
        created=found.get("published_at") or found["created_at"],
        updated=found.get("updated_at") or found.get("published_at") or found["created_at"],
        body=found.get("body") or "",
        state="a pre-release" if found["prerelease"] else "",
    )


def thread_of_discussion(found: Any) -> Thread:
    """A discussion as GraphQL gives it."""
    state = "closed" if found["closed"] else "answered" if found["isAnswered"] else "open"
    return Thread(
        kind=Kind.DISCUSSIONS,
        number=found["number"],
        title=found["title"],
        url=found["url"],
        author=_name(found["author"]),
        created=found["createdAt"],
        updated=found["updatedAt"],
        body=found["body"],
        state=state,
        is_open=not found["closed"],
        labels=(found["category"]["name"],),
        comments=found["comments"]["totalCount"],
        anchor=f"discussion-{found['databaseId']}",
    )


def post_of_discussion(found: Any, thread: int, *, answers: int = 0) -> Post:
    """A comment on a discussion, or what answers one."""
    return Post(
        id=found["databaseId"],
        thread=thread,
        author=_name(found["author"]),
        created=found["createdAt"],
        updated=found["updatedAt"],
        body="" if found["isMinimized"] else found["body"],
        anchor=urlsplit(found["url"]).fragment,
        about="the accepted answer" if found["isAnswer"] else "",
        answers=answers,
    )


def _name(user: Any) -> str:
    return (user or {}).get("login") or _NOBODY


def _label(label: Any) -> str:
    """A label, which the API gives as a text or with its colour."""
    return label if isinstance(label, str) else label.get("name") or ""


def _ended(found: Any, pull: Any) -> str:
    if pull.get("merged_at"):
        return "merged"
    reason = (found.get("state_reason") or "").replace("_", " ")
    return f"closed as {reason}" if reason else "closed"
