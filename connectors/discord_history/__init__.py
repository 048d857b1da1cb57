"""The connector of Discord's channels: threads, and what was said outside of them by days."""
