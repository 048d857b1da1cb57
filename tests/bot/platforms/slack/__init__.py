"""Slack: what becomes of answers there."""
