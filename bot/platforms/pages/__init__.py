"""An answer's blocks written down as messages: all of it that is no platform's own.

block ──▶ segments (prose, tables, code) ──▶ pages, as the platform's paper holds and writes them
"""
