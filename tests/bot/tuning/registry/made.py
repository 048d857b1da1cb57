"""Adapters that tests make up; no engine can load them."""

from __future__ import annotations

from pathlib import Path

from footnote.bot.tuning.adapters import Adapter, Provenance
from footnote.bot.tuning.registry import Registry

BASE = "b" * 64


def provenance(
    name: str, *, base: str = BASE, verdict: str = "passed", against: str = ""
) -> Provenance:
    """Where an adapter of a run of this name comes from."""
    return Provenance(
        base, f"run-{name}", verdict=verdict, summary=f"About {name}.", against=against
    )


async def filed(registry: Registry, folder: Path, name: str, **known: str) -> Adapter:
    """An adapter in the registry whose bytes are its name, with what else is known of it."""
    path = folder / f"{name}.gguf"
    path.write_bytes(name.encode() * 1000)
    return await registry.file(path, provenance(name, **known))
