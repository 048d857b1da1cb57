"""The contract of every PassageStore, and tests of the SQLite one."""
