"""Tests of the website connector."""
