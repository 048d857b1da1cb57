"""Locks of sources: which the settings call for, and that replicas share those in Redis."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import pytest

from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.state.sqlite import open_state
from footnote.bot.syncing.locks import RedisSourceLocks, StateLeases, source_locks
from footnote.retrieval.errors import SyncBusyError
from footnote.retrieval.locks import FileLocks
from tests.bot.state.redis_bench import redis_url

SOURCE = '[sources.docs]\nkind = "files"\npath = "."\naudience = ["everyone"]\n'


def settings_of(folder: Path, state: str) -> Settings:
    """Settings of one source with this state."""
    file = folder / "footnote.toml"
    file.write_text(f'state = "{state}"\n{SOURCE}')
    return load_settings(file)


async def test_without_redis_the_locks_are_files(tmp_path: Path) -> None:
    """One machine needs no server, and the files lie beside the index."""
    settings = settings_of(tmp_path, "sqlite")
    locks = source_locks(settings)
    assert isinstance(locks, FileLocks)
    async with locks.hold("docs"):
        assert (settings.index.parent / "locks" / "docs.lock").exists()


async def test_replicas_share_the_locks_in_redis(tmp_path: Path) -> None:
    """Two replicas with folders of their own never hold the lock of a source at a time."""
    name = f"docs-{token_hex(4)}"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    one, other = (
        source_locks(settings_of(folder, redis_url())) for folder in (tmp_path, elsewhere)
    )
    assert isinstance(one, RedisSourceLocks)
    async with one.hold(name):
        with pytest.raises(SyncBusyError, match=f"{name} is being synced already"):
            async with other.hold(name):
                pass
        async with other.hold(f"{name}-2"):
            pass
    async with other.hold(name):
        pass


async def test_a_lock_that_the_state_took_away_is_not_renewed(tmp_path: Path) -> None:
    """Retrieval is told by a plain no, which stops its sync."""
    async with open_state(tmp_path / "state.db") as state:
        leases = StateLeases(state.locks)
        number = await leases.acquire("sync:docs", ttl_s=60)
        assert number is not None
        assert await leases.acquire("sync:docs", ttl_s=60) is None
        assert await leases.renew("sync:docs", number, ttl_s=60)
        await leases.release("sync:docs", number)
        assert not await leases.renew("sync:docs", number, ttl_s=60)
