"""What `footnote doctor` says of the generator, and of the models that would suit this machine."""

from __future__ import annotations

from footnote.bot.checks import Check
from footnote.bot.errors import SettingsError
from footnote.bot.generators.opening import server_of
from footnote.bot.settings import Settings
from footnote.models.catalog import GB, recommended
from footnote.models.errors import ModelError
from footnote.models.machine import memory_bytes
from footnote.models.remote import Server, open_remote

NAME = "generator"
_MOST_NAMED = 8


async def examine_generator(settings: Settings) -> Check:
    """Look at what writes the answers; a server is asked whether it has the model."""
    match settings.answer.generator:
        case "remote":
            return await _remote(settings)
        case "gguf":
            return _gguf(settings)
        case "quote":
            return Check(NAME, fine=True, text=f"it quotes the sources; {_suggestion()}")


async def _remote(settings: Settings) -> Check:
    try:
        server = server_of(settings)
        async with open_remote(server) as model:
            listed = await model.models()
    except (ModelError, SettingsError) as error:
        return Check(NAME, fine=False, text=str(error))
    if listed and server.model not in listed:
        return Check(NAME, fine=False, text=_not_listed(server, listed))
    keyed = "" if server.key else f", without a key, as {settings.remote.key_env} is not set"
    return Check(NAME, fine=True, text=f"{server.model} at {server.url}{keyed}")


def _not_listed(server: Server, listed: tuple[str, ...]) -> str:
    names = ", ".join(sorted(listed)[:_MOST_NAMED])
    more = ", …" if len(listed) > _MOST_NAMED else ""
    return (
        f"{server.url} has no model {server.model}: set model below [remote] to one of those that "
        f"it has ({names}{more})."
    )


def _gguf(settings: Settings) -> Check:
    path = settings.gguf.path
    if path is None:
        return Check(NAME, fine=False, text=f"[gguf] has no path: {_suggestion()}.")
    file = settings.root / path.expanduser()
    if not file.is_file():
        return Check(
            NAME,
            fine=False,
            text=f"{file} is not there: correct path below [gguf], or {_advice()}.",
        )
    return Check(NAME, fine=True, text=f"{file}, {file.stat().st_size / GB:.1f} GB")


def _suggestion() -> str:
    model = recommended(memory_bytes())
    if model is None:
        return "this machine has too little memory for a language model"
    return f"a language model for this machine's memory: footnote models pull {model.name}"


def _advice() -> str:
    model = recommended(memory_bytes())
    return f"run footnote models pull {model.name}" if model else "choose another model"
