"""Slack, as one of the places where people ask."""
