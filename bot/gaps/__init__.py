"""The questions that the sources failed, in groups of their like."""
