"""What the build of llama.cpp that is installed can do, and how to get another."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from dataclasses import dataclass

from footnote.models.machine import Gpu, said_by

WHEELS = "https://abetlen.github.io/llama-cpp-python/whl"
"""Where llama-cpp-python keeps wheels for each kind of GPU, as its README says."""

_FOLDERS = {"cuda": "cu124", "metal": "metal", "rocm": "rocm72"}
_HINTS = {
    "cuda": "for CUDA 12.4; others are cu118 to cu125, cu130 and cu132",
    "metal": "for macOS 11 or newer",
    "rocm": "on Linux; vulkan in its place is for most other cards",
}
_BACKEND = re.compile(r"(?:^|\|)\s*(\w+) : ")
_ASK = (
    "import json, llama_cpp; print(json.dumps([llama_cpp.__version__, "
    "llama_cpp.llama_supports_gpu_offload(), llama_cpp.llama_print_system_info().decode()]))"
)


@dataclass(frozen=True, slots=True)
class Build:
    """The build of llama.cpp.

    Attributes:
        version: Of llama-cpp-python.
        offloads: Whether it can use a GPU.
        backends: What it can compute on, as it calls them: "CPU", "CUDA", "Metal".
    """

    version: str
    offloads: bool
    backends: tuple[str, ...]

    @property
    def told(self) -> str:
        """What it is, in a few words."""
        others = [name for name in self.backends if name != "CPU"]
        if not self.offloads:
            return f"llama.cpp {self.version}, built for the processor alone"
        return f"llama.cpp {self.version}, built for {' and '.join(others) or 'a GPU'}"


def is_installed() -> bool:
    """Whether there is any build."""
    return importlib.util.find_spec("llama_cpp") is not None


async def installed_build() -> Build | None:
    """The build that is installed; None where it cannot even be loaded.

    It is asked in a process of its own, since a build for another processor crashes.
    """
    said = await said_by(sys.executable, "-c", _ASK)
    try:
        version, offloads, system = json.loads((said or "").splitlines()[-1])
    except (IndexError, ValueError):
        return None
    return Build(str(version), bool(offloads), tuple(_BACKEND.findall(str(system))))


def how_to_get(found: tuple[Gpu, ...]) -> str:
    """How to get a build for these graphics processors, or for any where none is known."""
    if not found:
        folder, hint = "cu124", "for CUDA 12.4; or metal, rocm72, vulkan"
    else:
        folder, hint = _FOLDERS[found[0].kind], _HINTS[found[0].kind]
    return (
        "pip install --force-reinstall --no-deps llama-cpp-python --extra-index-url "
        f"{WHEELS}/{folder} ({hint})"
    )
