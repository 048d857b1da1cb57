"""Cutting, indexing and searching documents."""
