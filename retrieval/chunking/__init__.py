"""Cutting documents into passages, and prose into sentences."""
