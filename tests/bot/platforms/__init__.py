"""The platforms, by what they show."""
