"""Response URLs: what the app says to an interaction without a token."""

from __future__ import annotations

import json

from aiohttp import web

from tests.servers.slack.call import SlackError
from tests.servers.slack.desk import Desk
from tests.servers.slack.interactions import ResponseUrl
from tests.servers.slack.limits import check_blocks
from tests.servers.slack.posting import change, delete, post, whisper
from tests.servers.slack.recording import Recording, What
from tests.servers.slack.wire import with_block_ids
from tests.servers.slack.world import Json, Message


class ResponseUrls:
    """Answers `/response/NAME`."""

    def __init__(self, desk: Desk, recording: Recording) -> None:
        self._desk = desk
        self._recording = recording

    async def handle(self, request: web.Request) -> web.Response:
        """Say, replace or delete what the body asks for."""
        name = request.match_info["name"]
        try:
            body = json.loads(await request.text())
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        self._recording.add(What.RESPONSE_URL, "response_url", name, body)
        try:
            self._say(self._desk.interactions.take_response_url(name), body)
        except SlackError as refusal:
            status = 404 if refusal.code.endswith("_url") else 400
            return web.json_response({"ok": False, "error": refusal.code}, status=status)
        return web.Response(text="ok")

    def _say(self, url: ResponseUrl, body: Json) -> None:
        world, message = self._desk.world, url.message
        text, blocks = str(body.get("text") or ""), check_blocks(body.get("blocks"))
        if message and body.get("delete_original"):
            self._remove(message)
        elif message and body.get("replace_original"):
            if message.only_for:
                message.text, message.blocks = text, with_block_ids(blocks)
                world.changes.tell()
            else:
                change(world, message, text=text, blocks=with_block_ids(blocks))
        elif not text and not blocks:
            raise SlackError("no_text")
        elif body.get("response_type") == "in_channel":
            thread = body.get("thread_ts")
            post(world, url.channel, url.team.bot, text, blocks=blocks, thread=thread)
        else:
            whisper(world, url.channel, url.team.bot, url.member.id, text, blocks=blocks)

    def _remove(self, message: Message) -> None:
        if message.only_for:
            self._desk.world.seen.remove(message)
            self._desk.world.changes.tell()
        else:
            delete(self._desk.world, message)
