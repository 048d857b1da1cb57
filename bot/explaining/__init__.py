"""How a question went its way, for `footnote explain`."""
