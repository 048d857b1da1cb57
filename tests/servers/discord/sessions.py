"""Sessions: what outlives a gateway connection, so that a RESUME replays what was missed.

Documented: a session whose connection is gone without 1000 or 1001 stays "a few minutes". This
server's choices: three minutes, and no bound on what is kept for a replay but what the app's
heartbeats have acknowledged.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway_codes import Op
from tests.servers.discord.gateway_connection import Connection
from tests.servers.discord.gateway_intents import Intents
from tests.servers.discord.model import Application
from tests.servers.discord.world import World

LIFE_S = 180.0


@dataclass(slots=True, eq=False)
class Session:
    """A session of an app.

    Attributes:
        shard: Its number and the count.
        sharded: Whether the app named a shard at all.
        large_from: A guild with more members than this is told to be large.
        connection: Where it is now; None between connections.
        lost_at: When it last lost its connection.
        last: The sequence number of the last dispatch.
        kept: The dispatches that a RESUME can replay, in order.
    """

    id: str
    application: Application
    intents: Intents
    shard: tuple[int, int] = (0, 1)
    sharded: bool = False
    large_from: int = 50
    connection: Connection | None = None
    lost_at: float = 0.0
    last: int = 0
    kept: deque[Json] = field(default_factory=deque)

    @property
    def bot_id(self) -> str:
        """The id of the bot's user."""
        return self.application.bot.id

    def carries(self, guild_id: str | None) -> bool:
        """Whether its shard gets what happens in a guild, or (None) outside of guilds.

        https://docs.discord.com/developers/events/gateway#sharding gives the formula.
        """
        number, count = self.shard
        return number == (0 if guild_id is None else (int(guild_id) >> 22) % count)

    def dispatch(self, event: str, data: Json) -> Json:
        """The next dispatch of the session, kept for a replay."""
        self.last += 1
        payload: Json = {"op": int(Op.DISPATCH), "t": event, "s": self.last, "d": data}
        self.kept.append(payload)
        return payload

    def acknowledge(self, seq: int | None) -> None:
        """Forget what the app says that it has."""
        while seq is not None and self.kept and self.kept[0]["s"] <= seq:
            self.kept.popleft()

    def can_replay_after(self, seq: int) -> bool:
        """Whether everything after this sequence number is still kept."""
        return seq >= self.last - len(self.kept)

    def missed_after(self, seq: int) -> list[Json]:
        """The dispatches after this sequence number."""
        return [payload for payload in self.kept if payload["s"] > seq]


class Sessions:
    """The sessions of all apps.

    Attributes:
        life_s: Seconds of the server's clock that one lives on without a connection.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, Session] = {}
        self.life_s = LIFE_S

    def begin(self, session: Session) -> None:
        """A new one, identified."""
        self._known[session.id] = session

    def alive(self) -> list[Session]:
        """Those that have not ended, connected or not."""
        latest = self._world.clock.now() - self.life_s
        for session in list(self._known.values()):
            if session.connection is None and session.lost_at < latest:
                self.end(session)
        return list(self._known.values())

    def find(self, session_id: str) -> Session | None:
        """The session of this id, if it has not ended."""
        return next((one for one in self.alive() if one.id == session_id), None)

    def lose(self, session: Session) -> None:
        """Its connection is gone."""
        session.connection, session.lost_at = None, self._world.clock.now()
        self._world.changes.tell()

    def end(self, session: Session) -> None:
        """It cannot be resumed any more."""
        self._known.pop(session.id, None)
        self._world.changes.tell()
