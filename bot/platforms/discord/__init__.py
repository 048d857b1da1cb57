"""Discord: questions come in over the gateway, answers go out as messages."""
