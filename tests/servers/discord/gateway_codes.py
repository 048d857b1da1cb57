"""The gateway's opcodes and close codes, as Discord's documentation lists them."""

from __future__ import annotations

from enum import IntEnum


class Op(IntEnum):
    """What a payload is; the member's name is the name of its published type."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11

    @property
    def title(self) -> str:
        """The name as published types have it: `HeartbeatAck`."""
        return "".join(part.capitalize() for part in self.name.split("_"))


class Close(IntEnum):
    """Why the gateway closes a connection."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQ = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    SHARDING_REQUIRED = 4011
    INVALID_API_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


ENDS_SESSION = frozenset({1000, 1001})
"""Codes with which a client that closes the connection ends its session too."""


class RefusedError(Exception):
    """The gateway answers a payload by closing the connection."""

    def __init__(self, code: Close) -> None:
        super().__init__(f"{code.value} {code.name}")
        self.code = code
