"""What Slack's events mean: pure functions from a payload to what somebody did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from footnote.bot.audience import Audience
from footnote.bot.platforms.base import Deleted, Edited
from footnote.bot.questions import Question

NAME = "slack"

Payload = Mapping[str, Any]
Change = Edited | Deleted

_MENTION = re.compile(r"<@(\w+)(?:\|[^>]*)?>")
_LABELLED = re.compile(r"<[^<>|]*\|([^<>]*)>")
_CALLED = re.compile(r"<[@#!][^<>|]*>")
_BARE = re.compile(r"<(?:mailto:)?([^<>|]*)>")
_EMOJI = re.compile(r":[\w+'-]+:")
_SUBTYPES = {None, "file_share", "me_message", "thread_broadcast"}


@dataclass(frozen=True, slots=True)
class Written:
    """A message that a person wrote.

    Attributes:
        team: The workspace.
        channel: The channel, or the direct messages with somebody.
        user: Who wrote it.
        home: The workspace that they belong to, another one where workspaces share a channel.
        ts: Slack's name of it within the channel.
        thread: The `ts` of the message that its thread begins with; its own outside of threads.
        text: What it says, as Slack writes it.
        direct: Whether it was written to the bot alone.
        in_thread: Whether it is a reply in a thread.
        revision: 0, or for an edited message when that was.
    """

    team: str
    channel: str
    user: str
    home: str
    ts: str
    thread: str
    text: str
    direct: bool
    in_thread: bool
    revision: int = 0

    @property
    def id(self) -> str:
        """The question's id: the same for every event about this message."""
        return question_id(self.team, self.channel, self.ts)


def question_id(team: str, channel: str, ts: str) -> str:
    """The id of the question that a message is."""
    return f"{NAME}:{team}:{channel}:{ts}"


def written(event: Payload, team: str) -> Written | None:
    """What a person wrote; None where a machine did, or where nothing is said.

    Joins, topics and the like have a subtype. A bot's messages have a bot_id, whoever they are
    posted for.
    """
    if event.get("subtype") not in _SUBTYPES or event.get("bot_id") or not event.get("user"):
        return None
    thread = event.get("thread_ts")
    return Written(
        team=team,
        channel=event["channel"],
        user=event["user"],
        home=event.get("user_team") or event.get("team") or team,
        ts=event["ts"],
        thread=thread or event["ts"],
        text=event.get("text") or "",
        direct=event.get("channel_type") == "im",
        in_thread=bool(thread) and thread != event["ts"],
        revision=_revision(event),
    )


def installed_in(body: Payload) -> str:
    """The workspace whose installation an event is for.

    In a channel that workspaces share, `team_id` is the one where it happened, which need not have
    the app (docs.slack.dev, "Slack Connect").
    """
    authorizations = body.get("authorizations") or [{}]
    return str(authorizations[0].get("team_id") or body["team_id"])


def edited(event: Payload, team: str) -> tuple[Written, Written | None] | None:
    """What a message says now that a person changed, and what it said before.

    Slack sends the same event when it unfurls a link, when a reply is counted, and when a bot
    edits what it wrote itself: None where nobody changed the words.
    """
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    if "edited" not in now or now.get("text") == before.get("text"):
        return None
    where = {"channel": event["channel"], "channel_type": event.get("channel_type")}
    message = written({**now, **where}, team)
    return (message, written({**before, **where}, team)) if message else None


def deleted(event: Payload, team: str) -> Deleted | None:
    """The question that went with a message that was deleted.

    A message with replies leaves a tombstone, which Slack tells as an edit.
    """
    if event.get("subtype") == "message_deleted":
        return Deleted(question_id(team, event["channel"], event["deleted_ts"]))
    if (event.get("message") or {}).get("subtype") == "tombstone":
        return Deleted(question_id(team, event["channel"], event["message"]["ts"]))
    return None


def question_of(
    message: Written, bot: str, audience: Audience, *, follows: bool
) -> Question | None:
    """The question that a message is; None where it is none.

    Args:
        message: What was written.
        bot: The bot's own user id.
        audience: Who will see the answer.
        follows: Whether messages in an engaged thread are questions without a mention.
    """
    mentioned = message.direct or bot in _MENTION.findall(message.text)
    if message.user == bot or not (mentioned or (message.in_thread and follows)):
        return None
    text = plain(message.text, bot)
    if not _says_something(text):
        return None
    return Question(
        id=message.id,
        text=text,
        asker=f"{NAME}:{message.user}",
        place=f"{message.channel}/{message.thread}",
        platform=NAME,
        audience=audience,
        address={
            "team": message.team,
            "channel": message.channel,
            "thread": message.thread,
            "ts": message.ts,
            "user": message.user,
            "home": message.home,
        },
        mentioned=mentioned,
        revision=message.revision,
    )


def change_of(message: Written, now: Question | None, before: Question | None) -> Change | None:
    """What an edit does.

    Args:
        message: The message as it is now.
        now: The question that it is now; None where it is none.
        before: The question that it was; None where it was none.

    Returns:
        That it asks anew, or withdraws what it asked; None where it never was a question.
    """
    if now:
        return Edited(now)
    return Deleted(message.id, message.revision) if before else None


def plain(text: str, bot: str) -> str:
    """What a person meant, in the signs that they typed.

    Mentions go, unless Slack says with what words they are shown, as it does with links; of the
    bot, in any case.
    """
    text = re.sub(rf"<@{bot}(?:\|[^>]*)?>", " ", text)
    text = _LABELLED.sub(r"\1", text)
    text = _CALLED.sub(" ", text)
    text = _BARE.sub(r"\1", text)
    for sign, escape in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        text = text.replace(escape, sign)
    return re.sub(r"[ \t]+", " ", text).strip()


def _says_something(text: str) -> bool:
    """Whether there are words in it, and not only emoji, which Slack writes as `:wave:`."""
    return any(sign.isalnum() for sign in _EMOJI.sub(" ", text))


def _revision(event: Payload) -> int:
    """When it was edited, in microseconds; Slack's times have six digits behind the point."""
    ts = (event.get("edited") or {}).get("ts")
    return int(ts.replace(".", "")) if ts else 0
