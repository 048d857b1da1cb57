"""The connector of Slack's channels, over loopback."""
