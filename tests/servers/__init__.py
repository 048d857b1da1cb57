"""Servers that the tests start and end."""
