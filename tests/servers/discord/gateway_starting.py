"""What the gateway tells a session at its start, and of members when asked.

Documented: READY lists the guilds as unavailable, and GUILD_CREATE follows for each; a guild's
members come with it only for GUILD_PRESENCES, else the bot alone; op 8 gives all members only for
GUILD_MEMBERS, and at most 100 otherwise. Not documented, and so this server's choice: who asks for
all without the intent gets an empty chunk.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway_intents import Intents
from tests.servers.discord.model import Guild, Member
from tests.servers.discord.payloads import guild_create_json, member_json, own_user_json
from tests.servers.discord.sessions import Session

API_VERSION = 10
MOST_FOUND = 100
CHUNK = 1_000
LONGEST_NONCE_BYTES = 32


def ready_json(session: Session, guilds: list[Guild], resume_url: str) -> Json:
    """READY for a session."""
    application = session.application
    ready: Json = {
        "v": API_VERSION,
        "user": own_user_json(application.bot),
        "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
        "session_id": session.id,
        "resume_gateway_url": resume_url,
        "application": {
            "id": application.id,
            "flags": application.flags,
            "flags_new": str(application.flags),
        },
    }
    return ready | ({"shard": list(session.shard)} if session.sharded else {})


def guild_start_json(session: Session, guild: Guild) -> Json:
    """GUILD_CREATE for a session, with as many members as its intents allow."""
    return as_asked(session, guild_create_json(guild, session.bot_id))


def as_asked(session: Session, created: Json) -> Json:
    """A GUILD_CREATE as this session receives it."""
    large = created["member_count"] > session.large_from
    created = created | {"large": large, "hub_type": None}
    if not session.intents & Intents.GUILD_PRESENCES:
        own = [member for member in created["members"] if member["user"]["id"] == session.bot_id]
        created["members"] = own
    return created


def member_chunks(session: Session, guild: Guild, asked: Json) -> Iterator[Json]:
    """GUILD_MEMBERS_CHUNK, as often as a request for members needs it."""
    found, unknown = _members(session, guild, asked)
    count = max(1, -(-len(found) // CHUNK))
    for index in range(count):
        chunk: Json = {
            "guild_id": guild.id,
            "members": [member_json(m) for m in found[index * CHUNK : (index + 1) * CHUNK]],
            "chunk_index": index,
            "chunk_count": count,
        }
        if unknown:
            chunk["not_found"] = unknown
        nonce = asked.get("nonce")
        if isinstance(nonce, str) and len(nonce.encode()) <= LONGEST_NONCE_BYTES:
            chunk["nonce"] = nonce
        yield chunk


def _members(session: Session, guild: Guild, asked: Json) -> tuple[list[Member], list[str]]:
    """The members that are asked for, and the ids among those asked for that are none."""
    everybody = list(guild.members.values())
    if "user_ids" in asked:
        ids = asked["user_ids"]
        ids = [str(one) for one in (ids if isinstance(ids, list) else [ids])][:MOST_FOUND]
        found = [guild.members[one] for one in ids if one in guild.members]
        return found, [one for one in ids if one not in guild.members]
    query, limit = str(asked.get("query", "")), int(asked.get("limit", 0))
    if query:
        begins = [m for m in everybody if m.shown_name.casefold().startswith(query.casefold())]
        return begins[: min(limit, MOST_FOUND) or MOST_FOUND], []
    if not session.intents & Intents.GUILD_MEMBERS:
        return [], []
    return everybody[: limit or None], []
