"""Whether a passage supports a sentence: the scorer, the numbers, what may be shown."""
