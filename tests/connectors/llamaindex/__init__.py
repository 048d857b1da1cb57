"""The llamaindex connector."""
