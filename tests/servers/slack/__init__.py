"""A Slack on loopback: its Web API, Socket Mode and signed requests, and people who use it."""
