"""Backups: what was asked and answered, the index and the settings in one file, and back again."""
