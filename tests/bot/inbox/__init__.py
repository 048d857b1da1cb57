"""Scenarios of the inbox, each on a clock that passes only when nothing is left to do."""
