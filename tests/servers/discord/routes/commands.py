"""Application commands: global ones and those of a guild.

Documented: names, descriptions and counts of options; 200 creates a day for each guild and for
the global ones, where a command that replaces one of its name is no create. The code of one create
too many is known from reports.
"""

from __future__ import annotations

import re

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.desk import Desk, Route
from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError, FormProblems, bad_form
from tests.servers.discord.model import Application

CREATES_A_DAY = 200
DAY_S = 86_400.0
MOST_COMMANDS = 100
OPTIONS = 25
NAME_CHARS = 32
DESCRIPTION_CHARS = 100
CHAT_INPUT = 1
NESTING = frozenset({1, 2})
_NAME = re.compile(r"[-_'\w]{1,32}")


def list_commands(desk: Desk, call: Call) -> Reply:
    """GET all commands of a scope."""
    return Reply(list(_scope(desk, call).values()))


def get_command(desk: Desk, call: Call) -> Reply:
    """GET one command."""
    return Reply(_command(desk, call))


def bulk_set_commands(desk: Desk, call: Call) -> Reply:
    """PUT all commands of a scope: those of the same name keep their ids, the others go."""
    given = call.body if isinstance(call.body, list) else []
    problems = FormProblems()
    if len(given) > MOST_COMMANDS:
        problems.count("_", given, 0, MOST_COMMANDS)
    for number, command in enumerate(given):
        _check_command(command, f"{number}.", problems)
    names = [_key(command) for command in given]
    for number, name in enumerate(names):
        if name in names[:number]:
            message = "Application command names must be unique"
            problems.add(f"{number}.name", "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    problems.refuse()
    scope = _scope(desk, call)
    old = {_key(command): command for command in scope.values()}
    _count_creates(desk, call, sum(name not in old for name in names))
    written = [_written(desk, call, command, old.get(_key(command))) for command in given]
    scope.clear()
    scope.update({command["id"]: command for command in written})
    return Reply(written)


def create_command(desk: Desk, call: Call) -> Reply:
    """POST a command; one of the same name is replaced."""
    problems = FormProblems()
    _check_command(call.json, "", problems)
    problems.refuse()
    scope = _scope(desk, call)
    old = {_key(command): command for command in scope.values()}.get(_key(call.json))
    _count_creates(desk, call, int(old is None))
    written = _written(desk, call, call.json, old)
    scope[written["id"]] = written
    return Reply(written, 201 if old is None else 200)


def update_command(desk: Desk, call: Call) -> Reply:
    """PATCH a command."""
    old = _command(desk, call)
    problems = FormProblems()
    _check_command(old | call.json, "", problems)
    problems.refuse()
    written = _written(desk, call, old | call.json, old)
    _scope(desk, call)[written["id"]] = written
    return Reply(written)


def delete_command(desk: Desk, call: Call) -> Reply:
    """DELETE a command."""
    del _scope(desk, call)[_command(desk, call)["id"]]
    return Reply()


def commands_in(application: Application, guild_id: str | None) -> list[Json]:
    """The commands that an app has in a guild, or in direct messages."""
    own = application.guild_commands.get(str(guild_id), {})
    return [*own.values(), *application.commands.values()]


def _scope(desk: Desk, call: Call) -> dict[str, Json]:
    if call.names["application_id"] != call.app.id:
        raise DiscordError(20_012)
    if "guild_id" not in call.names:
        return call.app.commands
    guild = desk.world.guilds.get(call.names["guild_id"])
    if guild is None or call.app.bot.id not in guild.members:
        raise DiscordError(50_001)
    return call.app.guild_commands.setdefault(guild.id, {})


def _command(desk: Desk, call: Call) -> Json:
    found = _scope(desk, call).get(call.names["command_id"])
    if found is None:
        raise DiscordError(10_063)
    return found


def _key(command: Json) -> tuple[str, int]:
    return str(command.get("name")), int(command.get("type") or CHAT_INPUT)


def _count_creates(desk: Desk, call: Call, created: int) -> None:
    now = desk.world.clock.now()
    times = call.app.creates.setdefault(call.names.get("guild_id"), [])
    times[:] = [moment for moment in times if moment > now - DAY_S]
    if len(times) + created > CREATES_A_DAY:
        raise DiscordError(30_034)
    times.extend([now] * created)


def _written(desk: Desk, call: Call, command: Json, old: Json | None) -> Json:
    """A command as the API gives it back; its version changes with every write."""
    permissions = command.get("default_member_permissions")
    written: Json = {
        "id": old["id"] if old else desk.world.new_id(),
        "application_id": call.app.id,
        "version": desk.world.new_id(),
        "default_member_permissions": None if permissions is None else str(permissions),
        "type": command.get("type") or CHAT_INPUT,
        "name": command["name"],
        "name_localizations": command.get("name_localizations"),
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations"),
        "nsfw": bool(command.get("nsfw")),
    }
    if command.get("options"):
        written["options"] = [_written_option(option) for option in command["options"]]
    if "guild_id" in call.names:
        return written | {"guild_id": call.names["guild_id"]}
    contexts = command.get("contexts")
    return written | {
        "dm_permission": contexts is None or 1 in contexts,
        "contexts": contexts,
        "integration_types": command.get("integration_types") or [0],
    }


def _written_option(option: Json) -> Json:
    shown = {name: value for name, value in option.items() if value not in (None, [])}
    if option.get("options"):
        shown["options"] = [_written_option(one) for one in option["options"]]
    return shown


def _check_command(command: Json, at: str, problems: FormProblems) -> None:
    name = command.get("name")
    problems.text(f"{at}name", name, NAME_CHARS, required=True)
    if (command.get("type") or CHAT_INPUT) != CHAT_INPUT:
        return
    if isinstance(name, str) and (not _NAME.fullmatch(name) or name != name.lower()):
        problems.add(f"{at}name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    description = command.get("description")
    problems.text(f"{at}description", description, DESCRIPTION_CHARS, required=True)
    options = command.get("options") or []
    if len(options) > OPTIONS:
        problems.count(f"{at}options", options, 0, OPTIONS)
    optional = False
    for number, option in enumerate(options):
        here = f"{at}options.{number}."
        _check_command({**option, "type": CHAT_INPUT}, here, problems)
        choices = option.get("choices") or []
        if len(choices) > OPTIONS:
            problems.count(f"{here}choices", choices, 0, OPTIONS)
        if optional and option.get("required"):
            message = "Required options must be placed before non-required options"
            problems.add(f"{here}required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional = optional or not option.get("required")


def refuse_choices(choices: list[Json]) -> None:
    """Refuse what an autocompletion must not offer.

    Raises:
        DiscordError: 50035.
    """
    if len(choices) > OPTIONS:
        message = f"Must be {OPTIONS} or fewer in length."
        raise bad_form("data.choices", "BASE_TYPE_MAX_LENGTH", message)
    problems = FormProblems()
    for number, choice in enumerate(choices):
        here = f"data.choices.{number}."
        problems.text(f"{here}name", choice.get("name"), 100, required=True)
        if isinstance(choice.get("value"), str):
            problems.text(f"{here}value", choice["value"], 100)
    problems.refuse()


_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
ROUTES = [
    route
    for word, path in (("", _GLOBAL), ("guild_", _GUILD))
    for route in (
        Route(f"list_{word}application_commands", "GET", path, list_commands),
        Route(f"bulk_set_{word}application_commands", "PUT", path, bulk_set_commands),
        Route(f"create_{word}application_command", "POST", path, create_command),
        Route(f"get_{word}application_command", "GET", path + "/{command_id}", get_command),
        Route(f"update_{word}application_command", "PATCH", path + "/{command_id}", update_command),
        Route(
            f"delete_{word}application_command", "DELETE", path + "/{command_id}", delete_command
        ),
    )
]
