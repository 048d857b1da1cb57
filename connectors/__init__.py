"""Readers of the places that documents come from, one file a kind of source."""
