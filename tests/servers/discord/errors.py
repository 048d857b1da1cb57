"""What this Discord refuses with: the HTTP status, the JSON error code, and its words.

The codes and their words are those that Discord documents under "Opcodes and Status Codes"; a
route's status for a code is documented for some and known from libraries' reports for the rest.
"""

from __future__ import annotations

from typing import Any

from tests.servers.discord.dispatch import Json

KNOWN: dict[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10_001: (404, "Unknown Account"),
    10_002: (404, "Unknown Application"),
    10_003: (404, "Unknown Channel"),
    10_004: (404, "Unknown Guild"),
    10_007: (404, "Unknown Member"),
    10_008: (404, "Unknown Message"),
    10_011: (404, "Unknown Role"),
    10_013: (404, "Unknown User"),
    10_014: (404, "Unknown Emoji"),
    10_015: (404, "Unknown Webhook"),
    10_062: (404, "Unknown interaction"),
    10_063: (404, "Unknown application command"),
    20_012: (403, "You are not authorized to perform this action on this application"),
    20_028: (
        429,
        "The write action you are performing on the channel has hit the write rate limit",
    ),
    30_010: (400, "Maximum number of reactions reached (20)"),
    30_034: (400, "Max number of daily application command creates has been reached (200)"),
    40_001: (401, "Unauthorized"),
    40_060: (400, "Interaction has already been acknowledged."),
    50_001: (403, "Missing Access"),
    50_003: (403, "Cannot execute action on a DM channel"),
    50_005: (403, "Cannot edit a message authored by another user"),
    50_006: (400, "Cannot send an empty message"),
    50_007: (403, "Cannot send messages to this user"),
    50_008: (400, "Cannot send messages in a non-text channel"),
    50_013: (403, "Missing Permissions"),
    50_024: (400, "Cannot execute action on this channel type"),
    50_027: (401, "Invalid Webhook Token"),
    50_035: (400, "Invalid Form Body"),
    50_083: (400, "Thread is archived"),
    50_109: (400, "The request body contains invalid JSON."),
    160_002: (400, "Cannot reply without permission to read message history"),
    160_004: (400, "A thread has already been created for this message"),
    160_005: (400, "Thread is locked"),
}


class DiscordError(Exception):
    """A route's refusal.

    Args:
        code: Discord's JSON error code.
        errors: What is wrong in the body, nested as the body is.
        status: The HTTP status where it is not the usual one.
    """

    def __init__(self, code: int, errors: Json | None = None, *, status: int = 0) -> None:
        usual, message = KNOWN[code]
        super().__init__(f"{code} {message}")
        self.code = code
        self.status = status or usual
        self.body: Json = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


class FormProblems:
    """Collects what is wrong in a body, and refuses it all at once as Discord does."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Something is wrong at a path such as `embeds.0.title`."""
        place = self._errors
        for step in path.split("."):
            place = place.setdefault(step, {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def too_long(self, path: str, most: int) -> None:
        """A text is too long."""
        message = f"Must be {most} or fewer in length."
        self.add(path, "BASE_TYPE_MAX_LENGTH", message)

    def text(self, path: str, value: Any, most: int, *, required: bool = False) -> None:
        """Check a text's presence, type and length."""
        if value is None or value == "":
            if required:
                self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            self.add(path, "BASE_TYPE_BAD_TYPE", "Must be a string.")
        elif len(value) > most:
            self.too_long(path, most)

    def count(self, path: str, values: list[Any], least: int, most: int) -> None:
        """Check how many items a list has."""
        if not least <= len(values) <= most:
            message = f"Must be between {least} and {most} in length."
            self.add(path, "BASE_TYPE_BAD_LENGTH", message)

    def refuse(self) -> None:
        """Refuse where something is wrong.

        Raises:
            DiscordError: 50035 with all of it.
        """
        if self._errors:
            raise DiscordError(50_035, self._errors)


def bad_form(path: str, code: str, message: str) -> DiscordError:
    """A refusal because of one thing in the body."""
    problems = FormProblems()
    problems.add(path, code, message)
    return DiscordError(50_035, problems._errors)
