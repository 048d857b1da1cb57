"""The Web API over HTTP: tokens, arguments, scopes, rates and faults around each method."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from tests.servers.slack.call import Call, SlackError, read_arguments, shown_arguments
from tests.servers.slack.desk import Desk, Method
from tests.servers.slack.faults import Fault, Faults
from tests.servers.slack.methods import (
    apps,
    assistant,
    chat,
    conversations,
    streams,
    users,
    views,
)
from tests.servers.slack.rates import Rates
from tests.servers.slack.recording import Recording, What
from tests.servers.slack.world import Json, Team

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **assistant.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **streams.METHODS,
    **users.METHODS,
    **views.METHODS,
}

APP_TOKEN_METHODS = frozenset({"apps.connections.open"})
GENERAL_ERRORS = frozenset({"unknown_method", "invalid_json", "json_not_object", "not_authed"})


class WebApi:
    """Answers `/api/METHOD`.

    Attributes:
        defects: What this server itself did wrong, such as an error code that Slack lacks.
        revoked: Tokens that no longer work.
        asked: How many requests have come so far.
        latency_s: So many seconds pass before each answer.
    """

    def __init__(
        self, desk: Desk, faults: Faults, rates: Rates, recording: Recording, app_token: str
    ) -> None:
        self._desk = desk
        self._faults = faults
        self._rates = rates
        self._recording = recording
        self._app_token = app_token
        self.defects: list[str] = []
        self.revoked: set[str] = set()
        self.asked = 0
        self.latency_s = 0.0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or what a fault makes of it."""
        self.asked += 1
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        method = request.match_info["method"]
        number = self._desk.world.new_id("call-")
        fault = self._faults.next(method) or Fault()
        team: Team | None = None
        try:
            arguments = await read_arguments(request)
            team, token = self._team(request, arguments)
            name = team.id if team else None
            self._recording.add(What.CALL, method, number, shown_arguments(arguments), team=name)
            clock = self._desk.world.clock
            await clock.sleep_until(clock.now() + fault.slow_s)
            if fault.status and not fault.taken:
                return self._broken(method, number, fault)
            if fault.drops and not fault.taken:
                return self._cut(request, method, number)
            status, answer, headers = await self._answer(method, team, token, arguments, fault)
        except SlackError as refusal:
            status, answer, headers = 200, _refused(refusal), {}
        if fault.drops:
            return self._cut(request, method, number)
        if fault.status:
            return self._broken(method, number, fault)
        self._recording.add(What.ANSWER, method, number, answer, status=status)
        return web.json_response(answer, status=status, headers=headers)

    async def _answer(
        self, method: str, team: Team | None, token: str, arguments: Json, fault: Fault
    ) -> tuple[int, Json, dict[str, str]]:
        headers = {"x-slack-req-id": self._desk.world.new_id("req-")}
        if team is not None:
            headers["x-oauth-scopes"] = ",".join(sorted(team.scopes))
        call = Call(method, {k: v for k, v in arguments.items() if v is not None}, team)
        try:
            self._admit(call, token)
            seconds = self._rates.refuse(call)
            if seconds is not None:
                headers["Retry-After"] = str(seconds)
                return 429, {"ok": False, "error": "ratelimited"}, headers
            self._refuse(fault)
            return 200, {"ok": True, **await METHODS[method](self._desk, call)}, headers
        except SlackError as refusal:
            if refusal.code not in GENERAL_ERRORS:
                self._check_code(method, refusal.code)
            return 200, _refused(refusal), headers

    def _refuse(self, fault: Fault) -> None:
        if fault.error:
            raise SlackError(fault.error)

    def _team(self, request: web.Request, arguments: Json) -> tuple[Team | None, str]:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ").strip() or str(arguments.get("token") or "")
        return self._desk.world.team_of(token), token

    def _admit(self, call: Call, token: str) -> None:
        """Let a call through that is allowed.

        Raises:
            SlackError: Its token, scopes or arguments do not suffice.
        """
        if call.method not in METHODS:
            raise SlackError("unknown_method", req_method=call.method)
        if not token:
            raise SlackError("not_authed")
        if token in self.revoked or (call.team is None and token != self._app_token):
            raise SlackError("token_revoked" if token in self.revoked else "invalid_auth")
        if (call.method in APP_TOKEN_METHODS) != (token == self._app_token):
            raise SlackError("not_allowed_token_type")
        if call.team is not None:
            self._check_scopes(call, call.team)
        missing = self._desk.specs.missing_arguments(call.method, call.args)
        if missing:
            messages = [f"[ERROR] missing required field: {name}" for name in missing]
            raise SlackError("invalid_arguments", messages)

    def _check_scopes(self, call: Call, team: Team) -> None:
        kind = (
            conversations.kind_of(self._desk, call)
            if call.method.startswith("conversations.")
            else None
        )
        needed = self._desk.specs.needed_scope(call.method, kind, team.scopes)
        if needed:
            provided = ",".join(sorted(team.scopes))
            raise SlackError("missing_scope", needed=needed, provided=provided)

    def _check_code(self, method: str, code: str) -> None:
        if not self._desk.specs.lists_error(method, code):
            self.defects.append(f"{method} was refused with {code}, which Slack does not list")

    def _broken(self, method: str, number: str, fault: Fault) -> web.Response:
        assert fault.status is not None
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        answer: Any = {"ok": False, "error": "ratelimited"} if fault.status == 429 else ""
        self._recording.add(What.ANSWER, method, number, answer, status=fault.status)
        if answer:
            return web.json_response(answer, status=fault.status, headers=headers)
        return web.Response(status=fault.status, text="", headers=headers)

    def _cut(self, request: web.Request, method: str, number: str) -> web.Response:
        self._recording.add(What.ANSWER, method, number, None)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _refused(refusal: SlackError) -> Json:
    answer: Json = {"ok": False, "error": refusal.code, **refusal.more}
    if refusal.messages:
        answer["response_metadata"] = {"messages": list(refusal.messages)}
        if refusal.code == "invalid_blocks":
            answer["errors"] = list(refusal.messages)
    return answer
