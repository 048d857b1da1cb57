"""What a bot's message may hold, and how the API gives it back.

Documented are 2,000 characters of content for bots (the published description says 4,000, which
holds for others), the limits of an embed's parts, 6,000 characters in all of a message's embeds,
and 25 characters of a nonce. Not documented, and so this server's choice: characters are code
points; white space around a content is cut off before it is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord.components import check_components, written_components
from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError, FormProblems
from tests.servers.discord.mentions import check_allowed
from tests.servers.discord.model import MessageFlag

CONTENT_CHARS = 2_000
EMBEDS = 10
ALL_EMBEDS_CHARS = 6_000
EMBED_CHARS = {"title": 256, "description": 4_096, "url": 2_048}
FIELDS = 25
FIELD_CHARS = {"name": 256, "value": 1_024}
FOOTER_CHARS = 2_048
AUTHOR_CHARS = 256
NONCE_CHARS = 25
SETTABLE_FLAGS = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS


@dataclass(slots=True)
class Body:
    """A message's body that keeps all limits.

    Attributes:
        given: The names of the fields that it has, so that an edit leaves the others alone.
        allowed: `allowed_mentions`; None where there are none.
    """

    given: frozenset[str]
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: int = 0
    allowed: Json | None = None
    nonce: str | int | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return not self.content and not self.embeds and not self.components


def read_body(given: Json, *, at: str = "", flags: MessageFlag = SETTABLE_FLAGS) -> Body:
    """A message's body.

    Args:
        given: The JSON.
        at: The path of the body in the request, such as `data.`.
        flags: Which flags may be set here; others are left out.

    Raises:
        DiscordError: 50035 with all that is wrong.
    """
    problems = _Within(at)
    content = str(given.get("content") or "").strip()
    problems.text("content", content, CONTENT_CHARS)
    embeds, rows = given.get("embeds") or [], given.get("components") or []
    _check_embeds(embeds, problems)
    if int(given.get("flags") or 0) & MessageFlag.COMPONENTS_V2:
        problems.add("flags", "NOT_HERE", "This server knows no components of version 2.")
    check_components(rows, problems)
    nonce = given.get("nonce")
    problems.text("nonce", None if nonce is None else str(nonce), NONCE_CHARS)
    problems.refuse()
    check_allowed(given.get("allowed_mentions"))
    return Body(
        frozenset(given),
        content,
        [_written(embed) for embed in embeds],
        written_components(rows),
        int(given.get("flags") or 0) & int(flags),
        given.get("allowed_mentions"),
        nonce,
    )


def read_new_body(given: Json, *, at: str = "", flags: MessageFlag = SETTABLE_FLAGS) -> Body:
    """The body of a new message, which must not be empty.

    Raises:
        DiscordError: 50035, or 50006 for an empty one.
    """
    body = read_body(given, at=at, flags=flags)
    if body.empty:
        raise DiscordError(50_006)
    return body


class _Within(FormProblems):
    """Problems of a part of a request's body."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self._at = at

    def add(self, path: str, code: str, message: str) -> None:
        super().add(self._at + path, code, message)


def _check_embeds(embeds: list[Json], problems: FormProblems) -> None:
    if len(embeds) > EMBEDS:
        problems.add("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS} or fewer in length.")
    for number, embed in enumerate(embeds):
        _check_embed(embed, f"embeds.{number}", problems)
    if sum(map(_chars, embeds)) > ALL_EMBEDS_CHARS:
        message = f"Embed size exceeds maximum size of {ALL_EMBEDS_CHARS}"
        problems.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def _check_embed(embed: Json, path: str, problems: FormProblems) -> None:
    for name, most in EMBED_CHARS.items():
        problems.text(f"{path}.{name}", embed.get(name), most)
    problems.text(f"{path}.footer.text", _inside(embed, "footer", "text"), FOOTER_CHARS)
    problems.text(f"{path}.author.name", _inside(embed, "author", "name"), AUTHOR_CHARS)
    fields = embed.get("fields") or []
    if len(fields) > FIELDS:
        message = f"Must be {FIELDS} or fewer in length."
        problems.add(f"{path}.fields", "BASE_TYPE_MAX_LENGTH", message)
    for number, one in enumerate(fields):
        for name, most in FIELD_CHARS.items():
            here = f"{path}.fields.{number}.{name}"
            problems.text(here, one.get(name), most, required=True)


def _chars(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [_inside(embed, "footer", "text"), _inside(embed, "author", "name")]
    for one in embed.get("fields") or []:
        texts += [one.get("name"), one.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _inside(embed: Json, part: str, name: str) -> Any:
    return (embed.get(part) or {}).get(name)


def _written(embed: Json) -> Json:
    """An embed as the API gives it back."""
    shown: Json = {name: value for name, value in embed.items() if value not in (None, [])}
    shown["type"] = "rich"
    if "fields" in shown:
        shown["fields"] = [{"inline": False} | one for one in shown["fields"]]
    return shown
