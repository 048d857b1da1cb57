"""The github connector against a GitHub on loopback."""
