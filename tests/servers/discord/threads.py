"""How threads come to be, and how they are archived and opened again.

Not documented, and so this server's choice: a post in a forum is told as a new thread and then as
its first message, which has the thread's id; a thread from a message is told as a new thread and
then as a change of that message, without an edit.
"""

from __future__ import annotations

from typing import Any

from tests.servers.discord.model import Channel, Kind, Message, MessageFlag, User
from tests.servers.discord.payloads import channel_json
from tests.servers.discord.posting import change, enter_thread, post
from tests.servers.discord.world import World


def open_thread(  # noqa: PLR0913  a thread's fields
    world: World,
    parent: Channel,
    owner: User,
    name: str,
    *,
    kind: Kind = Kind.PUBLIC_THREAD,
    first: Message | None = None,
    minutes: int = 1_440,
    tags: list[str] | None = None,
) -> Channel:
    """A new thread, from a message or on its own.

    Args:
        world: Where.
        parent: The channel that it is in.
        owner: Who opens it.
        name: Its name.
        kind: Public or private.
        first: The message that it comes from.
        minutes: After how many quiet minutes it is archived.
        tags: The ids of a forum post's tags.
    """
    assert parent.guild
    thread = Channel(first.id if first else world.new_id(), name, kind, parent.guild, parent)
    thread.owner_id, thread.auto_archive_min = owner.id, minutes
    thread.applied_tags = tags or []
    thread.thread_members[owner.id] = world.clock.now()
    world.channels[thread.id] = parent.guild.channels[thread.id] = thread
    told = channel_json(thread) | {"newly_created": True}
    world.tell("THREAD_CREATE", told, thread)
    if first is not None:
        thread.first_id, first.thread = first.id, thread
        change(world, first, edited=False, flags=first.flags | MessageFlag.HAS_THREAD)
    return thread


def open_post(  # noqa: PLR0913  a post's fields
    world: World,
    forum: Channel,
    author: User,
    title: str,
    content: str,
    *,
    tags: list[str] | None = None,
    minutes: int = 1_440,
    **more: Any,
) -> tuple[Channel, Message]:
    """A new post in a forum: a thread whose first message has its id."""
    thread = open_thread(world, forum, author, title, minutes=minutes, tags=tags)
    thread.first_id = thread.id
    forum.last_message_id = thread.id
    return thread, post(world, thread, author, content, snowflake=thread.id, **more)


def invite(world: World, thread: Channel, user: User) -> None:
    """Somebody is added to a thread; a bot is told of the thread."""
    before = user.id in thread.thread_members
    enter_thread(world, thread, user)
    if user.bot and not before and thread.is_private:
        told = channel_json(thread, reader=user.id)
        world.dispatches.publish("THREAD_CREATE", told, thread.guild_id, frozenset({user.id}))


def archive(world: World, thread: Channel, *, archived: bool = True, locked: bool = False) -> None:
    """A thread is archived, or opened again."""
    thread.archived, thread.locked = archived, locked
    thread.archived_at = world.clock.now()
    world.change_channel(thread)
