"""From a question to its one outcome."""
