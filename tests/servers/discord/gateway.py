"""The gateway: sockets, sessions, and who is told of what happens in the world.

    gateway = Gateway(world)
    app.router.add_get("/gateway", gateway.connect)
    app.router.add_get("/resume", gateway.connect)
    gateway.url, gateway.resume_url = "ws://127.0.0.1:…/gateway", "ws://127.0.0.1:…/resume"

Not documented, and so this server's choices: an address that asks for anything but JSON, or for a
compression that is not there, is refused with 4002; an app may be late with a heartbeat by as much
as a whole interval; its session survives that, as it survives every other close by the gateway.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

from aiohttp import web

from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway_codes import ENDS_SESSION, Close, Op, RefusedError
from tests.servers.discord.gateway_compression import Packing, Plain, packing
from tests.servers.discord.gateway_connection import Connection, Ending
from tests.servers.discord.gateway_faults import GatewayFaults
from tests.servers.discord.gateway_handshake import Handshake, InvalidSessionError
from tests.servers.discord.gateway_intents import Intents, seen_with, wanted
from tests.servers.discord.gateway_recording import GatewayRecording, What
from tests.servers.discord.gateway_starting import (
    API_VERSION,
    as_asked,
    guild_start_json,
    member_chunks,
    ready_json,
)
from tests.servers.discord.sessions import Session, Sessions
from tests.servers.discord.world import World

HEARTBEAT_S = 41.25
MOST_BYTES = 4_096


class Gateway:
    """The gateway of a world.

    Attributes:
        url: What clients connect to.
        resume_url: What READY names for a RESUME.
        heartbeat_s: The interval that HELLO asks for.
        handshake: Its limits on IDENTIFY.
        sessions: Those that have not ended.
        faults: Trouble to come.
        recording: Everything that went over the wire.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0
        self._connections: dict[Connection, Session | None] = {}
        self.url = ""
        self.resume_url = ""
        self.heartbeat_s = HEARTBEAT_S
        self.sessions = Sessions(world)
        self.faults = GatewayFaults()
        self.handshake = Handshake(world, self.sessions, self.faults)
        self.recording = GatewayRecording(world.clock, world.changes)
        world.dispatches.subscribe(self._tell)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Open a websocket and serve it until it ends."""
        ws = web.WebSocketResponse(timeout=1.0, autoping=True)
        await ws.prepare(request)
        self._count += 1
        packed = _packing(request)
        connection = Connection(
            self._count,
            ws,
            request,
            packing=Plain() if isinstance(packed, Close) else packed,
            clock=self._world.clock,
            recording=self.recording,
        )
        opened = {"path": request.path, "query": dict(request.query)}
        self.recording.add(What.OPENED, connection.number, opened)
        if isinstance(packed, Close):
            await connection.finish(Ending(packed))
            return ws
        self._connections[connection] = None
        connection.say(Op.HELLO, {"heartbeat_interval": int(self.heartbeat_s * 1_000)})
        tasks = [
            asyncio.create_task(connection.write()),
            asyncio.create_task(connection.watch(self.heartbeat_s * 2)),
        ]
        ending = Ending(None, by_app=True)
        try:
            ending = await self._serve(connection)
        finally:
            for task in tasks:
                task.cancel()
            self._leave(connection, ending)
            await connection.finish(ending)
        return ws

    def connected(self) -> list[Session]:
        """The sessions that have a connection now."""
        return [session for session in self.sessions.alive() if session.connection]

    def cut(self, sessions: Iterable[Session] | None = None) -> None:
        """Cut the sockets of these sessions, or of all, without a close frame."""
        self.close(None, sessions)

    def close(self, code: int | None, sessions: Iterable[Session] | None = None) -> None:
        """Close the sockets of these sessions, or of all; the sessions can be resumed."""
        for connection in self._of(sessions):
            connection.end(code)

    def ask_to_reconnect(self, sessions: Iterable[Session] | None = None) -> None:
        """Send op 7, as the gateway does before it goes away."""
        for connection in self._of(sessions):
            connection.say(Op.RECONNECT)

    def ask_for_heartbeat(self, sessions: Iterable[Session] | None = None) -> None:
        """Send op 1."""
        for connection in self._of(sessions):
            connection.say(Op.HEARTBEAT)

    def invalidate(
        self, sessions: Iterable[Session] | None = None, *, resumable: bool = False
    ) -> None:
        """Send op 9; unless they are resumable, the sessions end."""
        for session in list(self.connected() if sessions is None else sessions):
            if session.connection:
                session.connection.say(Op.INVALID_SESSION, resumable)
            if not resumable:
                self.sessions.end(session)

    def fall_silent(self, sessions: Iterable[Session] | None = None) -> None:
        """Let sockets stay open, send no more and heed nothing but a close frame."""
        for connection in self._of(sessions):
            connection.silent = True

    def expire(self) -> None:
        """End all sessions, as time does once their connections are gone."""
        for session in self.sessions.alive():
            self.sessions.end(session)

    def stop(self) -> None:
        """Cut every connection, for the end of a test."""
        for connection in list(self._connections):
            connection.end(None)

    def _of(self, sessions: Iterable[Session] | None) -> list[Connection]:
        chosen = self.connected() if sessions is None else sessions
        return [session.connection for session in chosen if session.connection]

    async def _serve(self, connection: Connection) -> Ending:
        while True:
            received = await connection.receive()
            if isinstance(received, Ending):
                return received
            try:
                self._take(connection, _payload(received))
            except RefusedError as refusal:
                return Ending(refusal.code)
            except InvalidSessionError as invalid:
                connection.say(Op.INVALID_SESSION, invalid.resumable)

    def _take(self, connection: Connection, payload: Json) -> None:
        self.recording.add(What.RECEIVED, connection.number, payload)
        if connection.is_limited():
            raise RefusedError(Close.RATE_LIMITED)
        session, data = self._connections[connection], payload.get("d")
        match payload["op"]:
            case Op.HEARTBEAT:
                self._beat(connection, session, data)
            case Op.IDENTIFY | Op.RESUME if session is not None:
                raise RefusedError(Close.ALREADY_AUTHENTICATED)
            case Op.IDENTIFY:
                self._identify(connection, _object(data))
            case Op.RESUME:
                self._resume(connection, _object(data))
            case Op.REQUEST_GUILD_MEMBERS | Op.PRESENCE_UPDATE | Op.VOICE_STATE_UPDATE as op:
                if session is None:
                    raise RefusedError(Close.NOT_AUTHENTICATED)
                if op == Op.REQUEST_GUILD_MEMBERS:
                    self._give_members(session, _object(data))
            case _:
                raise RefusedError(Close.UNKNOWN_OPCODE)

    def _beat(self, connection: Connection, session: Session | None, data: object) -> None:
        connection.beaten.set()
        if session is not None and isinstance(data, int):
            session.acknowledge(data)
        if self.faults.answers_heartbeats:
            connection.say(Op.HEARTBEAT_ACK)

    def _identify(self, connection: Connection, data: Json) -> None:
        session = self.handshake.identify(data)
        if isinstance(connection.packing, Plain):
            connection.packing.compresses = data.get("compress") is True
        self._attach(connection, session)
        guilds = [
            guild for guild in self._world.guilds_of(session.bot_id) if session.carries(guild.id)
        ]
        self._send(session, "READY", ready_json(session, guilds, self.resume_url))
        if session.intents & Intents.GUILDS:
            for guild in guilds:
                self._send(session, "GUILD_CREATE", guild_start_json(session, guild))

    def _resume(self, connection: Connection, data: Json) -> None:
        session, seq = self.handshake.resume(data)
        if session.connection:
            session.connection.end(Close.UNKNOWN_ERROR)
        self._attach(connection, session)
        for payload in session.missed_after(seq):
            connection.put(payload)
        self._send(session, "RESUMED", {})

    def _attach(self, connection: Connection, session: Session) -> None:
        session.connection = connection
        self._connections[connection] = session
        self._world.changes.tell()

    def _give_members(self, session: Session, asked: Json) -> None:
        guild = self._world.guilds.get(str(asked.get("guild_id")))
        if guild is None or session.bot_id not in guild.members:
            return
        for chunk in member_chunks(session, guild, asked):
            self._send(session, "GUILD_MEMBERS_CHUNK", chunk)

    def _tell(
        self, event: str, payload: Json, guild_id: str | None, seen_by: frozenset[str]
    ) -> None:
        for session in self.sessions.alive():
            bot, intents = session.bot_id, session.intents
            if bot not in seen_by or not session.carries(guild_id):
                continue
            if wanted(intents, event, payload, guild_id, bot):
                told = as_asked(session, payload) if event == "GUILD_CREATE" else payload
                self._send(session, event, seen_with(intents, event, told, bot))

    def _send(self, session: Session, event: str, data: Json) -> None:
        """Dispatch to a session, and send where it has a connection."""
        fault = self.faults.next(event)
        for _ in range(1 + fault.twice):
            payload = session.dispatch(event, data)
            if session.connection and not fault.cuts:
                session.connection.put(payload, fault.slow_s)
        if session.connection and fault.cuts:
            session.connection.end(None)
            self.sessions.lose(session)

    def _leave(self, connection: Connection, ending: Ending) -> None:
        session = self._connections.pop(connection)
        if session is None:
            return
        if session.connection is connection:
            self.sessions.lose(session)
        if ending.by_app and ending.code in ENDS_SESSION:
            self.sessions.end(session)


def _packing(request: web.Request) -> Packing | Close:
    """How an address wants its payloads, or the code with which it is refused."""
    if request.query.get("v") != str(API_VERSION):
        return Close.INVALID_API_VERSION
    found = packing(request.query.get("compress"))
    if request.query.get("encoding", "json") != "json" or found is None:
        return Close.DECODE_ERROR
    return found


def _payload(received: str | bytes) -> Json:
    if not isinstance(received, str) or len(received.encode()) > MOST_BYTES:
        raise RefusedError(Close.DECODE_ERROR)
    try:
        payload = _object(json.loads(received))
    except ValueError:
        raise RefusedError(Close.DECODE_ERROR) from None
    if not isinstance(payload.get("op"), int):
        raise RefusedError(Close.DECODE_ERROR)
    return payload


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise RefusedError(Close.DECODE_ERROR)
    return value
