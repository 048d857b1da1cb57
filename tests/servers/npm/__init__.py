"""Packages from npm that the tests use, each folder with its package.json and lock file."""
