"""What this machine has."""

from __future__ import annotations

import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup/memory.max")


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
