"""Tests of what makes the default embedder."""
