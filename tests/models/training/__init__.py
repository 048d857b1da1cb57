"""Training: what is trained of a chat, what is left out, and what a killed one leaves."""
