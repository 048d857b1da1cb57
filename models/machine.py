"""What this machine has."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CGROUP = Path("/sys/fs/cgroup/memory.max")
CARDS = Path("/sys/class/drm")
"""Where Linux keeps what its drivers tell of graphics cards."""

_MIB = 1 << 20
_PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor.

    Attributes:
        kind: What a build of llama.cpp has to know to use it.
        name: What people call it.
        memory: Its bytes, which on Apple's machines are those of the machine.
    """

    kind: Literal["cuda", "metal", "rocm"]
    name: str
    memory: int


def memory_bytes(cgroup: Path = CGROUP) -> int:
    """Bytes of memory that this process may use; 0 where the system does not tell.

    Args:
        cgroup: Where Linux keeps the limit of a container.
    """
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
    try:
        return min(memory, int(cgroup.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return memory


async def gpus(cards: Path = CARDS) -> tuple[Gpu, ...]:
    """The graphics processors that llama.cpp has a build for, as far as the system tells of them.

    Args:
        cards: Where Linux keeps what its drivers tell.
    """
    if sys.platform == "darwin":
        apple = platform.machine() == "arm64"
        return (Gpu("metal", "Apple's GPU", memory_bytes()),) if apple else ()
    return (*await _nvidia(), *_amd(cards))


async def _nvidia() -> tuple[Gpu, ...]:
    said = await said_by(
        "nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"
    )
    found = []
    for line in (said or "").splitlines():
        name, _, memory = line.rpartition(",")
        if memory.strip().isdigit():
            found.append(Gpu("cuda", name.strip(), int(memory) * _MIB))
    return tuple(found)


def _amd(cards: Path) -> tuple[Gpu, ...]:
    found = []
    for told in sorted(cards.glob("card*/device/mem_info_vram_total")):
        try:
            found.append(Gpu("rocm", "AMD's GPU", int(told.read_text(encoding="ascii"))))
        except (OSError, ValueError):
            continue
    return tuple(found)


async def said_by(*command: str) -> str | None:
    """What a program writes; None where there is none, or where it fails or hangs."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(_PATIENCE_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return said.decode("utf-8", "replace") if process.returncode == 0 else None
