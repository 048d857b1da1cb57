"""Tests of the HTTP client of connectors."""
