"""A real process that is killed while it syncs."""
