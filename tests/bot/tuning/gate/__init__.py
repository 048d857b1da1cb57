"""The gate of the learning loop."""
