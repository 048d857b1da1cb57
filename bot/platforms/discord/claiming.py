"""Which replica replies to an interaction: Discord brings it to all that serve its shard."""

from __future__ import annotations

from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError

TOKEN_S = 900.0
"""As long as an interaction can be replied to (discord.com/developers/docs, "Receiving and
Responding to Interactions")."""

_SPACE = "discord:interactions"


async def claimed(records: Records, interaction: int) -> bool:
    """Whether this replica is the first to take an interaction, and so the one that replies.

    Raises:
        StateUnavailableError: Nobody can say.
    """
    try:
        await records.put(_SPACE, str(interaction), "", ttl_s=TOKEN_S)
    except ConflictError:
        return False
    return True
