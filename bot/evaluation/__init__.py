"""Measuring search, answers and the gate on public data."""
