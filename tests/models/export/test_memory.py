"""An export holds a few rows in memory, however large the model is."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from footnote.models.export.families import shape_of
from footnote.models.export.tensors import sizes_of
from tests.models.export.checkpoints import write_adapter, write_checkpoint

PEAK = Path("/proc/self/status")
MIB = 1 << 20
EXPORTED = """
import asyncio, re, sys
from pathlib import Path
from footnote.models.export.models import Source, export_model

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

small, large, target, kind, adapter = sys.argv[1:]
asyncio.run(export_model(Source(Path(small), kind=kind), Path(target)))
before = peak()
merged = Path(adapter) if adapter else None
asyncio.run(export_model(Source(Path(large), merged, kind=kind), Path(target)))
print(before, peak())
"""
"""Prints the most memory in KiB that a small export had taken, and then a large one."""

pytestmark = pytest.mark.skipif(not PEAK.exists(), reason="this system has no /proc/self/status")


def write_large(folder: Path, *, layers: int, width: int, wide: int) -> tuple[Path, int, int]:
    """A checkpoint of zeros that takes no room on the disk.

    Returns:
        Its folder, and the bytes of its largest tensor and of all together.
    """
    checkpoint = write_checkpoint(folder, "llama")
    config = json.loads((checkpoint / "config.json").read_text())
    config |= {"hidden_size": width, "intermediate_size": wide, "num_hidden_layers": layers}
    (checkpoint / "config.json").write_text(json.dumps(config))
    header, offset, largest = {}, 0, 0
    for name, size in sizes_of(shape_of(config)).items():
        if name.endswith(".bias"):
            continue
        length = 4 * size[0] * (size[1] if len(size) > 1 else 1)
        place = [offset, offset + length]
        header[name] = {"dtype": "F32", "shape": list(size), "data_offsets": place}
        offset, largest = offset + length, max(largest, length)
    text = json.dumps(header).encode()
    with (checkpoint / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + offset)
    return checkpoint, largest, offset


def peaks(*arguments: object) -> tuple[int, int]:
    """Bytes of memory at most, of a small export and of a large one in the same process."""
    command = [sys.executable, "-c", EXPORTED, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    before, after = map(int, done.stdout.split())
    return 1024 * before, 1024 * after


def test_memory_does_not_grow_with_the_model(tmp_path: Path) -> None:
    """240 MB of weights and an adapter take one tensor and 40 MB more than a tiny model at most."""
    large, largest, total = write_large(tmp_path / "large", layers=5, width=1024, wide=2560)
    small = write_checkpoint(tmp_path / "small", "llama")
    adapter = write_adapter(tmp_path / "lora", large)
    before, after = peaks(small, large, tmp_path / "model.gguf", "f16", adapter)
    assert total > 200 * MIB
    assert after - before < largest + 40 * MIB, (before // MIB, after // MIB)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["f32", "f16", "q8_0", "q4_k_m"])
def test_a_gigabyte_is_exported_in_little_memory(tmp_path: Path, kind: str) -> None:
    """The whole process, with all its libraries, takes at most one tensor and 300 MB."""
    large, largest, total = write_large(tmp_path / "large", layers=4, width=2048, wide=8192)
    small = write_checkpoint(tmp_path / "small", "llama")
    _, after = peaks(small, large, tmp_path / "model.gguf", kind, "")
    assert total > 900 * MIB
    assert after < largest + 300 * MIB, after // MIB
