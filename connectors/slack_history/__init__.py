"""The connector of Slack's channels: threads, and what was said outside of them by days."""
