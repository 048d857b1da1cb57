"""Where people ask: each file turns one place into questions, and answers into messages."""
