"""What `footnote doctor` says of the generator, and of the models that would suit this machine."""

from __future__ import annotations

from footnote.bot.checks.check import Check
from footnote.bot.errors import SettingsError
from footnote.bot.generators.opening import server_of
from footnote.bot.settings.schema import Settings
from footnote.models.builds import Build, how_to_get, installed_build, is_installed
from footnote.models.catalog import GB, recommended
from footnote.models.errors import ModelError
from footnote.models.machine import Gpu, gpus, memory_bytes
from footnote.models.remote import Server, open_remote

NAME = "generator"
_MOST_NAMED = 8


async def examine_generator(settings: Settings) -> Check:
    """Look at what writes the answers; a server is asked whether it has the model."""
    match settings.answer.generator:
        case "remote":
            return await _remote(settings)
        case "gguf":
            return await _gguf(settings)
        case "quote":
            return Check(NAME, fine=True, text=f"it quotes the sources; {await _suggestion()}")


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


async def _gguf(settings: Settings) -> Check:
    path = settings.gguf.path
    if path is None:
        return _wrong(f"[gguf] has no path: {await _suggestion()}.")
    file = settings.root / path.expanduser()
    if not file.is_file():
        advice = await _advice()
        return _wrong(f"{file} is not there: correct path below [gguf], or {advice}.")
    if not is_installed():
        return _wrong(
            "llama.cpp is not installed, which serves the model: run make gguf, or pip install "
            "'footnote-bot[gguf]'."
        )
    build, found = await installed_build(), await gpus()
    if build is None:
        return _wrong(
            "llama.cpp crashes when it is loaded, so it was built for another processor: build it "
            "for this machine with make gguf."
        )
    if settings.gguf.gpu_layers and not build.offloads:
        return _wrong(
            f"gpu_layers below [gguf] asks for a GPU, but this is {build.told}, so the processor "
            f"does all the work: put a build for the GPU in its place with {how_to_get(found)}, or "
            "set gpu_layers = 0."
        )
    told = f"{file}, {file.stat().st_size / GB:.1f} GB; {build.told}"
    return Check(NAME, fine=True, text=told + _unused(settings, build, found))


def _unused(settings: Settings, build: Build, found: tuple[Gpu, ...]) -> str:
    """What to do for a GPU that is there and not used, or ""."""
    if settings.gguf.gpu_layers or not found:
        return ""
    has = f"; {found[0].name} with {_gb(found[0].memory)} is not used"
    if build.offloads:
        return f"{has}: set gpu_layers = -1 below [gguf]"
    return f"{has}: {how_to_get(found)}, and set gpu_layers = -1 below [gguf]"


def _wrong(text: str) -> Check:
    return Check(NAME, fine=False, text=text)


async def _suggestion() -> str:
    memory, gpu = await _has()
    model = recommended(memory, gpu)
    if model is None:
        return "this machine has too little memory for a language model"
    what = "memory" if memory >= gpu else f"GPU of {_gb(gpu)}"
    return f"a language model for this machine's {what}: footnote models pull {model.name}"


async def _advice() -> str:
    model = recommended(*await _has())
    return f"run footnote models pull {model.name}" if model else "choose another model"


async def _has() -> tuple[int, int]:
    """Bytes of memory of this machine, and of its largest GPU."""
    return memory_bytes(), max((gpu.memory for gpu in await gpus()), default=0)


def _gb(size: int) -> str:
    return f"{size / GB:.0f} GB"
