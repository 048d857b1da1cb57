"""IDENTIFY and RESUME: who may begin a session or go on with one.

Not documented, and so this server's choices: the order in which an IDENTIFY's faults are looked
for, and that a sequence number which is no longer kept is an invalid session.
"""

from __future__ import annotations

import secrets
from collections import defaultdict, deque

from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway_codes import Close, RefusedError
from tests.servers.discord.gateway_faults import GatewayFaults
from tests.servers.discord.gateway_intents import KNOWN, Intents, allowed_to
from tests.servers.discord.model import Application
from tests.servers.discord.sessions import Session, Sessions
from tests.servers.discord.world import World

IDENTIFY_EVERY_S = 5.0
STARTS_A_DAY = 1_000
DAY_S = 86_400.0
MOST_GUILDS = 2_500


class InvalidSessionError(Exception):
    """The gateway answers with an invalid session.

    Attributes:
        resumable: Whether the app may try to RESUME again.
    """

    def __init__(self, *, resumable: bool) -> None:
        super().__init__(f"resumable: {resumable}")
        self.resumable = resumable


class Handshake:
    """Begins sessions and goes on with them.

    Attributes:
        identify_every_s: How long an app waits between two IDENTIFYs of one rate limit key.
        max_concurrency: How many rate limit keys there are.
        most_guilds: How many guilds a shard may have.
    """

    def __init__(self, world: World, sessions: Sessions, faults: GatewayFaults) -> None:
        self._world = world
        self._sessions = sessions
        self._faults = faults
        self._identified: dict[tuple[str, int], float] = {}
        self._starts: dict[str, deque[float]] = defaultdict(deque)
        self.identify_every_s = IDENTIFY_EVERY_S
        self.max_concurrency = 1
        self.most_guilds = MOST_GUILDS

    def identify(self, data: Json) -> Session:
        """The new session that an IDENTIFY begins.

        Raises:
            RefusedError: The connection is to be closed.
            InvalidSessionError: The app identifies too often.
        """
        application = self._application(data)
        shard = _shard(data.get("shard"))
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN or intents < 0:
            raise RefusedError(Close.INVALID_INTENTS)
        if intents & ~allowed_to(application):
            raise RefusedError(Close.DISALLOWED_INTENTS)
        large_from = data.get("large_threshold", 50)
        session = Session(
            id=secrets.token_hex(16),
            application=application,
            intents=Intents(intents),
            shard=shard,
            sharded="shard" in data,
            large_from=large_from if isinstance(large_from, int) else 50,
        )
        guilds = self._world.guilds_of(application.bot.id)
        if sum(session.carries(guild.id) for guild in guilds) > self.most_guilds:
            raise RefusedError(Close.SHARDING_REQUIRED)
        self._count(application, shard[0])
        self._sessions.begin(session)
        return session

    def resume(self, data: Json) -> tuple[Session, int]:
        """The session that a RESUME goes on with, and the last sequence number the app has.

        Raises:
            RefusedError: The connection is to be closed.
            InvalidSessionError: There is no such session, or a test has ordered it so.
        """
        application = self._application(data)
        session = self._sessions.find(str(data.get("session_id")))
        if self._faults.refused_resumes > 0:
            self._faults.refused_resumes -= 1
            if session is not None and not self._faults.resumable:
                self._sessions.end(session)
            raise InvalidSessionError(resumable=self._faults.resumable)
        if session is None or session.application is not application:
            raise InvalidSessionError(resumable=False)
        seq = data.get("seq")
        if not isinstance(seq, int) or seq > session.last:
            self._sessions.end(session)
            raise RefusedError(Close.INVALID_SEQ)
        if not session.can_replay_after(seq):
            self._sessions.end(session)
            raise InvalidSessionError(resumable=False)
        return session, seq

    def start_limit(self, application: Application) -> Json:
        """`session_start_limit`, as GET /gateway/bot gives it."""
        starts = self._recent_starts(application)
        now = self._world.clock.now()
        return {
            "total": STARTS_A_DAY,
            "remaining": max(0, STARTS_A_DAY - len(starts)),
            "reset_after": int((starts[0] + DAY_S - now) * 1_000) if starts else 0,
            "max_concurrency": self.max_concurrency,
        }

    def _application(self, data: Json) -> Application:
        token = data.get("token")
        if not isinstance(token, str) or not token.isascii():
            raise RefusedError(Close.AUTHENTICATION_FAILED)
        application = self._world.application_of(token)
        if application is None:
            raise RefusedError(Close.AUTHENTICATION_FAILED)
        return application

    def _count(self, application: Application, shard: int) -> None:
        now = self._world.clock.now()
        key = (application.id, shard % self.max_concurrency)
        if now < self._identified.get(key, 0.0) + self.identify_every_s:
            raise InvalidSessionError(resumable=False)
        self._identified[key] = now
        self._recent_starts(application).append(now)

    def _recent_starts(self, application: Application) -> deque[float]:
        starts = self._starts[application.id]
        while starts and starts[0] <= self._world.clock.now() - DAY_S:
            starts.popleft()
        return starts


def _shard(value: object) -> tuple[int, int]:
    if value is None:
        return 0, 1
    match value:
        case [int(number), int(count)] if 0 <= number < count:
            return number, count
        case _:
            raise RefusedError(Close.INVALID_SHARD)
