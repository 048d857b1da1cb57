"""Keeping the sources fresh by themselves: when each is synced, by whom, and what came of it."""
