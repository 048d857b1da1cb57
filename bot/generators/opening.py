"""Opening the generator that the settings name."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from footnote.bot.errors import SettingsError
from footnote.bot.generators.base import Generator
from footnote.bot.generators.gguf import GgufGenerator
from footnote.bot.generators.remote import RemoteGenerator
from footnote.bot.settings.schema import Settings
from footnote.models.cache import default_cache
from footnote.models.engine.engine import open_engine
from footnote.models.engine.options import EngineOptions
from footnote.models.remote import Server, open_remote


@asynccontextmanager
async def open_generator(settings: Settings) -> AsyncIterator[Generator | None]:
    """The generator with what it needs; None for the one that quotes, which needs the index only.

    Raises:
        SettingsError: The settings lack something that it needs.
        ModelError: It cannot be opened.
    """
    match settings.answer.generator:
        case "remote":
            async with open_remote(server_of(settings)) as model:
                yield RemoteGenerator(model)
        case "gguf":
            async with open_engine(options_of(settings)) as engine:
                yield GgufGenerator(engine)
        case "quote":
            yield None


def options_of(settings: Settings) -> EngineOptions:
    """How the model below [gguf] is served.

    Raises:
        SettingsError: Its file is not set.
    """
    gguf = settings.gguf
    if gguf.path is None:
        place = settings.file.place(("answer", "generator"))
        raise SettingsError(
            f'{place}: [answer] generator is "gguf", but [gguf] has no path: run footnote models '
            'use, or add a line path = "model.gguf" below [gguf].'
        )
    return EngineOptions(
        model=settings.root / gguf.path.expanduser(),
        context_tokens=gguf.context_tokens,
        gpu_layers=gguf.gpu_layers,
        split_mode=gguf.split_mode,
        flash_attention=gguf.flash_attention,
        cache_type=gguf.cache_type,
        spill_bytes=gguf.spill_mb * 1_000_000,
        profiles=default_cache() / "engine",
    )


def server_of(settings: Settings, environment: Mapping[str, str] = os.environ) -> Server:
    """The server below [remote], with its key from the environment.

    Raises:
        SettingsError: Its address or the model is not set.
    """
    remote = settings.remote
    if remote.url is None or remote.model is None:
        missing = "url" if remote.url is None else "model"
        example = {"url": "http://localhost:8080/v1", "model": "qwen3-8b"}[missing]
        place = settings.file.place(("answer", "generator"))
        raise SettingsError(
            f'{place}: [answer] generator is "remote", but [remote] has no {missing}: add a line '
            f'{missing} = "{example}" below [remote].'
        )
    return Server(
        url=remote.url,
        model=remote.model,
        key=environment.get(remote.key_env, "").strip(),
        context_tokens=remote.context_tokens,
        silence_timeout_s=remote.silence_timeout_s,
    )
