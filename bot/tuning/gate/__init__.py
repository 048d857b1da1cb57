"""The gate: a tuned model has to be better than the current one, and nowhere worse."""
