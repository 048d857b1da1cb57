"""The connector of Discord's channels, over loopback."""
