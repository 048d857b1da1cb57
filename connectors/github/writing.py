"""A thread as one text in Markdown, in which each post stands under who wrote it and when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from markdown_it import MarkdownIt

from footnote.connectors.base import Document, Mark
from footnote.connectors.formats.markdown_code import outside_code, replace_outside_code
from footnote.connectors.github.threads import Kind, Post, Thread

_REMARKS = outside_code(r"<!--(?:(?!-->)[\s\S])*+(?:-->|\Z)")
_HEADING = outside_code(r"(?<=^)(?P<signs>#{1,6})(?=[ \t])")
_LOWEST = 6
_BLANK_START = re.compile(r"\A(?:[ \t]*+\n)++")
_NAMES = {
    Kind.ISSUES: "Issue #{}",
    Kind.PULLS: "Pull request #{}",
    Kind.DISCUSSIONS: "Discussion #{}",
    Kind.RELEASES: "Release",
}
_TITLES = {Kind.RELEASES: "{title}"}


def document_of(
    thread: Thread, posts: Iterable[Post], *, document_id: str, source: str, version: str
) -> Document:
    """The document that a thread is.

    Args:
        thread: The thread.
        posts: What was written in it, in order.
        document_id: The document's id.
        source: The name of the source.
        version: The version of the thread.
    """
    parts: list[str] = []
    marks: list[Mark] = []
    length = 0
    for heading, anchor, body in _sections(thread, posts):
        part = f"{heading}\n\n{body}\n\n" if body else f"{heading}\n\n"
        if anchor:
            marks.append(Mark(length, anchor, heading.lstrip("# ")))
        parts.append(part)
        length += len(part)
    return Document(
        id=document_id,
        source=source,
        version=version,
        text="".join(parts).rstrip() + "\n",
        title=_TITLES.get(thread.kind, "{title} (#{number})").format(
            title=" ".join(thread.title.split()), number=thread.number
        ),
        url=thread.url,
        author=thread.author,
        modified_at=moment_of(thread.updated),
        marks=tuple(marks),
    )


def moment_of(written: str) -> datetime | None:
    """A time as GitHub writes it, or None."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sections(thread: Thread, posts: Iterable[Post]) -> Iterable[tuple[str, str, str]]:
    """Heading, anchor and text of each post; those without a text are left out."""
    yield _first_heading(thread), thread.anchor, _below(2, contained(thread.body))
    for post in posts:
        if body := contained(post.body):
            level = 3 if post.answers else 2
            what = f", {post.about}" if post.about else ""
            heading = f"{'#' * level} {post.author} on {_day(post.created)}{what}"
            yield heading, post.anchor, _below(level, body)


def _first_heading(thread: Thread) -> str:
    name = _NAMES[thread.kind].format(thread.number)
    said = [f"# {name} by {thread.author} on {_day(thread.created)}"]
    if thread.state:
        said.append(thread.state)
    if thread.labels:
        sign = "in" if thread.kind is Kind.DISCUSSIONS else "labelled"
        said.append(f"{sign} {' and '.join(' '.join(label.split()) for label in thread.labels)}")
    return ", ".join(said)


def _below(level: int, text: str) -> str:
    """Markdown whose headings are below those of a level."""
    return replace_outside_code(
        _HEADING, lambda found: "#" * min(_LOWEST, level + len(found["signs"])), text
    )


def _day(written: str) -> str:
    return written[:10]


def contained(body: str) -> str:
    """A post's Markdown so that it ends where it ends, whatever it leaves open.

    The remarks of templates are left out, which nobody sees on the page.
    """
    text = replace_outside_code(_REMARKS, lambda _: "", body.replace("\r\n", "\n"))
    text = _BLANK_START.sub("", text).rstrip()
    if not text or _ends(text):
        return text
    for fence in ("```", "~~~"):
        if _ends(closed := f"{text}\n{fence}"):
            return closed
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _ends(text: str) -> bool:
    """Whether a heading after the text would be one."""
    tokens = MarkdownIt("commonmark").disable("inline").parse(f"{text}\n\n# End\n")
    last = tokens[-1]
    return last.type == "heading_close" and last.level == 0
