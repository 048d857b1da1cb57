"""Tests of cutting documents into passages."""
