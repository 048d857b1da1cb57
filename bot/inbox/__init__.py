"""From what people do on a platform to exactly one final message for each accepted question."""
